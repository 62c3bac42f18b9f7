/**
 * Where an axis has its marks, and what stands beside them.
 */
import { formatCount } from '../table.ts';

/** Round steps in a power of ten. */
const DECIMAL_STEPS = [1, 2, 5, 10] as const;
/** Round steps of time, in seconds; beyond an hour and a day they are counted in these. */
const CLOCK_STEPS = [60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];

/** The smallest round number that is not less. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  // A little more than nothing: 0.3 / 0.1 is not 3.
  return power * (DECIMAL_STEPS.find((step) => step * power >= value * (1 - 1e-9)) ?? 10);
}

/** Marks from 0 on to `end` or just past it where `isPast`, at most `count` steps. */
export function ticks(end: number, count: number, isPast: boolean): number[] {
  if (!(end > 0)) return [0];
  return marks(roundUp(end / count), end, isPast);
}

/** The same for seconds: minutes, hours and days have round steps of their own. */
export function timeTicks(end: number, count: number): number[] {
  if (!(end > 0)) return [0];
  const wanted = end / count;
  if (wanted <= 30) return ticks(end, count, false);
  const day = 86_400;
  const step = CLOCK_STEPS.find((clock) => clock >= wanted) ?? day * roundUp(wanted / day);
  return marks(step, end, false);
}

function marks(step: number, end: number, isPast: boolean): number[] {
  const steps = isPast ? Math.ceil(end / step - 1e-9) : Math.floor(end / step + 1e-9);
  return Array.from({ length: steps + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

const UNITS = [
  [1e15, 'P'],
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/** A rate in few characters: 1.5 k. */
export function formatRate(value: number): string {
  for (const [factor, unit] of UNITS) {
    if (value >= factor) return `${Number((value / factor).toPrecision(3))} ${unit}`;
  }
  return String(Number(value.toPrecision(3)));
}

/** Seconds from the beginning: `0.25 s`, `1:30`, `2:00:00`, `3 d 4:00:00`. */
export function formatTime(seconds: number): string {
  if (seconds < 60) return `${Number(seconds.toFixed(3))} s`;
  const whole = Math.floor(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  const rest = Number((seconds - whole).toFixed(3));
  const fraction = rest > 0 && rest < 1 ? String(rest).slice(1) : '';
  const [days, hours] = [Math.floor(whole / 86_400), Math.floor(whole / 3600) % 24];
  const minutes = Math.floor(whole / 60) % 60;
  const clock = `${two(whole % 60)}${fraction}`;
  if (days > 0) return `${formatCount(days)} d ${hours}:${two(minutes)}:${clock}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${clock}` : `${minutes}:${clock}`;
}
