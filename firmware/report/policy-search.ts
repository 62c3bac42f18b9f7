/**
 * Why the policy found no flow for a packet: which flows came near, read from the very tables that
 * the kernel searches (firmware/kernel/first-match.ts).
 */

import type { Endpoints } from '../../netstack/describe.ts';
import * as layout from '../boot/table-layout.ts';
import type { Tables } from '../boot/tables.ts';

/** What the policy looks for. Zones are numbers of the router's, its own zone being the last. */
export interface PolicyQuery {
  readonly from: number;
  readonly to: number;
  readonly ingress: number;
  readonly isTagged: boolean;
  /** Ports are 0 where the protocol has none. */
  readonly ends: Endpoints;
}

/** What of a packet a flow tests. */
export type PolicyField =
  | 'zones'
  | 'arrival'
  | 'protocol'
  | 'source'
  | 'destination'
  | 'source port'
  | 'destination port';

/** A flow by its index, and the fields in which the packet is not what it permits. */
export interface NearFlow {
  readonly flow: number;
  readonly misses: readonly PolicyField[];
}

class PolicyTables {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor({ bytes }: Tables) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  word(index: number): number {
    return this.#view.getUint32(index * 4, true);
  }

  flowOf(box: number): number {
    return this.#view.getUint16(this.word(layout.TABLE_BOX_FLOW) + box * 2, true);
  }

  /** The bits of the boxes that a value of a narrow field lies in. */
  direct(map: number, vectors: number, value: number): Uint8Array {
    return this.vector(vectors, this.#view.getUint16(this.word(map) + value * 2, true));
  }

  /** The same for a source port. */
  sport(value: number): Uint8Array {
    const at = this.#valueAt(layout.TABLE_POLICY_SPORT, value);
    return this.vector(layout.TABLE_VECTORS_SPORT, this.#view.getUint16(at, true));
  }

  source(address: number): Uint8Array {
    const at = this.#valueAt(layout.TABLE_ADDRESSES, address) + 2;
    return this.vector(layout.TABLE_VECTORS_SRC, this.#view.getUint16(at, true));
  }

  destination(address: number): Uint8Array {
    const at = this.#valueAt(layout.TABLE_ADDRESSES, address);
    return this.vector(layout.TABLE_VECTORS_DST, this.#view.getUint16(at, true));
  }

  /** Where a range map has what it says of a key. */
  #valueAt(map: number, key: number): number {
    const base = this.word(map);
    const count = this.#view.getUint32(base, true);
    const starts = base + layout.RANGE_MAP_STARTS_OFFSET;
    let low = 0;
    let high = count;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#view.getUint32(starts + middle * 4, true) <= key) low = middle;
      else high = middle;
    }
    return starts + count * 4 + low * 8;
  }

  /** The bits at an index. */
  vector(vectors: number, index: number): Uint8Array {
    const size = this.word(layout.TABLE_BOX_WORDS) * 8;
    const start = this.word(vectors) + index * size;
    return this.#bytes.subarray(start, start + size);
  }
}

/** For each field, the bits of the boxes that the packet fits in it. */
function fieldBits(tables: PolicyTables, query: PolicyQuery): [PolicyField, Uint8Array][] {
  const pair = query.from * (tables.word(layout.TABLE_ZONE_COUNT) + 1) + query.to;
  const arrival = query.ingress * 2 + (query.isTagged ? 1 : 0);
  const { protocol, source, destination, sport, dport } = query.ends;
  const direct = (map: number, vectors: number, value: number) =>
    tables.direct(map, vectors, value);
  return [
    ['zones', direct(layout.TABLE_POLICY_ZONES, layout.TABLE_VECTORS_ZONES, pair)],
    ['arrival', tables.vector(layout.TABLE_VECTORS_INGRESS, arrival)],
    ['protocol', direct(layout.TABLE_POLICY_PROTO, layout.TABLE_VECTORS_PROTO, protocol)],
    ['source', tables.source(source)],
    ['source port', tables.sport(sport)],
    ['destination', tables.destination(destination)],
    ['destination port', direct(layout.TABLE_POLICY_DPORT, layout.TABLE_VECTORS_DPORT, dport)],
  ];
}

/** One field, or two of the same zones: more would not be near. */
function isNear(misses: readonly PolicyField[]): boolean {
  return misses.length === 1 || (misses.length === 2 && !misses.includes('zones'));
}

/**
 * At most `count` flows that fail the packet in the fewest fields, nearest first; of equals the
 * first in the file. None if there is no flow, or the packet's way is not known.
 */
export function nearFlows(tables: Tables, query: PolicyQuery, count: number): NearFlow[] {
  const policy = new PolicyTables(tables);
  const boxes = policy.word(layout.TABLE_BOX_WORDS) * 64;
  if (boxes === 0 || query.from < 0 || query.to < 0) return [];
  const fields = fieldBits(policy, query);
  const nearest = new Map<number, PolicyField[]>();
  for (let box = 0; box < boxes; box++) {
    const misses = fields
      .filter(([, bits]) => ((bits[box >> 3] >> (box & 7)) & 1) === 0)
      .map(([field]) => field);
    // Beyond the last box the bits are 0 in every field, so nothing there is near.
    if (!isNear(misses)) continue;
    const flow = policy.flowOf(box);
    if (misses.length < (nearest.get(flow)?.length ?? 3)) nearest.set(flow, misses);
  }
  return [...nearest]
    .map(([flow, misses]) => ({ flow, misses }))
    .sort((a, b) => a.misses.length - b.misses.length || a.flow - b.flow)
    .slice(0, count);
}
