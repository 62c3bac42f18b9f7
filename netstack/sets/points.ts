import type { Classes } from './classify.ts';
import { FIELDS, type Field, isWide, type Point } from './field.ts';
import type { PacketSet, PacketSpace } from './packet-space.ts';

/** Whether a set has a point. */
export function contains({ nodes }: PacketSpace, set: PacketSet, point: Point): boolean {
  const { level, low, high } = nodes;
  let node: number = set;
  while (node > 1) node = bitAt(point, level[node]) === 1 ? high[node] : low[node];
  return node === 1;
}

/** A point of the set, the same one every time; null when the set is empty. */
export function sample({ nodes, none }: PacketSpace, set: PacketSet): Point | null {
  if (set === none) return null;
  const { level, low, high } = nodes;
  const point = zeroPoint();
  let node: number = set;
  while (node > 1) {
    if (low[node] !== 0) node = low[node];
    else {
      setBitAt(point, level[node]);
      node = high[node];
    }
  }
  return point;
}

/** The class of a point. */
export function classOf({ steps }: Classes, point: Point): number {
  let state = 0;
  for (const step of steps) {
    let from = 0;
    let to = step.starts.length;
    while (to - from > 1) {
      const middle = (from + to) >>> 1;
      if (step.starts[middle] <= point[step.field]) from = middle;
      else to = middle;
    }
    state = step.transitions[state * step.equivalenceCount + step.equivalence[from]];
  }
  return state;
}

const FIELD_OF_VARIABLE = FIELDS.flatMap((field) => Array<Field>(field.width).fill(field));

function bitAt(point: Point, variable: number): number {
  const { name, first, width } = FIELD_OF_VARIABLE[variable];
  const shift = first + width - 1 - variable;
  if (isWide(name)) return Number((point[name] >> BigInt(shift)) & 1n);
  return (point[name] >>> shift) & 1;
}

function setBitAt(point: Point, variable: number): void {
  const { name, first, width } = FIELD_OF_VARIABLE[variable];
  const shift = first + width - 1 - variable;
  if (isWide(name)) point[name] |= 1n << BigInt(shift);
  else point[name] = (point[name] | (1 << shift)) >>> 0;
}

/** A point whose every field is 0. */
export function zeroPoint(): Point {
  return {
    etherType: 0,
    tagged: 0,
    ingress: 0,
    proto: 0,
    src: 0,
    dst: 0,
    src6: 0n,
    dst6: 0n,
    sport: 0,
    dport: 0,
    laterFragment: 0,
  };
}
