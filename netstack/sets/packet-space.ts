import { FIELDS, type FieldName, fieldNamed, VARIABLE_COUNT } from './field.ts';
import { NODES_MAX, NodeTable } from './node-table.ts';

declare const packetSet: unique symbol;

/** A set of points of one PacketSpace. Equal sets of one space are equal numbers. */
export type PacketSet = number & { readonly [packetSet]: true };

const CACHE_SIZE_MAX = 1 << 18;

/**
 * Sets of packets, as binary decision diagrams over the bits of FIELDS. Every operation is exact.
 * Recursion is at most VARIABLE_COUNT deep. All operations may throw SetError
 * SETS_TOO_MANY_NODES; nothing is ever freed but the space as a whole. A new space takes 90 KB:
 * for the boxes of many matches, one space each is faster than a large one (18 against 40 µs).
 */
export class PacketSpace {
  readonly none = 0 as PacketSet;
  readonly all = 1 as PacketSet;
  /** The diagrams themselves, for what walks them. */
  readonly nodes: NodeTable;
  /** Results of `#choose`: {condition, then, else, result} by hash, newest wins. */
  #cache = new Int32Array(4 * 4096);

  /** @param nodesMax nodes that the space may hold */
  constructor(nodesMax: number = NODES_MAX) {
    this.nodes = new NodeTable(nodesMax);
  }

  and(a: PacketSet, b: PacketSet): PacketSet {
    return a < b ? this.ite(a, b, this.none) : this.ite(b, a, this.none);
  }

  or(a: PacketSet, b: PacketSet): PacketSet {
    return a < b ? this.ite(a, this.all, b) : this.ite(b, this.all, a);
  }

  not(a: PacketSet): PacketSet {
    return this.ite(a, this.none, this.all);
  }

  /** The points of `a` that are not in `b`. */
  diff(a: PacketSet, b: PacketSet): PacketSet {
    return this.ite(b, this.none, a);
  }

  /** The points of `a` that are in `b`, and the points outside `a` that are in `c`. */
  ite(a: PacketSet, b: PacketSet, c: PacketSet): PacketSet {
    const { length } = this.#cache;
    if (this.nodes.count * 4 > length && length < 4 * CACHE_SIZE_MAX) {
      this.#cache = new Int32Array(length * 4);
    }
    return this.#choose(a, b, c) as PacketSet;
  }

  /** The points whose field is in [lo, hi], bounds included; empty when lo > hi. */
  range(name: FieldName, lo: number | bigint, hi: number | bigint): PacketSet {
    if (lo > hi) return this.none;
    const { first, width } = fieldNamed(name);
    const least = bitsOf(lo, width);
    const most = bitsOf(hi, width);
    let apart = 0;
    while (apart < width && least[apart] === most[apart]) apart++;
    let atLeast = 1;
    let atMost = 1;
    for (let bit = width - 1; bit > apart; bit--) {
      const variable = first + bit;
      atLeast = this.nodes.make(variable, least[bit] ? 0 : atLeast, least[bit] ? atLeast : 1);
      atMost = this.nodes.make(variable, most[bit] ? 1 : atMost, most[bit] ? atMost : 0);
    }
    // Of a single value nothing is apart: both are all, and so is this.
    let node = this.nodes.make(first + apart, atLeast, atMost);
    for (let bit = apart - 1; bit >= 0; bit--) {
      node = this.nodes.make(first + bit, least[bit] ? 0 : node, least[bit] ? node : 0);
    }
    return node as PacketSet;
  }

  /** The points whose field equals `value` in the bits that are set in `mask`. */
  masked(name: FieldName, value: number | bigint, mask: number | bigint): PacketSet {
    const { first, width } = fieldNamed(name);
    const wanted = bitsOf(value, width);
    const compared = bitsOf(mask, width);
    let node = 1;
    for (let bit = width - 1; bit >= 0; bit--) {
      if (compared[bit] === 0) continue;
      node = this.nodes.make(first + bit, wanted[bit] ? 0 : node, wanted[bit] ? node : 0);
    }
    return node as PacketSet;
  }

  /** The fields that the sets test, in the order of FIELDS. */
  fieldsOf(sets: readonly PacketSet[]): FieldName[] {
    const { level, low, high } = this.nodes;
    const tested = new Uint8Array(VARIABLE_COUNT + 1);
    const seen = new Set<number>(sets);
    for (const node of seen) {
      tested[level[node]] = 1;
      seen.add(low[node]).add(high[node]);
    }
    return FIELDS.filter(({ first, width }) =>
      tested.subarray(first, first + width).includes(1),
    ).map(({ name }) => name);
  }

  #choose(a: number, b: number, c: number): number {
    if (a < 2) return a === 1 ? b : c;
    let then = a === b ? 1 : b;
    let otherwise = a === c ? 0 : c;
    if (then === otherwise) return then;
    if (then === 1 && otherwise === 0) return a;
    const { nodes } = this;
    const entry = cacheHash(a, then, otherwise) & (this.#cache.length / 4 - 1);
    const at = entry * 4;
    const cache = this.#cache;
    if (cache[at] === a && cache[at + 1] === then && cache[at + 2] === otherwise) {
      return cache[at + 3];
    }
    const [key1, key2] = [then, otherwise];
    const top = Math.min(nodes.level[a], nodes.level[then], nodes.level[otherwise]);
    let condition = a;
    let conditionHigh = a;
    let thenHigh = then;
    let otherwiseHigh = otherwise;
    if (nodes.level[a] === top) {
      conditionHigh = nodes.high[a];
      condition = nodes.low[a];
    }
    if (nodes.level[then] === top) {
      thenHigh = nodes.high[then];
      then = nodes.low[then];
    }
    if (nodes.level[otherwise] === top) {
      otherwiseHigh = nodes.high[otherwise];
      otherwise = nodes.low[otherwise];
    }
    const low = this.#choose(condition, then, otherwise);
    const high = this.#choose(conditionHigh, thenHigh, otherwiseHigh);
    const result = nodes.make(top, low, high);
    cache[at] = a;
    cache[at + 1] = key1;
    cache[at + 2] = key2;
    cache[at + 3] = result;
    return result;
  }
}

function cacheHash(a: number, b: number, c: number): number {
  const value = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c + 1, 0xc2b2ae35);
  return (value ^ (value >>> 15)) >>> 0;
}

/** The bits of a value, highest first. */
function bitsOf(value: number | bigint, width: number): Uint8Array {
  const bits = new Uint8Array(width);
  for (let bit = 0; bit < width; bit++) {
    const shift = width - 1 - bit;
    bits[bit] =
      typeof value === 'bigint' ? Number((value >> BigInt(shift)) & 1n) : (value >>> shift) & 1;
  }
  return bits;
}
