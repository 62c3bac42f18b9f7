import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  buildIpv4,
  describeIpv4,
  fragmentOffset,
  hasMalformedOption,
  type Ipv4Fields,
  isSourceRouted,
  readIpv4,
  readIpv4Options,
} from '../../netstack/ipv4.ts';
import { bytes, startingWith, u2, u8, u16, u32, words } from './arbitraries.ts';
import { guardedBytes } from './guarded-bytes.ts';
import { hex, NOTHING } from './wire-vector.ts';

const fragment = hex(
  '46', //       version 4, IHL 6
  'b9', //       DSCP 46, ECN 1
  '001c', //     total length 28
  '1234', //     identification
  '2003', //     more fragments, offset 3 * 8
  '40', //       TTL 64
  '11', //       UDP
  'b4d8', //     header checksum
  'c0000201', // 192.0.2.1
  'cb007102', // 203.0.113.2
  '94040000', // router alert
  'deadbeef', // payload
);
const fragmentFields: Ipv4Fields = {
  dscp: 46,
  ecn: 1,
  identification: 0x1234,
  fragment: 0x2003,
  ttl: 64,
  protocol: 17,
  source: 0xc0000201,
  destination: 0xcb007102,
  options: hex('94040000'),
  payload: hex('deadbeef'),
};
const fragmentPacket = { ...fragmentFields, headerSize: 24, totalLength: 28, checksum: 0xb4d8 };

const anyFields: fc.Arbitrary<Ipv4Fields> = fc.record({
  dscp: fc.nat({ max: 63 }),
  ecn: u2,
  identification: u16,
  fragment: u16,
  ttl: u8,
  protocol: u8,
  source: u32,
  destination: u32,
  options: words(40),
  payload: bytes(64),
});

/** The vector with one byte changed and the header checksum not repaired. */
function spoilt(offset: number, value: number): Uint8Array {
  const packet = fragment.slice();
  packet[offset] = value;
  return packet;
}

/** The vector with another total length and a header checksum that fits. */
function withTotalLength(totalLength: number): Uint8Array {
  const packet = spoilt(3, totalLength);
  const sum = 0xb4d8 + 28 - totalLength; // one word less is a checksum more
  packet[10] = sum >>> 8;
  packet[11] = sum;
  return packet;
}

test('a fragment with options is read', () => {
  expect(readIpv4(fragment)).toEqual(fragmentPacket);
});

test('a fragment with options is written', () => {
  expect(buildIpv4(fragmentFields)).toEqual(fragment);
});

test('the header that every textbook has verifies', () => {
  const header = hex('45000073 00004000 4011b861 c0a80001 c0a800c7');
  const packet = Uint8Array.from([...header, ...new Uint8Array(95)]);
  expect(readIpv4(packet)).toMatchObject({ totalLength: 115, checksum: 0xb861 });
});

test('impossible lengths are refused, each by its name', () => {
  expect(readIpv4(fragment.subarray(0, 19))).toBe('ipv4-too-short');
  expect(readIpv4(spoilt(0, 0x66))).toBe('ipv4-version');
  expect(readIpv4(spoilt(0, 0x44))).toBe('ipv4-header-length');
  expect(readIpv4(fragment.subarray(0, 23))).toBe('ipv4-truncated');
  expect(readIpv4(spoilt(8, 63))).toBe('ipv4-checksum');
  expect(readIpv4(withTotalLength(23))).toBe('ipv4-total-length');
  expect(readIpv4(withTotalLength(29))).toBe('ipv4-truncated');
});

test('what follows the total length is no part of the packet', () => {
  expect(readIpv4(Uint8Array.from([...fragment, 1, 2, 3]))).toEqual(fragmentPacket);
  expect(readIpv4(withTotalLength(24))).toMatchObject({ payload: NOTHING });
});

test('packets survive writing and reading', () => {
  fc.assert(
    fc.property(anyFields, (fields) => {
      expect(readIpv4(buildIpv4(fields))).toMatchObject(fields);
    }),
  );
});

test('no byte beyond the body is read', () => {
  fc.assert(
    fc.property(startingWith(fragment, 20), (data) => {
      const packet = readIpv4(guardedBytes(data));
      if (typeof packet !== 'string') readIpv4Options(packet.options);
    }),
  );
  fc.assert(
    fc.property(bytes(40), (options) => {
      readIpv4Options(guardedBytes(options));
    }),
  );
});

test('options are padded to whole words, and too many are not written', () => {
  expect(buildIpv4({ ...fragmentFields, options: hex('01') })[0]).toBe(0x46);
  expect(() => buildIpv4({ ...fragmentFields, options: new Uint8Array(41) })).toThrow(RangeError);
  expect(() => buildIpv4({ ...fragmentFields, payload: new Uint8Array(65_512) })).toThrow(
    RangeError,
  );
});

test('options end at the end of the list or at a malformed one', () => {
  expect(readIpv4Options(hex('01 07 03 04 00 83 03 04'))).toEqual([
    { type: 1, data: NOTHING }, //     no operation
    { type: 7, data: hex('04') }, //   record route; then the end of the list
  ]);
  expect(readIpv4Options(hex('07 01 01'))).toEqual([{ type: 7, data: NOTHING }]);
  expect(readIpv4Options(hex('44 09 01'))).toEqual([{ type: 0x44, data: hex('01') }]);
});

test.each([
  ['loose', '01 83 07 04 c0000201', true],
  ['strict', '89 07 04 c0000201 00', true],
  ['cut short', '01 01 01 83', true],
  ['with a false length', '83 ff 04 00', true],
  ['record route', '07 07 04 c0000201 00', false],
  ['after the end of the list', '00 83 03 04', false],
  ['inside another option', '44 04 83 00', false],
])('a source route %s: %s is %s', (_, options, isRouted) => {
  expect(isSourceRouted(hex(options))).toBe(isRouted);
});

test.each([
  ['a length of 0', '44 00 00 00', true],
  ['a length of 1', '44 01 01 01', true],
  ['a length beyond the header', '01 44 04 00', true],
  ['no length at all', '01 01 01 44', true],
  ['a whole option', '44 04 05 00', false],
  ['no-operations only', '01 01 01 01', false],
  ['anything behind the end of the list', '00 44 00 ff', false],
])('options with %s: %s malformed is %s', (_, options, isMalformed) => {
  expect(hasMalformedOption(hex(options))).toBe(isMalformed);
});

test('the fragment offset is in bytes', () => {
  expect(fragmentOffset(0x2003)).toBe(24);
  expect(fragmentOffset(0xffff)).toBe(65_528);
});

test('a line says what is unusual', () => {
  expect(describeIpv4(fragmentPacket)).toBe('ttl 64 dscp 46 id 4660 frag 24+ options 4');
  const usual = { ...fragmentPacket, dscp: 0, fragment: 0x4000, options: NOTHING };
  expect(describeIpv4(usual)).toBe('ttl 64');
});
