import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  buildIpv6,
  describeIpv6,
  type Ipv6Fields,
  readIpv6,
  walkIpv6Extensions,
} from '../../netstack/ipv6.ts';
import { bytes, startingWith, u8, u32, u128 } from './arbitraries.ts';
import { guardedBytes } from './guarded-bytes.ts';
import { hex, NOTHING } from './wire-vector.ts';

const chained = hex(
  '6', //                                version 6
  '2e', //                               traffic class
  'abcde', //                            flow label
  '0014', //                             payload length 20
  '00', //                               next: hop-by-hop options
  '40', //                               hop limit 64
  '20010db8000000000000000000000001', // source
  '20010db8000000000000000000000002', // destination
  '2c 00 050200000100', //               hop-by-hop: next fragment, 8 bytes, router alert, PadN
  '11 00 0001 00000007', //              fragment: next UDP, offset 0, more, identification 7
  'deadbeef', //                         payload
);
const chainedFields: Ipv6Fields = {
  trafficClass: 0x2e,
  flowLabel: 0xabcde,
  hopLimit: 64,
  source: 0x20010db8000000000000000000000001n,
  destination: 0x20010db8000000000000000000000002n,
  extensions: [
    { protocol: 0, bytes: hex('2c 00 050200000100') },
    { protocol: 44, bytes: hex('11 00 0001 00000007') },
  ],
  protocol: 17,
  payload: hex('deadbeef'),
};
const chainedPacket = { ...chainedFields, payloadLength: 20, isLaterFragment: false };

/** Whole extension headers of every kind; the first byte is the writer's. */
const extension = fc.oneof(
  fc.tuple(fc.constantFrom(0, 43, 60, 135), fc.nat({ max: 2 })).map(([protocol, length]) => {
    const header = new Uint8Array((length + 1) * 8);
    header[1] = length;
    return { protocol, bytes: header };
  }),
  fc
    .nat({ max: 3 })
    .map((length) => {
      const header = new Uint8Array((length + 2) * 4);
      header[1] = length;
      return { protocol: 51, bytes: header };
    })
    .filter(({ bytes: header }) => header.length >= 8),
  u32.map((id) => ({ protocol: 44, bytes: hex('00 00 0001', id.toString(16).padStart(8, '0')) })),
);
const anyFields: fc.Arbitrary<Ipv6Fields> = fc.record({
  trafficClass: u8,
  flowLabel: fc.nat({ max: 0xfffff }),
  hopLimit: u8,
  source: u128,
  destination: u128,
  extensions: fc.array(extension, { maxLength: 8 }),
  protocol: u8.filter((protocol) => ![0, 43, 44, 51, 60, 135].includes(protocol)),
  payload: bytes(64),
});

/** The fields as a reader finds them: each header's first byte names the next one. */
function linked(fields: Ipv6Fields): Ipv6Fields {
  const { extensions } = fields;
  const next = [...extensions.slice(1).map(({ protocol }) => protocol), fields.protocol];
  return {
    ...fields,
    extensions: extensions.map(({ protocol, bytes: header }, index) => ({
      protocol,
      bytes: Uint8Array.from([next[index], ...header.subarray(1)]),
    })),
  };
}

test('a packet with a chain of extension headers is read', () => {
  expect(readIpv6(chained)).toEqual(chainedPacket);
});

test('a packet with a chain of extension headers is written', () => {
  expect(buildIpv6(chainedFields)).toEqual(chained);
});

test('impossible lengths are refused, each by its name', () => {
  const otherVersion = chained.slice();
  otherVersion[0] = 0x42;
  const cutExtension = chained.slice();
  cutExtension[41] = 2; // the hop-by-hop header would be 24 of the 20 bytes
  const cutChain = chained.slice(0, 50);
  cutChain[5] = 10; // 2 bytes of the fragment header
  expect(readIpv6(chained.subarray(0, 39))).toBe('ipv6-too-short');
  expect(readIpv6(otherVersion)).toBe('ipv6-version');
  expect(readIpv6(chained.subarray(0, 59))).toBe('ipv6-truncated');
  expect(readIpv6(cutExtension)).toBe('ipv6-extension');
  expect(readIpv6(cutChain)).toBe('ipv6-extension');
});

test('packets survive writing and reading', () => {
  fc.assert(
    fc.property(anyFields, (fields) => {
      expect(readIpv6(buildIpv6(fields))).toMatchObject(linked(fields));
    }),
  );
});

test('no byte beyond the body is read', () => {
  fc.assert(
    fc.property(startingWith(chained, 20), (data) => {
      readIpv6(guardedBytes(data));
    }),
  );
  fc.assert(
    fc.property(fc.constantFrom(0, 43, 44, 51, 60, 135), bytes(80), (first, data) => {
      walkIpv6Extensions(first, guardedBytes(data));
    }),
  );
});

test('eight extension headers are walked, a ninth is refused', () => {
  const extensions = (count: number) =>
    Array.from({ length: count }, () => ({ protocol: 60, bytes: new Uint8Array(8) }));
  const eight = buildIpv6({ ...chainedFields, extensions: extensions(8) });
  const nine = buildIpv6({ ...chainedFields, extensions: extensions(9) });
  expect(readIpv6(eight)).toMatchObject({ protocol: 17, payload: hex('deadbeef') });
  expect(readIpv6(nine)).toBe('ipv6-extension');
});

test('a later fragment ends the chain, whatever protocol its data is of', () => {
  const later = { protocol: 44, bytes: hex('3c 00 0008 00000007') }; // offset 8, next 60
  const packet = buildIpv6({ ...chainedFields, extensions: [later], protocol: 60 });
  expect(readIpv6(packet)).toMatchObject({
    protocol: 60,
    isLaterFragment: true,
    payload: hex('deadbeef'),
  });
});

test('an ESP header is the upper layer: what is in it cannot be read', () => {
  const packet = buildIpv6({ ...chainedFields, extensions: [], protocol: 50 });
  expect(readIpv6(packet)).toMatchObject({ protocol: 50, extensions: [] });
});

test('a payload above 65,535 bytes is not written', () => {
  const payload = new Uint8Array(65_536);
  expect(() => buildIpv6({ ...chainedFields, extensions: [], payload })).toThrow(RangeError);
});

test('a line names hops and the chain', () => {
  expect(describeIpv6(chainedPacket)).toBe('hops 64 extensions 0,44');
  const plain = { ...chainedPacket, extensions: [], payload: NOTHING };
  expect(describeIpv6({ ...plain, isLaterFragment: true })).toBe('hops 64 later fragment');
});
