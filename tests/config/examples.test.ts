import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadBoard } from '../../config/board.ts';
import { loadRouter } from '../../config/router.ts';
import { loadSystem } from '../../config/system.ts';
import {
  exampleFrames,
  flatFrames,
  writeExampleCapture,
} from '../../scripts/make-example-capture.ts';

const pathOf = (name: string) => fileURLToPath(new URL(`../../config/${name}`, import.meta.url));

describe('the examples', () => {
  it('load: boards', () => {
    expect(loadBoard(pathOf('boards/three-port.yaml')).ports.length).toBe(3);
    expect(loadBoard(pathOf('boards/two-port.yaml')).ports.length).toBe(2);
  });

  it('load: the plant, with tests of which at least half are refusals', () => {
    const { zones, tests, flows } = loadRouter(pathOf('routers/plant.yaml'));
    expect(zones).toEqual(['plant', 'office', 'internet']);
    const names = flows.map(({ name }) => name);
    const refusals = tests.filter(({ expect: expected }) => !names.includes(expected));
    expect(tests.length).toBeGreaterThanOrEqual(8);
    expect(refusals.length * 2).toBeGreaterThanOrEqual(tests.length);
  });

  it('load: the system description of the firmware, with its manifests', () => {
    const { modules } = loadSystem(pathOf('../firmware/system.yaml'));
    expect(modules.map(({ name }) => name).sort()).toEqual([
      'arp',
      'icmp',
      'neighbor',
      'ping',
      'route',
    ]);
  });

  it.each([
    ['plant.pcap', exampleFrames],
    ['flat.pcap', flatFrames],
  ])('the capture %s is what its script writes', (name, frames) => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-capture-'));
    try {
      writeExampleCapture(join(folder, name), frames());
      const written = readFileSync(join(folder, name));
      expect(written.equals(readFileSync(pathOf(`captures/${name}`)))).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('the capture is a few hundred frames over a few seconds, in order', () => {
    const times = exampleFrames().map(({ timeUs }) => timeUs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.length).toBeGreaterThan(200);
    expect(times.at(-1)! - times[0]!).toBeLessThan(5_000_000);
  });
});
