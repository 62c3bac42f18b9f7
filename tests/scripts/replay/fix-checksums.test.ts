import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checksum, pseudoHeaderSum } from '../../../netstack/checksum.ts';
import { fixChecksums } from '../../../scripts/replay/fix-checksums.ts';

const PAD = 5;
const FIELD = { 1: 2, 6: 16, 17: 6 } as const;
type Protocol = keyof typeof FIELD;

interface Shape {
  protocol: Protocol;
  body: Uint8Array;
  flags?: number;
  padding?: number;
}

/** An untagged frame in the middle of a buffer, with checksums as they should be. */
function frameOf({ protocol, body, flags = 0, padding = 0 }: Shape) {
  const ip = PAD + 14;
  const data = Buffer.alloc(PAD + 34 + body.length + padding + PAD);
  data.write('020000000001020000000002080045', PAD, 'hex');
  data.writeUInt16BE(20 + body.length, ip + 2);
  data.writeUInt16BE(flags, ip + 6);
  data.writeUInt8(64, ip + 8);
  data.writeUInt8(protocol, ip + 9);
  data.writeUInt32BE(0x0a020007, ip + 12);
  data.writeUInt32BE(0x0a010014, ip + 16);
  data.writeUInt16BE(checksum(data.subarray(ip, ip + 20)), ip + 10);
  data.set(body, ip + 20);
  const at = ip + 20 + FIELD[protocol];
  data.writeUInt16BE(0, at);
  const pseudo =
    protocol === 1 ? 0 : pseudoHeaderSum(0x0a020007, 0x0a010014, protocol, body.length);
  const sum = checksum(data.subarray(ip + 20, ip + 20 + body.length), pseudo);
  data.writeUInt16BE(protocol === 17 && sum === 0 ? 0xffff : sum, at);
  return { data, start: PAD, end: data.length - PAD, headerAt: ip + 10, at };
}

function fix({ data, start, end }: ReturnType<typeof frameOf>, cut = 0): number {
  return fixChecksums(data, start, end, end - start + cut);
}

const shapes = fc.record({
  protocol: fc.constantFrom<Protocol[]>(1, 6, 17),
  body: fc.uint8Array({ minLength: 20, maxLength: 41 }),
  padding: fc.nat(9),
});

describe('fixChecksums', () => {
  it('makes any wrong checksum what it should be', () => {
    fc.assert(
      fc.property(shapes, fc.nat(0xffff), fc.nat(0xffff), (shape, header, layer4) => {
        const good = frameOf(shape);
        const bad = frameOf(shape);
        bad.data.writeUInt16BE(header, bad.headerAt);
        bad.data.writeUInt16BE(layer4, bad.at);
        fix(bad);
        // 0 and 0xffff are the same number to this sum, and 0 in UDP is no checksum.
        for (const at of [bad.headerAt, bad.at]) {
          const isNone = at === bad.at && shape.protocol === 17 && layer4 === 0;
          const [is, was] = [bad.data.readUInt16BE(at), good.data.readUInt16BE(at)];
          if (isNone) expect(is).toBe(0);
          else expect(is % 0xffff).toBe(was % 0xffff);
        }
      }),
    );
  });

  it('leaves a good frame as it is, bit for bit', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const frame = frameOf(shape);
        const before = Buffer.from(frame.data);
        expect(fix(frame)).toBe(0);
        expect(frame.data.equals(before)).toBe(true);
      }),
    );
  });

  const body = new Uint8Array(20).fill(7);
  const broken = (shape: Partial<Shape> = {}) => {
    const frame = frameOf({ protocol: 17, body, ...shape });
    frame.data.writeUInt16BE(0x1234, frame.headerAt);
    frame.data.writeUInt16BE(0x1234, frame.at);
    return frame;
  };

  it('counts what it changed', () => {
    expect(fix(broken())).toBe(2);
  });

  it.each([
    ['the first fragment', 0x2000],
    ['a later fragment', 0x0005],
  ])('repairs only the header of %s', (_, flags) => {
    const frame = broken({ flags });
    expect(fix(frame)).toBe(1);
    expect(frame.data.readUInt16BE(frame.at)).toBe(0x1234);
  });

  it('gives an ICMP message of nothing but zeros the checksum of all ones', () => {
    const frame = frameOf({ protocol: 1, body: new Uint8Array(8) });
    frame.data.writeUInt16BE(0x1234, frame.at);
    fix(frame);
    expect(frame.data.readUInt16BE(frame.at)).toBe(0xffff);
  });

  it.each([
    ['a frame cut by the snap length', () => ({ frame: broken(), cut: 1 })],
    [
      'a packet longer than its frame',
      () => {
        const frame = broken();
        frame.data.writeUInt16BE(41, PAD + 16);
        return { frame, cut: 0 };
      },
    ],
    [
      'a total length within the header',
      () => {
        const frame = broken();
        frame.data.writeUInt16BE(19, PAD + 16);
        return { frame, cut: 0 };
      },
    ],
    [
      'a header length below 20 bytes',
      () => {
        const frame = broken();
        frame.data.writeUInt8(0x44, PAD + 14);
        return { frame, cut: 0 };
      },
    ],
  ])('does not touch %s', (_, make) => {
    const { frame, cut } = make();
    const before = Buffer.from(frame.data);
    expect(fix(frame, cut)).toBe(0);
    expect(frame.data.equals(before)).toBe(true);
  });

  it('never writes outside the frame, and never throws, on arbitrary bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (bytes, isIpv4) => {
        const data = Buffer.concat([Buffer.alloc(PAD), bytes, Buffer.alloc(PAD)]);
        if (isIpv4 && bytes.length > 15) data.write('080045', PAD + 12, 'hex');
        fixChecksums(data, PAD, PAD + bytes.length, bytes.length);
        expect(data.subarray(0, PAD).equals(Buffer.alloc(PAD))).toBe(true);
        expect(data.subarray(PAD + bytes.length).equals(Buffer.alloc(PAD))).toBe(true);
      }),
    );
  });
});
