import { VARIABLE_COUNT } from './field.ts';
import { SetError } from './set-error.ts';

/** Nodes of one table: 10 bytes each and as much again to find them, so about 80 MB at most. */
export const NODES_MAX = 4_000_000;

const NODES_AT_START = 1024;

/**
 * The nodes of binary decision diagrams, each stored once, so equal functions have equal indices.
 * Node 0 is false, 1 is true. A node tests variable `level`; smaller levels stand nearer the root.
 */
export class NodeTable {
  level = new Uint16Array(NODES_AT_START);
  low = new Int32Array(NODES_AT_START);
  high = new Int32Array(NODES_AT_START);
  count = 2;
  readonly #countMax: number;
  /** Open addressing; 0 is an empty slot, for node 0 is never looked up. */
  #slots = new Int32Array(NODES_AT_START * 2);

  /** @param countMax nodes that may exist; beyond it `make` throws SETS_TOO_MANY_NODES */
  constructor(countMax: number = NODES_MAX) {
    this.#countMax = countMax;
    this.level.fill(VARIABLE_COUNT, 0, 2);
    this.low[1] = 1;
    this.high[1] = 1;
  }

  /** The node that is `high` where the variable is 1 and `low` where it is 0. */
  make(level: number, low: number, high: number): number {
    if (low === high) return low;
    const mask = this.#slots.length - 1;
    let slot = hash(level, low, high) & mask;
    for (;;) {
      const node = this.#slots[slot];
      if (node === 0) break;
      if (this.high[node] === high && this.low[node] === low && this.level[node] === level) {
        return node;
      }
      slot = (slot + 1) & mask;
    }
    if (this.count === this.#countMax) {
      const message = `a packet space holds at most ${this.#countMax} nodes`;
      throw new SetError('SETS_TOO_MANY_NODES', message);
    }
    const node = this.count++;
    this.#slots[slot] = node;
    this.level[node] = level;
    this.low[node] = low;
    this.high[node] = high;
    if (this.count === this.level.length) this.#grow();
    return node;
  }

  /** Doubles the arrays; slots stay twice the nodes, so that at most half of them are taken. */
  #grow(): void {
    const size = this.level.length * 2;
    const level = new Uint16Array(size);
    const low = new Int32Array(size);
    const high = new Int32Array(size);
    level.set(this.level);
    low.set(this.low);
    high.set(this.high);
    this.level = level;
    this.low = low;
    this.high = high;
    this.#slots = new Int32Array(size * 2);
    const mask = this.#slots.length - 1;
    for (let node = 2; node < this.count; node++) {
      let slot = hash(level[node], low[node], high[node]) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = node;
    }
  }
}

function hash(level: number, low: number, high: number): number {
  let value = Math.imul(level + 1, 0x9e3779b1) ^ Math.imul(low, 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 15), 0xc2b2ae35) ^ Math.imul(high, 0x27d4eb2f);
  return (value ^ (value >>> 13)) >>> 0;
}
