/**
 * Next hops, each once: what a row is told when a route leads to it.
 *
 *   entry   u32 nexthop (0: the destination itself)   u8 port   u8 verdict   u8 changed   u8 0
 *
 * Entry 0 is the default route's, so that a table of zeros means "whatever the default is".
 */
import { PORT_NONE } from 'sluice/abi';
import { rows } from './manifest';

/** Table entries number next hops in 15 bits. */
export const nextHopsMax: u32 = 32_767;

const ENTRY_SIZE: usize = 8;
const INDEX_BITS: u32 = 16;
export const NEXT_HOPS_SIZE: usize = (<usize>nextHopsMax + 1) * ENTRY_SIZE;
const INDEX_SIZE: usize = (<usize>1 << INDEX_BITS) * 2;
export const NEXT_HOP_NONE: u32 = 0xffff;

let entries: usize = 0;
let index: usize = 0; // u16[2^INDEX_BITS] by hash: a number of a next hop, 0 free
let count: u32 = 0;

export function openNextHops(entriesAddress: usize, indexAddress: usize): void {
  entries = entriesAddress;
  index = indexAddress;
  count = 0;
  setEntry(0, 0, PORT_NONE, rows.OUTPUT_UNREACHABLE, 0);
}

/** All of a next hop in one load: the row loop takes it apart. */
// @ts-ignore: decorator
@inline export function nextHopAt(number: u32): u64 {
  return load<u64>(entries + <usize>number * ENTRY_SIZE);
}

function setEntry(number: u32, nexthop: u32, port: u32, verdict: u32, changed: u32): void {
  const word = <u64>nexthop | (<u64>port << 32) | (<u64>verdict << 40) | (<u64>changed << 48);
  store<u64>(entries + <usize>number * ENTRY_SIZE, word);
}

function setForward(number: u32, port: u32, nexthop: u32): void {
  const changed = rows.CHANGED_META_EGRESS | rows.CHANGED_META_NEXTHOP;
  setEntry(number, nexthop, port, rows.OUTPUT_FORWARD, changed);
}

/** Where packets go that no longer prefix covers. */
export function setDefaultNextHop(port: u32, nexthop: u32): void {
  setForward(0, port, nexthop);
}

/** The number of a next hop, found or made; NEXT_HOP_NONE beyond nextHopsMax. */
export function nextHopNumber(port: u32, nexthop: u32): u32 {
  const wanted = (<u64>port << 32) | <u64>nexthop;
  let at = <u32>((wanted * 0x9e3779b97f4a7c15) >> (64 - INDEX_BITS));
  // At most half of the index is ever used, so a free place ends the search.
  for (;;) {
    const number: u32 = load<u16>(index + <usize>at * 2);
    if (number == 0) break;
    if ((nextHopAt(number) & 0xffffffffff) == wanted) return number;
    at = (at + 1) & ((1 << INDEX_BITS) - 1);
  }
  if (count == nextHopsMax) return NEXT_HOP_NONE;
  count++;
  setForward(count, port, nexthop);
  store<u16>(index + <usize>at * 2, <u16>count);
  return count;
}
