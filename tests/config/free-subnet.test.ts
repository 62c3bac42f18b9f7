import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rangeOf, rangesOverlap } from '../../config/address-range.ts';
import { freeSubnet } from '../../config/free-subnet.ts';
import { formatCidr, parseCidr } from '../../netstack/address.ts';

const cidrOf = (text: string) => parseCidr(text)!;
const freeOf = (wanted: string, ...taken: string[]) => {
  const free = freeSubnet(cidrOf(wanted), taken.map(cidrOf));
  return free === null ? null : formatCidr(free);
};

it.each([
  ['10.1.0.130/25', ['10.1.0.1/24'], '10.1.1.0/25'],
  ['10.1.0.1/24', ['10.1.0.1/24', '10.1.1.7/30', '10.1.2.0/23'], '10.1.4.0/24'],
  ['10.1.0.1/16', ['10.1.3.0/24', '10.2.3.0/24'], '10.3.0.0/16'],
  ['192.168.255.1/24', ['192.168.255.0/24'], null],
  ['10.0.0.1/8', ['10.1.0.0/24'], null],
  ['203.0.113.2/30', ['203.0.113.0/24'], null],
  ['0.0.0.0/1', ['10.1.0.0/24'], null],
])('beside %s, with %j taken, %s is free', (wanted, taken, free) => {
  expect(freeOf(wanted, ...taken)).toBe(free);
});

it('what is free overlaps nothing that is taken', () => {
  const cidr = fc.record({
    address: fc.integer({ min: 0x0a00_0000, max: 0x0a00_ffff }),
    length: fc.integer({ min: 9, max: 32 }),
  });
  fc.assert(
    fc.property(cidr, fc.array(cidr, { maxLength: 8 }), (wanted, taken) => {
      const free = freeSubnet(wanted, taken);
      if (free === null) return;
      expect(free.length).toBe(wanted.length);
      for (const other of [wanted, ...taken]) {
        expect(rangesOverlap(rangeOf(free), rangeOf(other))).toBe(false);
      }
    }),
    { numRuns: 100 },
  );
});
