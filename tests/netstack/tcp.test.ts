import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checksum, pseudoHeaderSum } from '../../netstack/checksum.ts';
import {
  buildTcp,
  describeTcp,
  describeTcpFlags,
  readTcp,
  type TcpFields,
} from '../../netstack/tcp.ts';
import { bytes, startingWith, u8, u16, u32, words } from './arbitraries.ts';
import { guardedBytes } from './guarded-bytes.ts';
import { hex } from './wire-vector.ts';

/** Between 10.1.0.20 and 10.2.0.7. */
const pseudoSum = (size: number) => pseudoHeaderSum(0x0a010014, 0x0a020007, 6, size);
const synAck = hex(
  '0fa0', //     source port 4000
  '01f6', //     destination port 502
  '00000001', // sequence number
  '80000002', // acknowledgement number
  '60', //       data offset 6
  '12', //       SYN, ACK
  'faf0', //     window 64240
  '966d', //     checksum
  '0000', //     urgent pointer
  '020405b4', // maximum segment size 1460
  '61', //       payload
);
const synAckFields: TcpFields = {
  sourcePort: 4000,
  destinationPort: 502,
  sequence: 1,
  acknowledgement: 0x80000002,
  flags: 0x12,
  window: 64_240,
  urgentPointer: 0,
  options: hex('020405b4'),
  payload: hex('61'),
};
const synAckSegment = { ...synAckFields, headerSize: 24, checksum: 0x966d };

const anyFields: fc.Arbitrary<TcpFields> = fc.record({
  sourcePort: u16,
  destinationPort: u16,
  sequence: u32,
  acknowledgement: u32,
  flags: u8,
  window: u16,
  urgentPointer: u16,
  options: words(40),
  payload: bytes(64),
});

test('a segment with options is read', () => {
  expect(readTcp(synAck)).toEqual(synAckSegment);
});

test('a segment with options is written', () => {
  expect(buildTcp(synAckFields, pseudoSum)).toEqual(synAck);
});

test('impossible lengths are refused', () => {
  const withDataOffset = (offset: number) => {
    const segment = synAck.slice();
    segment[12] = offset << 4;
    return readTcp(segment);
  };
  expect(readTcp(synAck.subarray(0, 19))).toBe('tcp-too-short');
  expect(withDataOffset(4)).toBe('tcp-data-offset');
  expect(withDataOffset(7)).toBe('tcp-data-offset');
  expect(withDataOffset(5)).toMatchObject({ payload: hex('020405b461') });
});

test('segments survive writing and reading, and verify', () => {
  fc.assert(
    fc.property(anyFields, u32, u32, (fields, source, destination) => {
      const sumOf = (size: number) => pseudoHeaderSum(source, destination, 6, size);
      const segment = buildTcp(fields, sumOf);
      expect(readTcp(segment)).toMatchObject(fields);
      expect(checksum(segment, sumOf(segment.length))).toBe(0);
    }),
  );
});

test('no byte beyond the segment is read', () => {
  fc.assert(
    fc.property(startingWith(synAck, 20), (data) => {
      readTcp(guardedBytes(data));
    }),
  );
});

test('options are padded to whole words, and too many are not written', () => {
  expect(buildTcp({ ...synAckFields, options: hex('01') }, pseudoSum)[12]).toBe(0x60);
  const options = new Uint8Array(41);
  expect(() => buildTcp({ ...synAckFields, options }, pseudoSum)).toThrow(RangeError);
});

test('flags are named in a fixed order', () => {
  expect(describeTcpFlags(0x12)).toBe('syn-ack');
  expect(describeTcpFlags(0xff)).toBe('fin-syn-rst-psh-ack-urg-ece-cwr');
  expect(describeTcpFlags(0)).toBe('none');
});

test('a line gives flags, numbers and the payload length', () => {
  expect(describeTcp(synAckSegment)).toBe('flags syn-ack seq 1 ack 2147483650 win 64240 length 1');
});
