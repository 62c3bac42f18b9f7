import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StreamFormatError, StreamFramer } from '../../../drivers/wires/stream-framer.ts';

const SIZE_MAX = 200;

function framed(frames: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    frames.flatMap((frame) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(frame.length);
      return [length, frame];
    }),
  );
}

describe('frames in a stream', () => {
  it('come out whole, however the stream is cut', () => {
    const frames = fc.array(fc.uint8Array({ minLength: 1, maxLength: SIZE_MAX }), {
      maxLength: 20,
    });
    const cuts = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 });
    fc.assert(
      fc.property(frames, cuts, (sent, sizes) => {
        const found: Uint8Array[] = [];
        const framer = new StreamFramer(SIZE_MAX, (bytes, start, end) =>
          found.push(bytes.slice(start, end)),
        );
        const stream = framed(sent);
        for (let at = 0, cut = 0; at < stream.length; cut++) {
          const size = sizes[cut % sizes.length]!;
          framer.push(stream.subarray(at, at + size));
          at += size;
        }
        expect(found.map((frame) => [...frame])).toEqual(sent.map((frame) => [...frame]));
      }),
    );
  });

  it.each([
    ['nothing', 0],
    ['one byte more than may be', SIZE_MAX + 1],
    ['4 GiB', 0xffff_ffff],
  ])('a length of %s is no frame', (_, length) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(length);
    const whole = new StreamFramer(SIZE_MAX, () => {});
    expect(() => whole.push(bytes)).toThrow(StreamFormatError);
    const pieces = new StreamFramer(SIZE_MAX, () => {});
    pieces.push(bytes.subarray(0, 3));
    expect(() => pieces.push(bytes.subarray(3))).toThrow(StreamFormatError);
  });
});
