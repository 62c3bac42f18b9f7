/**
 * Next hops, each once: what a row is told when a route leads to it.
 *
 *   entry   u32 nexthop (0: the destination itself)   u8 port   u8 verdict   u8 changed   u8 0
 *
 * Entry 0 is the default route's, so that a table of zeros means "whatever the default is". What
 * an entry was made of stands in `origins`: while its port's link is down, a next router's entry
 * is the default route's, and that of neighbours on the wire is unreachable.
 */
import { PORTS_MAX, PORT_NONE } from 'sluice/abi';
import { rows } from './manifest';

/** Table entries number next hops in 15 bits. */
export const nextHopsMax: u32 = 32_767;

const ENTRY_SIZE: usize = 8;
const INDEX_BITS: u32 = 16;
const ENTRIES_SIZE: usize = (<usize>nextHopsMax + 1) * ENTRY_SIZE;
/** Bytes of entries and origins. */
export const NEXT_HOPS_SIZE: usize = ENTRIES_SIZE * 2;
const INDEX_SIZE: usize = (<usize>1 << INDEX_BITS) * 2;
export const NEXT_HOP_NONE: u32 = 0xffff;

let entries: usize = 0;
let origins: usize = 0; // u64 a number: nexthop, and the port in bits 39..32
const down: usize = memory.data(PORTS_MAX, 64); // u8 a port: its link is down
let index: usize = 0; // u16[2^INDEX_BITS] by hash: a number of a next hop, 0 free
let count: u32 = 0;

export function openNextHops(entriesAddress: usize, indexAddress: usize): void {
  entries = entriesAddress;
  origins = entriesAddress + ENTRIES_SIZE;
  index = indexAddress;
  count = 0;
  memory.fill(down, 0, PORTS_MAX);
  setEntry(0, 0, PORT_NONE, rows.OUTPUT_UNREACHABLE, 0);
  setOrigin(0, 0, PORT_NONE);
}

function setOrigin(number: u32, nexthop: u32, port: u32): void {
  store<u64>(origins + <usize>number * ENTRY_SIZE, <u64>nexthop | (<u64>port << 32));
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
  setOrigin(number, nexthop, port);
  refresh(number);
}

/** Makes an entry from its origin, as links are now. Entry 0 comes before those that copy it. */
function refresh(number: u32): void {
  const nexthop = load<u32>(origins + <usize>number * ENTRY_SIZE);
  const port: u32 = load<u8>(origins + <usize>number * ENTRY_SIZE, 4);
  if (port < <u32>PORTS_MAX && !load<u8>(down + port)) {
    const changed = rows.CHANGED_META_EGRESS | rows.CHANGED_META_NEXTHOP;
    setEntry(number, nexthop, port, rows.OUTPUT_FORWARD, changed);
  } else if (number == 0 || nexthop == 0) {
    setEntry(number, 0, PORT_NONE, rows.OUTPUT_UNREACHABLE, 0);
  } else {
    store<u64>(entries + <usize>number * ENTRY_SIZE, nextHopAt(0));
  }
}

/** The link of a port is up, or down: its routes are withdrawn, and come back with it. */
export function setLink(port: u32, isUp: bool): void {
  if (port >= <u32>PORTS_MAX) return;
  store<u8>(down + port, isUp ? 0 : 1);
  for (let number: u32 = 0; number <= count; number++) refresh(number);
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
    if (load<u64>(origins + <usize>number * ENTRY_SIZE) == wanted) return number;
    at = (at + 1) & ((1 << INDEX_BITS) - 1);
  }
  if (count == nextHopsMax) return NEXT_HOP_NONE;
  count++;
  setForward(count, port, nexthop);
  store<u16>(index + <usize>at * 2, <u16>count);
  return count;
}
