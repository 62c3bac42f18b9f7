import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BIN_SECONDS_MIN, BINS_MAX, TimeBins } from '../../../scripts/report/time-bins.ts';

function binned(events: readonly (readonly [seconds: number, amount: number])[]) {
  const bins = new TimeBins();
  for (const [seconds, amount] of events) bins.add(bins.binAt(seconds), 'packets', 'a', amount);
  return bins.amounts('packets');
}

describe('amounts over time', () => {
  it('lie in the bin of their time', () => {
    const { binSeconds, series } = binned([
      [0, 1],
      [0.0005, 2],
      [0.0021, 4],
    ]);
    expect(binSeconds).toBe(BIN_SECONDS_MIN);
    expect(series).toEqual([{ name: 'a', values: [3, 0, 4], total: 7 }]);
  });

  it('share bins of twice the width once all are in use', () => {
    const last = (BINS_MAX + 0.5) * BIN_SECONDS_MIN;
    const { binSeconds, binCount, series } = binned([
      [0, 1],
      [1.5 * BIN_SECONDS_MIN, 2],
      [2.5 * BIN_SECONDS_MIN, 4],
      [last, 8],
    ]);
    expect(binSeconds).toBe(2 * BIN_SECONDS_MIN);
    expect(binCount).toBe(BINS_MAX / 2 + 1);
    expect(series[0].values.slice(0, 2)).toEqual([3, 4]);
    expect(series[0].values.at(-1)).toBe(8);
  });

  it('add up to what was put in, in as many bins at most, for any length of time', () => {
    const event = fc.tuple(fc.double({ min: 0, max: 1e12, noNaN: true }), fc.nat(1e6));
    fc.assert(
      fc.property(fc.array(event, { minLength: 1 }), (events) => {
        const { binSeconds, binCount, series } = binned(events);
        expect(binCount).toBeLessThanOrEqual(BINS_MAX);
        expect(series[0].values).toHaveLength(binCount);
        const sums = new Array<number>(binCount).fill(0);
        for (const [seconds, amount] of events) sums[Math.floor(seconds / binSeconds)] += amount;
        expect(series[0].values).toEqual(sums);
        expect(series[0].total).toBe(events.reduce((sum, [, amount]) => sum + amount, 0));
      }),
    );
  });

  it('are none where nothing was put in', () => {
    expect(new TimeBins().amounts('packets').series).toEqual([]);
  });
});
