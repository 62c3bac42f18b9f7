import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatIpv6, IPV6_MAX, parseIpv6 } from '../../netstack/address6.ts';
import { u128 } from './arbitraries.ts';

// RFC 5952 §1, §4 and §5: what is read, and the one way to write it.
test.each([
  ['2001:0db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
  ['2001:DB8::AAAA:1', '2001:db8::aaaa:1'],
  ['0:0:0:0:0:0:0:0', '::'],
  ['0:0:0:0:0:0:0:1', '::1'],
  ['fe80:0:0:0:0:0:0:0', 'fe80::'],
  ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
  ['::ffff:c000:201', '::ffff:192.0.2.1'],
  ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
])('%s is written %s', (text, canonical) => {
  const address = parseIpv6(text);
  expect(address).not.toBeNull();
  expect(formatIpv6(address as bigint)).toBe(canonical);
});

test.each([
  '',
  ':',
  ':::',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1::2::3',
  '1:2:3:4:5:6:7:8::',
  '12345::',
  'fe80::1%eth0',
  '[::1]',
  '::1.2.3',
  '1.2.3.4::',
  'g::',
  ':1:2:3:4:5:6:7',
])('%j is no IPv6 address', (text) => {
  expect(parseIpv6(text)).toBeNull();
});

test('every IPv6 address survives its text', () => {
  const sparse = fc
    .array(fc.constantFrom(0n, 0n, 1n, 0xffffn), { minLength: 8, maxLength: 8 })
    .map((groups) => groups.reduce<bigint>((value, group) => (value << 16n) | group, 0n));
  fc.assert(
    fc.property(fc.oneof(u128, sparse), (address) => {
      expect(parseIpv6(formatIpv6(address))).toBe(address);
    }),
  );
  expect(parseIpv6('ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff')).toBe(IPV6_MAX);
});

test('what is read as an IPv6 address is what Node takes for one', () => {
  const text = fc.string({
    unit: fc.constantFrom('0', '1', 'f', ':', ':', '::', '.'),
    maxLength: 20,
  });
  const anyText = fc.oneof(text, fc.ipV6());
  fc.assert(
    fc.property(anyText, (input) => {
      expect(parseIpv6(input) !== null).toBe(isIPv6(input));
    }),
    { numRuns: 1000 },
  );
});
