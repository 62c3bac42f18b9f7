import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseIpv6 } from '../../netstack/address6.ts';
import { checksum, pseudoHeaderSum6 } from '../../netstack/checksum.ts';
import {
  buildIcmpv6,
  describeIcmpv6,
  type Icmpv6Fields,
  readIcmpv6,
} from '../../netstack/icmpv6.ts';
import { bytes, startingWith, u8, u32, u128 } from './arbitraries.ts';
import { guardedBytes } from './guarded-bytes.ts';
import { hex, NOTHING } from './wire-vector.ts';

const source = parseIpv6('fe80::1') as bigint;
const destination = parseIpv6('ff02::1:ff00:2') as bigint;
const solicitation = hex(
  '87', //                               type: neighbour solicitation
  '00', //                               code
  '7083', //                             checksum, from fe80::1 to ff02::1:ff00:2
  '00000000', //                         reserved
  'fe800000000000000000000000000002', // target
  '01 01 02000a010014', //               source link-layer address
);
const solicitationFields: Icmpv6Fields = {
  type: 135,
  code: 0,
  rest: 0,
  payload: hex('fe800000000000000000000000000002', '01 01 02000a010014'),
};
const solicitationMessage = { ...solicitationFields, checksum: 0x7083 };

const anyFields: fc.Arbitrary<Icmpv6Fields> = fc.record({
  type: u8,
  code: u8,
  rest: u32,
  payload: bytes(64),
});

test('a neighbour solicitation is read', () => {
  expect(readIcmpv6(solicitation)).toEqual(solicitationMessage);
});

test('a neighbour solicitation is written', () => {
  expect(buildIcmpv6(solicitationFields, source, destination)).toEqual(solicitation);
});

test('a message shorter than its header is refused', () => {
  for (let size = 0; size < 8; size++) {
    expect(readIcmpv6(solicitation.subarray(0, size))).toBe('icmpv6-too-short');
  }
});

test('messages survive writing and reading, and verify', () => {
  fc.assert(
    fc.property(anyFields, u128, u128, (fields, from, to) => {
      const message = buildIcmpv6(fields, from, to);
      expect(readIcmpv6(message)).toMatchObject(fields);
      expect(checksum(message, pseudoHeaderSum6(from, to, 58, message.length))).toBe(0);
    }),
  );
});

test('no byte beyond the message is read, nor by its line', () => {
  fc.assert(
    fc.property(startingWith(solicitation, 20), (data) => {
      const message = readIcmpv6(guardedBytes(data));
      if (typeof message !== 'string') describeIcmpv6(message);
    }),
  );
});

test('a line names the type and what it is about', () => {
  const message = { ...solicitationMessage, rest: 0x00070001, payload: NOTHING };
  expect(describeIcmpv6(solicitationMessage)).toBe('neighbor-solicitation fe80::2 length 32');
  expect(describeIcmpv6({ ...message, type: 128 })).toBe('echo-request id 7 seq 1 length 8');
  expect(describeIcmpv6({ ...message, type: 2, rest: 1280 })).toBe(
    'packet-too-big mtu 1280 length 8',
  );
  expect(describeIcmpv6({ ...message, type: 1, code: 4 })).toBe('unreachable code 4 length 8');
});
