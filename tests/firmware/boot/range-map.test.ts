import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressMap, portMap } from '../../../firmware/boot/address-map.ts';
import { joinMaps, mapOfPrefixes, type ValuedPrefix } from '../../../firmware/boot/range-map.ts';
import * as layout from '../../../firmware/boot/table-layout.ts';
import { parseIpv4 } from '../../../netstack/address.ts';
import { OPEN, routerOf, routerYaml } from '../configuration.ts';
import { valueAt } from './value-at.ts';

function firstOf(address: number, length: number): number {
  return length === 0 ? 0 : (address & (-1 << (32 - length))) >>> 0;
}

const prefix: fc.Arbitrary<ValuedPrefix> = fc
  .record({
    // Few values, so that prefixes nest; the ends of the space too.
    address: fc.oneof(
      fc.constantFrom(0, 0xffffffff, 0x0a000000, 0x0a0000ff, 0x80000000),
      fc.nat(0xffffffff),
    ),
    length: fc.oneof(fc.constantFrom(0, 1, 8, 24, 31, 32), fc.nat(32)),
    value: fc.integer({ min: 1, max: 9 }),
  })
  .map(({ address, length, value }) => ({ address: firstOf(address, length), length, value }));
const prefixes = fc.uniqueArray(prefix, {
  maxLength: 30,
  selector: (p) => `${p.address}/${p.length}`,
});

/** The longest prefix that covers, by looking at all. */
function linear(list: readonly ValuedPrefix[], address: number, fallback: number): number {
  const covering = list.filter(({ address: first, length }) => firstOf(address, length) === first);
  return covering.toSorted((a, b) => b.length - a.length)[0]?.value ?? fallback;
}

function probes(list: readonly ValuedPrefix[]): number[] {
  const edges = list.flatMap(({ address, length }) => [address, address + 2 ** (32 - length)]);
  const near = edges.flatMap((edge) => [edge - 1, edge, edge + 1]);
  return [0, 2 ** 32 - 1, ...near].filter((address) => address >= 0 && address < 2 ** 32);
}

describe('range maps', () => {
  it('have the value of the longest prefix, as a linear search finds it', () => {
    fc.assert(
      fc.property(prefixes, fc.nat(0xffffffff), (list, any) => {
        const map = mapOfPrefixes(list, 0);
        for (const address of [...probes(list), any]) {
          expect(valueAt(map, address)).toBe(linear(list, address, 0));
        }
      }),
    );
  });

  it('are sorted from 0 on, and no two neighbours are the same', () => {
    fc.assert(
      fc.property(prefixes, (list) => {
        const { starts, values } = mapOfPrefixes(list, 0);
        expect(starts[0]).toBe(0);
        for (let i = 1; i < starts.length; i++) {
          expect(starts[i]).toBeGreaterThan(starts[i - 1]);
          expect(values[i]).not.toBe(values[i - 1]);
        }
      }),
    );
  });

  it('join value by value', () => {
    fc.assert(
      fc.property(prefixes, prefixes, (a, b) => {
        const joined = joinMaps(mapOfPrefixes(a, 0), mapOfPrefixes(b, 0), (x, y) => x * 16 + y);
        for (const address of [...probes(a), ...probes(b)]) {
          expect(valueAt(joined, address)).toBe(linear(a, address, 0) * 16 + linear(b, address, 0));
        }
      }),
    );
  });
});

describe('the address map', () => {
  const router = routerOf(routerYaml(OPEN));
  const kinds = addressMap(router);
  const connected = layout.ADDRESS_CONNECTED;

  it.each([
    ['10.2.0.1', connected | layout.ADDRESS_OWN, 0],
    ['10.2.0.7', connected, 0],
    ['10.2.0.0', connected | layout.ADDRESS_BROADCAST, 0],
    ['10.2.0.255', connected | layout.ADDRESS_BROADCAST, 0],
    ['10.1.0.20', connected, 1],
    ['203.0.113.3', connected | layout.ADDRESS_BROADCAST, 2],
    ['198.51.100.1', 0, 2],
    ['192.0.2.1', 0, 255],
    ['255.255.255.255', layout.ADDRESS_BROADCAST, 255],
    ['240.0.0.1', layout.ADDRESS_MARTIAN, 255],
    ['239.1.1.1', layout.ADDRESS_MULTICAST, 255],
    ['127.0.0.1', layout.ADDRESS_MARTIAN, 255],
    ['0.0.0.0', layout.ADDRESS_MARTIAN, 255],
  ])('says what %s is and which port leads there', (address, kind, port) => {
    const value = valueAt(kinds, parseIpv4(address) as number);
    expect([value >> 8, value & 255]).toEqual([kind, port]);
  });

  it('agrees with the port map on every port', () => {
    const ports = portMap(router);
    for (const start of [...kinds.starts, ...ports.starts]) {
      expect(valueAt(kinds, start) & 255).toBe(valueAt(ports, start));
    }
  });
});
