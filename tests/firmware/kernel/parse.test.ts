import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../random.ts';
import { randomFrame } from '../random-frames.ts';
import {
  capturedFrames,
  hasSharedCaptures,
  NO_SHARED_CAPTURES,
  sharedCaptures,
} from '../shared-frames.ts';
import { ParseOracle } from './parse-oracle.ts';

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
