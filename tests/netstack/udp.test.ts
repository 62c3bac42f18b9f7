import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checksum, pseudoHeaderSum } from '../../netstack/checksum.ts';
import { buildUdp, describeUdp, readUdp, type UdpFields } from '../../netstack/udp.ts';
import { bytes, startingWith, u16, u32 } from './arbitraries.ts';
import { guardedBytes } from './guarded-bytes.ts';
import { hex, NOTHING } from './wire-vector.ts';

/** Between 10.1.0.20 and 10.2.0.7. */
const pseudoSum = (size: number) => pseudoHeaderSum(0x0a010014, 0x0a020007, 17, size);
const query = hex(
  'd431', //   source port 54321
  '0035', //   destination port 53
  '000b', //   length 11
  '52f1', //   checksum
  '616263', // payload
);
const queryFields: UdpFields = {
  sourcePort: 54_321,
  destinationPort: 53,
  payload: hex('616263'),
};

const anyFields: fc.Arbitrary<UdpFields> = fc.record({
  sourcePort: u16,
  destinationPort: u16,
  payload: bytes(64),
});

test('a datagram is read', () => {
  expect(readUdp(query)).toEqual({ ...queryFields, length: 11, checksum: 0x52f1 });
});

test('a datagram is written', () => {
  expect(buildUdp(queryFields, pseudoSum)).toEqual(query);
});

test('impossible lengths are refused', () => {
  const withLength = (length: number) => {
    const datagram = query.slice();
    datagram[5] = length;
    return readUdp(datagram);
  };
  expect(readUdp(query.subarray(0, 7))).toBe('udp-too-short');
  expect(withLength(7)).toBe('udp-length');
  expect(withLength(12)).toBe('udp-length');
  expect(withLength(8)).toMatchObject({ payload: NOTHING });
});

test('datagrams survive writing and reading, and verify', () => {
  fc.assert(
    fc.property(anyFields, u32, u32, (fields, source, destination) => {
      const sumOf = (size: number) => pseudoHeaderSum(source, destination, 17, size);
      const datagram = buildUdp(fields, sumOf);
      expect(readUdp(datagram)).toMatchObject(fields);
      expect(checksum(datagram, sumOf(datagram.length))).toBe(0);
    }),
  );
});

test('no byte beyond the datagram is read', () => {
  fc.assert(
    fc.property(startingWith(query, 20), (data) => {
      readUdp(guardedBytes(data));
    }),
  );
});

test('a checksum that comes out as 0 is sent as ffff', () => {
  const empty = { sourcePort: 0, destinationPort: 0, payload: NOTHING };
  const datagram = buildUdp(empty, () => 0xffff - 8); // and the length is 8: the sum is ffff
  expect(datagram.subarray(6)).toEqual(hex('ffff'));
});

test('a datagram above 65,535 bytes is not written', () => {
  const payload = new Uint8Array(65_528);
  expect(() => buildUdp({ ...queryFields, payload }, pseudoSum)).toThrow(RangeError);
});

test('a line gives the payload length', () => {
  expect(describeUdp({ ...queryFields, length: 11, checksum: 0 })).toBe('length 3');
});
