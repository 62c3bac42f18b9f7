import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VirtualClock } from '../../drivers/clock.ts';

test('never goes back, and says whether it moved', () => {
  const clock = new VirtualClock();
  const moves = [
    clock.advanceTo(0, 0),
    clock.advanceTo(5, 10),
    clock.advanceTo(5, 10),
    clock.advanceTo(5, 9),
    clock.advanceTo(4, 999_999_999),
    clock.advanceTo(5, 11),
    clock.advanceTo(6, 0),
  ];
  expect(moves).toEqual([false, true, false, false, false, true, true]);
  expect([clock.seconds, clock.nanoseconds]).toEqual([6, 0]);
});

test('a capture starts at boot, and an earlier stamp takes the current time', () => {
  const clock = new VirtualClock();
  clock.setEpoch(1_700_000_000, 999_999_999);
  expect(clock.advanceToCapture(1_700_000_000, 999_999_999)).toBe(false);
  expect(clock.advanceToCapture(1_700_000_001, 0)).toBe(true);
  expect([clock.seconds, clock.nanoseconds]).toEqual([0, 1]);
  expect(clock.advanceToCapture(1_600_000_000, 0)).toBe(false);
  expect([clock.seconds, clock.nanoseconds]).toEqual([0, 1]);
});

test('converts exactly, as integers of nanoseconds do, and back', () => {
  const time = fc.record({
    seconds: fc.integer({ min: 0, max: 0xffff_ffff }),
    nanoseconds: fc.integer({ min: 0, max: 999_999_999 }),
  });
  const total = (seconds: number, nanoseconds: number) =>
    BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds);
  const promise = fc.property(time, time, (epoch, stamp) => {
    const clock = new VirtualClock();
    clock.setEpoch(epoch.seconds, epoch.nanoseconds);
    const seconds = clock.bootSeconds(stamp.seconds, stamp.nanoseconds);
    const nanoseconds = clock.bootNanoseconds(stamp.nanoseconds);
    const difference =
      total(stamp.seconds, stamp.nanoseconds) - total(epoch.seconds, epoch.nanoseconds);
    expect(total(seconds, nanoseconds)).toBe(difference);
    expect(nanoseconds).toBeGreaterThanOrEqual(0);
    expect(nanoseconds).toBeLessThan(1_000_000_000);
    expect(clock.captureSeconds(seconds, nanoseconds)).toBe(stamp.seconds);
    expect(clock.captureNanoseconds(nanoseconds)).toBe(stamp.nanoseconds);
  });
  fc.assert(promise, { seed: 5, numRuns: 2000 });
});
