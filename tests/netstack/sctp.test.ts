import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildSctp, describeSctp, readSctp, type SctpFields } from '../../netstack/sctp.ts';
import { bytes, startingWith, u8, u16, u32 } from './arbitraries.ts';
import { guardedBytes } from './guarded-bytes.ts';
import { hex, NOTHING } from './wire-vector.ts';

const shutdown = hex(
  '1388', //             source port 5000
  '0050', //             destination port 80
  '12345678', //         verification tag
  '0c661424', //         CRC-32C 2414660c, least significant byte first
  '0e 00 0004', //       chunk: SHUTDOWN COMPLETE
  '0b 03 0005 61', //    chunk: COOKIE ACK with flags 3 and a byte of value
  '000000', //           its padding
);
const shutdownFields: SctpFields = {
  sourcePort: 5000,
  destinationPort: 80,
  verificationTag: 0x12345678,
  chunks: [
    { type: 14, flags: 0, value: NOTHING },
    { type: 11, flags: 3, value: hex('61') },
  ],
};
const shutdownPacket = { ...shutdownFields, checksum: 0x2414660c };

const anyFields: fc.Arbitrary<SctpFields> = fc.record({
  sourcePort: u16,
  destinationPort: u16,
  verificationTag: u32,
  chunks: fc.array(fc.record({ type: u8, flags: u8, value: bytes(20) }), { maxLength: 4 }),
});

test('a packet with two chunks is read', () => {
  expect(readSctp(shutdown)).toEqual(shutdownPacket);
});

test('a packet with two chunks is written', () => {
  expect(buildSctp(shutdownFields)).toEqual(shutdown);
});

test('impossible lengths are refused', () => {
  const withChunkLength = (length: number) => {
    const packet = shutdown.slice();
    packet[15] = length;
    return readSctp(packet);
  };
  expect(readSctp(shutdown.subarray(0, 11))).toBe('sctp-too-short');
  expect(readSctp(shutdown.subarray(0, 14))).toBe('sctp-chunk-length');
  expect(withChunkLength(3)).toBe('sctp-chunk-length');
  expect(withChunkLength(13)).toBe('sctp-chunk-length');
  expect(withChunkLength(12)).toMatchObject({ chunks: [{ type: 14 }] });
});

test('the last chunk may lack its padding', () => {
  expect(readSctp(shutdown.subarray(0, 21))).toEqual(shutdownPacket);
});

test('packets survive writing and reading', () => {
  fc.assert(
    fc.property(anyFields, (fields) => {
      expect(readSctp(buildSctp(fields))).toMatchObject(fields);
    }),
  );
});

test('no byte beyond the packet is read', () => {
  fc.assert(
    fc.property(startingWith(shutdown, 20), (data) => {
      readSctp(guardedBytes(data));
    }),
  );
});

test('a line gives the tag and the chunks', () => {
  expect(describeSctp(shutdownPacket)).toBe('tag 0x12345678 chunks 14,11');
  expect(describeSctp({ ...shutdownPacket, chunks: [] })).toBe('tag 0x12345678 chunks none');
});
