import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allocateFrameRing,
  FrameRing,
  RING_FRAME_SIZE_MAX,
} from '../../../drivers/wires/frame-ring.ts';

const CAPACITY = 1024;

/** Both ends of a ring, as two threads have them. */
function ring(capacity = CAPACITY) {
  const shared = allocateFrameRing(capacity);
  const writer = new FrameRing(shared);
  const reader = new FrameRing(shared);
  const take = () => {
    let taken: { bytes: number[]; tag: number } | null = null;
    reader.take((bytes, start, end, tag) => {
      taken = { bytes: [...bytes.subarray(start, end)], tag };
    });
    return taken as { bytes: number[]; tag: number } | null;
  };
  return { writer, reader, take };
}

describe('a ring of frames', () => {
  it('gives back what was put in, in order, whatever the sizes', () => {
    const action = fc.oneof(
      fc.record({ size: fc.integer({ min: 0, max: 300 }), tag: fc.nat(0xffff) }),
      fc.constant(null),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 300 }), (actions) => {
        const { writer, take } = ring();
        const expected: { bytes: number[]; tag: number }[] = [];
        for (const put of actions) {
          if (put === null) {
            expect(take()).toEqual(expected.shift() ?? null);
            continue;
          }
          const frame = Uint8Array.from({ length: put.size }, (_, i) => i + put.tag);
          const isTaken = writer.push(frame, 0, put.size, put.tag);
          if (isTaken) expected.push({ bytes: [...frame], tag: put.tag });
        }
        for (const frame of expected) expect(take()).toEqual(frame);
        expect(take()).toBeNull();
      }),
    );
  });

  it('refuses what it has no room for, and has room again after a take', () => {
    const { writer, take } = ring();
    const frame = new Uint8Array(496);
    expect(writer.push(frame, 0, 496)).toBe(true);
    expect(writer.push(frame, 0, 496)).toBe(true);
    expect(writer.push(frame, 0, 0)).toBe(false);
    take();
    expect(writer.push(frame, 0, 400)).toBe(true);
  });

  it('refuses a frame that no wire carries', () => {
    const { writer } = ring(1 << 18);
    const frame = new Uint8Array(RING_FRAME_SIZE_MAX + 1);
    expect(writer.push(frame, 0, RING_FRAME_SIZE_MAX)).toBe(true);
    expect(writer.push(frame, 0, RING_FRAME_SIZE_MAX + 1)).toBe(false);
  });

  it('forgets what waits when it is cleared', () => {
    const { writer, reader, take } = ring();
    writer.push(new Uint8Array(60), 0, 60);
    reader.clear();
    expect(take()).toBeNull();
  });
});
