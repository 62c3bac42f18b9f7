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
  const { received, originated, transmitted, consumed, dropped, held, drops } = counters;
  const ports = Object.values(counters.ports);
  const parts = {
    all: transmitted + consumed + dropped + held,
    dropped: total(Object.values(drops)),
    received: total(ports.map((port) => port.received)),
    transmitted: total(ports.map((port) => port.transmitted)),
    denied: total(counters.denied.map((row) => row.packets)) + counters.deniedOther,
  };
  const all = received + originated;
  expect(parts).toEqual({ all, dropped, received, transmitted, denied: drops.denied ?? 0 });
}
