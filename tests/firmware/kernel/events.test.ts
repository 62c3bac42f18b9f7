/** The kernel alone, with nobody who takes its events: none is written beyond the room for them. */
import { beforeEach, expect, it } from 'vitest';
import * as layout from '../../../firmware/boot/table-layout.ts';
import { defaultSystemPath } from '../../../scripts/toolchain/load-firmware.ts';
import { OPEN, routerYaml } from '../configuration.ts';
import { type KernelUnderTest, startKernelUnderTest } from '../kernel-under-test.ts';

let kernel: KernelUnderTest['kernel'];
beforeEach(async () => {
  ({ kernel } = await startKernelUnderTest(routerYaml(OPEN), defaultSystemPath()));
});

/** A breath in which place 0 is to blame for the same thing so many times. Events until now. */
function blame(times: number, ...others: number[]): number {
  kernel.beginBreath(0n);
  for (let i = 0; i < times; i++) kernel.blame(0, layout.VIOLATION_FRAME, 0n);
  for (const violation of others) kernel.blame(0, violation, 0n);
  kernel.endBreath();
  return new DataView(kernel.memory.buffer).getUint32(kernel.eventsAddress(), true);
}

function counter(index: number): bigint {
  return new DataView(kernel.memory.buffer).getBigUint64(
    kernel.countersAddress() + index * 8,
    true,
  );
}

const lost = () => counter(layout.COUNTER_EVENTS_LOST);

it('a place is heard of so many times in a breath, and as many in the next', () => {
  const most = layout.EVENTS_PER_PLACE_MAX;
  expect(blame(most)).toBe(most);
  expect(lost()).toBe(0n);
  expect(blame(most + 1)).toBe(2 * most);
  expect(lost()).toBe(1n);
  // All of them count.
  const violations = layout.COUNTER_PLACE_VIOLATIONS + layout.VIOLATION_FRAME;
  expect(counter(violations)).toBe(BigInt(2 * most + 1));
});

it('the first of another kind is heard of however many there were before', () => {
  const most = layout.EVENTS_PER_PLACE_MAX;
  const other = layout.VIOLATION_FRAME_PORT;
  expect(blame(most, other, other)).toBe(most + 1);
  expect(lost()).toBe(1n);
});

it('events that nobody takes fill the room for them, and are lost beyond it', () => {
  const most = layout.EVENTS_PER_PLACE_MAX;
  const breaths = layout.EVENT_CAPACITY / most;
  for (let breath = 1; breath <= breaths; breath++) expect(blame(most)).toBe(breath * most);
  expect(lost()).toBe(0n);
  expect(blame(1)).toBe(layout.EVENT_CAPACITY);
  expect(lost()).toBe(1n);
});
