import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadRouter } from '../../../config/router.ts';
import { compileTables } from '../../../firmware/boot/tables.ts';
import { assembleFirmware } from '../../../scripts/toolchain/assemble-firmware.ts';
import { loadFirmware } from '../../../scripts/toolchain/load-firmware.ts';
import { findProjectRoot } from '../../../scripts/toolchain/project-root.ts';
import { firmwareOf, OPEN, routerOf, routerYaml } from '../configuration.ts';
import { Random } from '../random.ts';
import { randomFrame } from '../random-frames.ts';
import { replay } from '../replay.ts';
import { capturedFrames } from '../shared-frames.ts';

const config = join(findProjectRoot(), 'config');

describe('invariant 8: the same inputs give bit-identical frames, counters and audit', () => {
  it('invariant 8: the example capture, twice, on firmwares loaded twice', async () => {
    const run = async () => {
      const router = loadRouter(join(config, 'routers', 'plant.yaml'));
      const frames = capturedFrames(join(config, 'captures', 'plant.pcap'));
      return replay(await loadFirmware(), router, frames);
    };
    const first = await run();
    expect(first.audit.length).toBeGreaterThan(0);
    expect(await run()).toEqual(first);
  });

  it('invariant 8: hostile frames, twice', async () => {
    const run = async () => {
      const random = new Random(0x5eed0008);
      const frames = Array.from({ length: 4000 }, (_, i) => {
        const frame = randomFrame(random);
        return { frame, wireLength: frame.length, seconds: i >> 5, nanoseconds: random.below(1e9) };
      });
      return replay(await firmwareOf(), routerOf(routerYaml(OPEN)), frames);
    };
    expect(await run()).toEqual(await run());
  });

  it('invariant 8: the same components are the same image and digest', async () => {
    const [a, b] = [await loadFirmware(), await loadFirmware()];
    expect(a.digest).toBe(b.digest);
    expect(Buffer.compare(a.image, b.image)).toBe(0);
    expect(a.components).toEqual(b.components);
  });

  it('invariant 8: another component is another digest', async () => {
    const firmware = await firmwareOf();
    const kernel = Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
    const parts = { kernel, system: firmware.system, systemText: '', modules: [] };
    const other = { ...parts, systemText: ' ' };
    expect(assembleFirmware(parts).digest).not.toBe(assembleFirmware(other).digest);
  });

  it('invariant 8: the same configuration is the same tables', async () => {
    const { system } = await firmwareOf();
    const file = join(config, 'routers', 'plant.yaml');
    const tables = () => compileTables(system, loadRouter(file)).bytes;
    expect(Buffer.compare(tables(), tables())).toBe(0);
  });

  it('invariant 8: no source of the data path reads a clock or chance', async () => {
    const { readFileSync, readdirSync } = await import('node:fs');
    const folders = ['firmware/board', 'firmware/boot', 'firmware/kernel', 'netstack', 'drivers'];
    const found = folders.flatMap((folder) => {
      const path = join(findProjectRoot(), folder);
      const files = readdirSync(path, { recursive: true, encoding: 'utf8' });
      return files
        .filter((name) => name.endsWith('.ts'))
        .filter((name) =>
          /Date\.now|new Date|Math\.random|performance\.|hrtime/.test(
            readFileSync(join(path, name), 'utf8'),
          ),
        );
    });
    expect(found).toEqual([]);
  });
});
