import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rangeOf, rangesOverlap, whyMartian, whyNotHost } from '../../config/address-range.ts';
import { parseIpv4 } from '../../netstack/address.ts';

const cidrs = fc.record({
  address: fc.integer({ min: 0, max: 0xffff_ffff }),
  length: fc.integer({ min: 0, max: 32 }),
});

describe('address ranges', () => {
  it('overlap both ways or not at all, and each itself', () => {
    fc.assert(
      fc.property(cidrs, cidrs, (a, b) => {
        const [x, y] = [rangeOf(a), rangeOf(b)];
        expect(rangesOverlap(x, y)).toBe(rangesOverlap(y, x));
        expect(rangesOverlap(x, x)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('know network and broadcast, which /31 and /32 do not have', () => {
    expect(whyNotHost(parseIpv4('10.0.0.0')!, 30)).toMatch(/network/);
    expect(whyNotHost(parseIpv4('10.0.0.3')!, 30)).toMatch(/broadcast/);
    expect(whyNotHost(parseIpv4('10.0.0.1')!, 30)).toBeUndefined();
    expect(whyNotHost(parseIpv4('10.0.0.0')!, 31)).toBeUndefined();
    expect(whyNotHost(parseIpv4('10.0.0.0')!, 32)).toBeUndefined();
  });

  it.each([
    ['0.255.255.255', true],
    ['1.0.0.0', false],
    ['126.255.255.255', false],
    ['127.0.0.0', true],
    ['128.0.0.0', false],
    ['223.255.255.255', false],
    ['224.0.0.0', true],
    ['240.0.0.0', true],
    ['255.255.255.255', true],
  ])('%s is martian: %s', (text, expected) => {
    expect(whyMartian(parseIpv4(text)!) !== undefined).toBe(expected);
  });
});
