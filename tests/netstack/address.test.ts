import fc from 'fast-check';
import { IPv4, IPv4CidrRange } from 'ip-num';
import { expect, test } from 'vitest';
import {
  broadcastOf,
  cidrContains,
  formatCidr,
  formatIpv4,
  formatMac,
  IPV4_MAX,
  isUnicastMac,
  MAC_BROADCAST,
  macOfIpv4,
  maskOf,
  networkOf,
  parseCidr,
  parseIpv4,
  parseMac,
} from '../../netstack/address.ts';
import { u32, u48 } from './arbitraries.ts';

const cidr = fc.record({ address: u32, length: fc.nat({ max: 32 }) });

test('an IPv4 address is its four bytes, most significant first', () => {
  expect(parseIpv4('10.1.0.20')).toBe(0x0a010014);
  expect(parseIpv4('255.255.255.255')).toBe(IPV4_MAX);
  expect(formatIpv4(0xcb007102)).toBe('203.0.113.2');
});

test.each([
  '',
  '10.1.0',
  '10.1.0.20.5',
  '10.1.0.256',
  '10.1.0.020',
  '10.1.0.0x1',
  '10.1.0.-1',
  ' 10.1.0.1',
  '10.1.0.1e0',
  '10..0.1',
  '10.1.0.1/24',
])('%j is no IPv4 address', (text) => {
  expect(parseIpv4(text)).toBeNull();
});

test('every IPv4 address survives its text, which ip-num writes alike', () => {
  fc.assert(
    fc.property(u32, (address) => {
      expect(parseIpv4(formatIpv4(address))).toBe(address);
      expect(formatIpv4(address)).toBe(IPv4.fromNumber(address).toString());
    }),
  );
});

test('a prefix keeps the host bits that it was given', () => {
  expect(parseCidr('10.2.0.1/24')).toEqual({ address: 0x0a020001, length: 24 });
  expect(formatCidr({ address: 0x0a020001, length: 24 })).toBe('10.2.0.1/24');
});

test.each(['10.0.0.0', '10.0.0.0/', '10.0.0.0/33', '10.0.0.0/08', '10.0.0/8', '10.0.0.0/8/8'])(
  '%j is no prefix',
  (text) => {
    expect(parseCidr(text)).toBeNull();
  },
);

test('masks have as many leading ones as the length says', () => {
  expect([0, 1, 24, 31, 32].map(maskOf)).toEqual([
    0, 0x80000000, 0xffffff00, 0xfffffffe, 0xffffffff,
  ]);
});

test('first and last address of a prefix are those of ip-num', () => {
  fc.assert(
    fc.property(cidr, (prefix) => {
      const range = IPv4CidrRange.fromCidr(formatCidr(prefix));
      expect(networkOf(prefix)).toBe(Number(range.getFirst().getValue()));
      expect(broadcastOf(prefix)).toBe(Number(range.getLast().getValue()));
    }),
    { numRuns: 50 },
  );
});

test('a prefix covers exactly what lies between its first and last address', () => {
  fc.assert(
    fc.property(cidr, u32, (prefix, address) => {
      const isBetween = address >= networkOf(prefix) && address <= broadcastOf(prefix);
      expect(cidrContains(prefix, address)).toBe(isBetween);
    }),
  );
});

test('a MAC has its first wire byte in bits 47..40', () => {
  expect(parseMac('02:00:0a:01:00:14')).toBe(0x02000a010014);
  expect(parseMac('02-00-0A-01-00-14')).toBe(0x02000a010014);
  expect(formatMac(MAC_BROADCAST)).toBe('ff:ff:ff:ff:ff:ff');
});

test.each(['02:00:0a:01:00', '02:00:0a:01:00:14:15', '02:00-0a:01:00:14', '2:0:a:1:0:14', 'zz'])(
  '%j is no MAC',
  (text) => {
    expect(parseMac(text)).toBeNull();
  },
);

test('every MAC survives its text', () => {
  fc.assert(
    fc.property(u48, (mac) => {
      expect(parseMac(formatMac(mac))).toBe(mac);
    }),
  );
});

test('the group bit makes a MAC no unicast address', () => {
  expect(isUnicastMac(0x02000a010014)).toBe(true);
  expect(isUnicastMac(0x01005e000001)).toBe(false);
  expect(isUnicastMac(MAC_BROADCAST)).toBe(false);
});

test('the MAC of an IPv4 address spells it', () => {
  expect(formatMac(macOfIpv4(0xcb007102))).toBe('02:00:cb:00:71:02');
});
