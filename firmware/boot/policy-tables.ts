/**
 * The operator's flows as boxes, and the bit vectors that find the first box of a packet: see
 * firmware/kernel/first-match.ts.
 */

import { PORTS_MAX } from '../../config/abi.ts';
import type { Router } from '../../config/router.ts';
import { matchSet } from '../../netstack/match/set.ts';
import { type Box, boxes, type Interval } from '../../netstack/sets/boxes.ts';
import { type PacketSet, PacketSpace } from '../../netstack/sets/packet-space.ts';
import { SetError } from '../../netstack/sets/set-error.ts';
import { addressMap } from './address-map.ts';
import type { Blob } from './blob.ts';
import { BootError } from './boot-error.ts';
import { bindingsOf } from './class-tables.ts';
import { joinMaps, type RangeMap, spreadMap } from './range-map.ts';
import * as layout from './table-layout.ts';

/** Boxes of one flow. */
const FLOW_BOXES_MAX = 4096;
/**
 * Boxes of all flows. A field has a bit vector more than there are bounds of boxes, at most, and
 * the vectors' numbers have 16 bits.
 */
const BOXES_MAX = 32_767;
const ETHER_IPV4 = 0x0800;
const ZONE_ROUTER = 'router';

interface PolicyBox {
  readonly flow: number;
  readonly zones: number;
  readonly box: Box;
}

/** A field's values by the bit vector of the boxes that they lie in. */
interface FieldIndex extends RangeMap {
  readonly bits: Uint8Array[];
}

/** Writes the policy's sections and their offsets in the header. @throws BootError POLICY_BOXES */
export function writePolicy(blob: Blob, router: Router): void {
  const found = policyBoxes(router);
  const words = Math.ceil(found.length / 64);
  const put = (word: number, value: number) => blob.u32(word * 4, value);
  put(layout.TABLE_BOX_WORDS, words);
  put(layout.TABLE_FLOW_COUNT, router.flows.length);
  put(layout.TABLE_BOX_FLOW, blob.u16Section(found.map(({ flow }) => flow)));
  const vectors: WriteVectors = (word, bits) => {
    const all = new Uint8Array(bits.length * words * 8);
    for (const [i, vector] of bits.entries()) all.set(vector, i * words * 8);
    put(word, blob.bytesSection(all));
  };
  const of = (name: keyof Box) => found.map(({ box }) => box[name]);
  const wide = (bits: number, intervals: Interval[], max: number) => {
    const field = indexField(intervals, max, words * 8);
    vectors(bits, field.bits);
    return field;
  };
  const narrow = (map: number, bits: number, intervals: Interval[], size: number) =>
    put(map, blob.u16Section(spreadMap(wide(bits, intervals, size - 1), size)));
  // Whatever is asked of an address is found by one search.
  const src = wide(layout.TABLE_VECTORS_SRC, of('src'), 2 ** 32 - 1);
  const dst = wide(layout.TABLE_VECTORS_DST, of('dst'), 2 ** 32 - 1);
  const asked = joinMaps(src, dst, (source, destination) => source * 2 ** 16 + destination);
  const facts = joinMaps(addressMap(router), asked, (kind, bits) => kind * 2 ** 32 + bits);
  put(layout.TABLE_ADDRESSES, blob.rangeMapSection(facts));
  // Policies seldom name one, and packets have any: a table of all would not stay in the cache.
  const sport = wide(layout.TABLE_VECTORS_SPORT, of('sport'), 65_535);
  put(layout.TABLE_POLICY_SPORT, blob.rangeMapSection(sport));
  narrow(layout.TABLE_POLICY_DPORT, layout.TABLE_VECTORS_DPORT, of('dport'), 65_536);
  narrow(layout.TABLE_POLICY_PROTO, layout.TABLE_VECTORS_PROTO, of('proto'), 256);
  const zoneCount = router.zones.length + 1;
  const zones = found.map((entry): Interval => [entry.zones, entry.zones]);
  narrow(layout.TABLE_POLICY_ZONES, layout.TABLE_VECTORS_ZONES, zones, zoneCount * zoneCount);
  writeIngress(found, words, vectors);
}

