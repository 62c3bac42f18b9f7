import { beforeAll, describe, expect, it } from 'vitest';
import { columns } from '../../../config/columns.ts';
import { writeU48 } from '../../../netstack/byte-order.ts';
import { defaultSystemPath } from '../../../scripts/toolchain/load-firmware.ts';
import { OPEN, routerYaml } from '../configuration.ts';
import { udpFrame } from '../frames.ts';
import { startKernelUnderTest } from '../kernel-under-test.ts';
import { Random } from '../random.ts';
import { randomFrame } from '../random-frames.ts';
import {
  capturedFrames,
  hasSharedCaptures,
  NO_SHARED_CAPTURES,
  sharedCaptures,
} from '../shared-frames.ts';
import { ParseOracle } from './parse-oracle.ts';

describe('a frame that is not whole', () => {
  it.each([
    ['cut short by its capture', 60, 61, 'capture-truncated'],
    ['longer than a slot', 2049, 2049, 'frame-too-long'],
  ])('leaves nothing in its row: %s', async (_, size, wireLength, reason) => {
    const target = await startKernelUnderTest(routerYaml(OPEN), defaultSystemPath());
    const { kernel, nics, takeReasons, dropAll } = target;
    const frame = new Uint8Array(size);
    frame.set(udpFrame('udp 10.2.0.7:1 > 10.1.0.20:2', new Uint8Array(0)));
    writeU48(frame, 0, nics[0].mac);
    const receive = (end: number, length: number) => {
      kernel.beginBreath(1n << 60n); // posts slots
      kernel.endBreath();
      nics[0].receive(frame, 0, end, length, 0, 1, 0);
      kernel.beginBreath(1n << 60n);
      expect(kernel.receive(1)).toBe(1);
      const { buffer } = kernel.memory;
      return new Uint32Array(buffer, kernel.columnOf(columns['ipv4.src'].id), 1)[0];
    };
    expect(receive(60, 60)).toBe(0x0a020007);
    dropAll();
    kernel.endBreath();
    expect(receive(size, wireLength)).toBe(0);
    expect([...takeReasons().values()]).toContain(reason);
  });
});

describe("the kernel's parse and netstack's reader agree", () => {
  let oracle: ParseOracle;
  beforeAll(async () => {
    oracle = await ParseOracle.start();
  });

  it('on every column, window and reason of 40,000 generated and damaged frames', () => {
    const random = new Random(0x5eed0001);
    for (let batch = 0; batch < 40; batch++) {
      const frames = Array.from({ length: 1000 }, () => randomFrame(random));
      expect(oracle.compare(frames)).toBeNull();
    }
    expect(oracle.handed).toBeGreaterThan(5000);
  });

  it('on frames of every length from 0 to 80 bytes', () => {
    const random = new Random(0x5eed0002);
    const whole = Array.from({ length: 60 }, () => randomFrame(random));
    for (const frame of whole) {
      const cuts = Array.from({ length: 81 }, (_, size) => frame.slice(0, size));
      expect(oracle.compare(cuts)).toBeNull();
    }
  });

  it('on arbitrary bytes', () => {
    const random = new Random(0x5eed0003);
    const frames = Array.from({ length: 4000 }, () => random.bytes(random.below(100)));
    expect(oracle.compare(frames)).toBeNull();
  });

  describe.skipIf(!hasSharedCaptures)(
    `on every frame of the shared captures (else: ${NO_SHARED_CAPTURES})`,
    () => {
      it.each(sharedCaptures().map((facts) => [facts.path, facts] as const))('%s', (_, facts) => {
        const frames = [...capturedFrames(facts)].map(({ frame }) => frame);
        const before = oracle.frames;
        expect(oracle.compare(frames)).toBeNull();
        const fitting = frames.filter(({ length }) => length <= 2048);
        expect(oracle.frames - before).toBe(fitting.length);
      });
    },
  );
});
