/** The board's books: what moved between two snapshots, and whether they balance. */
import { expect } from 'vitest';
import type { Counters } from '../../firmware/report/counters.ts';

function flatten(value: unknown, path: string, into: Map<string, number>): void {
  if (typeof value === 'string') return;
  if (typeof value === 'number') into.set(path, value);
  else if (Array.isArray(value)) into.set(path, value.length);
  else {
    for (const [key, part] of Object.entries(value as Record<string, unknown>)) {
      flatten(part, path === '' ? key : `${path}.${key}`, into);
    }
  }
}

/** Every counter that moved, by its path (`drops.denied`, `ports.eth0.received`). */
export function counterDifference(before: Counters, after: Counters): Record<string, number> {
  const old = new Map<string, number>();
  const now = new Map<string, number>();
  flatten(before, '', old);
  flatten(after, '', now);
  return Object.fromEntries(
    [...now]
      .map(([path, value]): [string, number] => [path, value - (old.get(path) ?? 0)])
      .filter(([, moved]) => moved !== 0),
  );
}

const total = (values: number[]): number => values.reduce((sum, value) => sum + value, 0);

/** received + originated = transmitted + consumed + dropped + held; and every part of each. */
export function requireConservation(counters: Counters): void {
  const { received, originated, transmitted, consumed, dropped, held } = counters;
  expect(received + originated).toBe(transmitted + consumed + dropped + held);
  expect(total(Object.values(counters.drops))).toBe(dropped);
  const ports = Object.values(counters.ports);
  expect(total(ports.map((port) => port.received))).toBe(received);
  expect(total(ports.map((port) => port.transmitted))).toBe(transmitted);
  const denied = total(counters.denied.map((row) => row.packets)) + counters.deniedOther;
  expect(denied).toBe(counters.drops.denied ?? 0);
}