/** Writes a field's bit vectors, and where they are at `word` of the header. */
type WriteVectors = (word: number, bits: readonly Uint8Array[]) => void;

/** By arrival: port and whether the frame was tagged, as one number. */
function writeIngress(found: readonly PolicyBox[], words: number, write: WriteVectors): void {
  const bits = Array.from({ length: PORTS_MAX * 2 }, (_, arrival) => {
    const vector = new Uint8Array(words * 8);
    for (const [i, { box }] of found.entries()) {
      const port = arrival >> 1;
      if (isIn(box.ingress, port) && isIn(box.tagged, arrival & 1)) setBit(vector, i);
    }
    return vector;
  });
  write(layout.TABLE_VECTORS_INGRESS, bits);
}

function policyBoxes(router: Router): PolicyBox[] {
  const bindings = bindingsOf(router);
  const zoneOf = (name: string) =>
    name === ZONE_ROUTER ? router.zones.length : router.zones.indexOf(name);
  const found: PolicyBox[] = [];
  for (const [flow, { name, from, to, match, line, column }] of router.flows.entries()) {
    // A space of its own: nodes of one flow are of no use to another, and 10,000 flows are many.
    const space = new PacketSpace();
    const ipv4 = space.range('etherType', ETHER_IPV4, ETHER_IPV4);
    const whole = match === null ? ipv4 : space.and(ipv4, matchSet(space, match, bindings));
    const set = space.and(whole, space.range('laterFragment', 0, 0));
    const zones = zoneOf(from) * (router.zones.length + 1) + zoneOf(to);
    const at = `${router.file}:${line}:${column}`;
    for (const box of boxesOf(space, set, name, at)) found.push({ flow, zones, box });
    if (found.length > BOXES_MAX) {
      const message = `the flows up to "${name}" need more than ${BOXES_MAX} boxes`;
      throw new BootError('POLICY_BOXES', router.file, message, 'use fewer or simpler matches');
    }
  }
  return found;
}

/** The boxes of one flow; a match of too many alternatives is the operator's to mend. */
function boxesOf(space: PacketSpace, set: PacketSet, flow: string, at: string): Box[] {
  try {
    return boxes(space, set, FLOW_BOXES_MAX);
  } catch (error) {
    if (!(error instanceof SetError)) throw error;
    const hint = 'write it as several flows, each with fewer alternatives';
    throw new BootError('POLICY_BOXES', at, `flow "${flow}": ${error.message}`, hint);
  }
}

function isIn([low, high]: Interval, value: number): boolean {
  return value >= low && value <= high;
}

function setBit(vector: Uint8Array, bit: number): void {
  vector[bit >> 3] |= 1 << (bit & 7);
}

/** Sweeps over the intervals' bounds; equal vectors are one. */
function indexField(intervals: readonly Interval[], max: number, size: number): FieldIndex {
  const changes = new Map<number, number[]>([[0, []]]);
  const note = (at: number, box: number) => {
    if (at > max) return;
    const list = changes.get(at);
    if (list === undefined) changes.set(at, [box]);
    else list.push(box);
  };
  for (const [i, [low, high]] of intervals.entries()) {
    note(low, i);
    note(high + 1, i);
  }
  const index: FieldIndex = { starts: [], values: [], bits: [] };
  const numbers = new Map<string, number>();
  const current = new Uint8Array(size);
  for (const [start, toggled] of [...changes].sort(([a], [b]) => a - b)) {
    for (const box of toggled) current[box >> 3] ^= 1 << (box & 7);
    const key = Buffer.from(current).toString('latin1');
    let number = numbers.get(key);
    if (number === undefined) {
      number = index.bits.push(current.slice()) - 1;
      numbers.set(key, number);
    }
    index.starts.push(start);
    index.values.push(number);
  }
  return index;
}
