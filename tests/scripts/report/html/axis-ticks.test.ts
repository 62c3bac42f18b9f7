import { describe, expect, it } from 'vitest';
import {
  formatRate,
  formatTime,
  ticks,
  timeTicks,
} from '../../../../scripts/report/html/axis-ticks.ts';

describe('axis marks', () => {
  it.each([
    [700, [0, 200, 400, 600, 800]],
    [0.3, [0, 0.1, 0.2, 0.3]],
    [5, [0, 1, 2, 3, 4, 5]],
    [1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
  ])('reach to %d or past it in round steps', (end, marks) => {
    expect(ticks(end, 5, true)).toEqual(marks);
  });

  it.each([
    [3.7, [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5]],
    [340, [0, 60, 120, 180, 240, 300]],
    [86_400 * 20, [0, 5, 10, 15, 20].map((days) => days * 86_400)],
  ])('of time end within %d seconds, in minutes and days', (end, marks) => {
    expect(timeTicks(end, 8)).toEqual(marks);
  });

  it('are one where there is nothing, and few for anything', () => {
    expect(ticks(0, 5, true)).toEqual([0]);
    expect(timeTicks(0, 8)).toEqual([0]);
    for (let end = 1e-3; end < 1e18; end *= 3.7) {
      expect(ticks(end, 5, true).length).toBeLessThanOrEqual(6);
      expect(timeTicks(end, 8).length).toBeLessThanOrEqual(9);
    }
  });

  it.each([
    [0, '0'],
    [0.5, '0.5'],
    [999, '999'],
    [1500, '1.5 k'],
    [12_345_678, '12.3 M'],
  ])('write the rate %d as %s', (value, text) => {
    expect(formatRate(value)).toBe(text);
  });

  it.each([
    [0, '0 s'],
    [0.25, '0.25 s'],
    [90, '1:30'],
    [65.536, '1:05.536'],
    [7200, '2:00:00'],
    [3 * 86_400 + 14_400, '3 d 4:00:00'],
  ])('write %d seconds as %s', (seconds, text) => {
    expect(formatTime(seconds)).toBe(text);
  });
});
