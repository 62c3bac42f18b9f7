import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checksum } from '../../netstack/checksum.ts';
import {
  buildIcmp,
  describeIcmp,
  type IcmpFields,
  isIcmpError,
  isIcmpQuery,
  readIcmp,
} from '../../netstack/icmp.ts';
import { bytes, startingWith, u8, u32 } from './arbitraries.ts';
import { guardedBytes } from './guarded-bytes.ts';
import { hex } from './wire-vector.ts';

const echo = hex(
  '08', //     type: echo request
  '00', //     code
  '2168', //   checksum, over an odd number of bytes
  '1234', //   identifier
  '0001', //   sequence number
  '616263', // data
);
const echoFields: IcmpFields = { type: 8, code: 0, rest: 0x12340001, payload: hex('616263') };
const echoMessage = { ...echoFields, checksum: 0x2168 };

const anyFields: fc.Arbitrary<IcmpFields> = fc.record({
  type: u8,
  code: u8,
  rest: u32,
  payload: bytes(64),
});

test('an echo request is read', () => {
  expect(readIcmp(echo)).toEqual(echoMessage);
});

test('an echo request is written', () => {
  expect(buildIcmp(echoFields)).toEqual(echo);
});

test('a message shorter than its header is refused', () => {
  for (let size = 0; size < 8; size++) {
    expect(readIcmp(echo.subarray(0, size))).toBe('icmp-too-short');
  }
});

test('messages survive writing and reading, and verify', () => {
  fc.assert(
    fc.property(anyFields, (fields) => {
      const message = buildIcmp(fields);
      expect(readIcmp(message)).toMatchObject(fields);
      expect(checksum(message)).toBe(0);
    }),
  );
});

test('no byte beyond the message is read', () => {
  fc.assert(
    fc.property(startingWith(echo, 20), (data) => {
      readIcmp(guardedBytes(data));
    }),
  );
});

test('no type is both an error and a query', () => {
  const types = Array.from({ length: 256 }, (_, type) => type);
  expect(types.filter(isIcmpError)).toEqual([3, 4, 5, 11, 12]);
  expect(types.filter(isIcmpQuery)).toEqual([0, 8, 13, 14, 15, 16, 17, 18]);
});

test('a line names the type and what identifies it', () => {
  expect(describeIcmp(echoMessage)).toBe('echo-request id 4660 seq 1 length 11');
  expect(describeIcmp({ ...echoMessage, type: 3, code: 4 })).toBe('unreachable code 4 length 11');
  expect(describeIcmp({ ...echoMessage, type: 200 })).toBe('type 200 length 11');
});
