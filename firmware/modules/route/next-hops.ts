/**
 * Next hops, each once: what a row is told when a route leads to it.
 *
 *   entry   u32 nexthop (0: the destination itself)   u8 port   u8 verdict   u8 changed   u8 0
 *
 * Entry 0 is the default route's, so that a table of zeros means "whatever the default is". What
 * an entry was made of stands in `origins`: its next hop, and the number of the one that packets
 * fall back on, which is less than its own. While its port's link is down, a next router's entry
 * is a copy of that, and neighbours on the wire are unreachable.
 */
import { PORTS_MAX, PORT_NONE } from 'sluice/abi';
import { rows } from './manifest';

/** Table entries number next hops in 15 bits. */
export const nextHopsMax: u32 = 32_767;
/** Next hops that do not fall back on the default route; beyond them, they all do. */
export const fallbacksMax: u32 = 2048;

const ENTRY_SIZE: usize = 8;
const INDEX_BITS: u32 = 16;
const ENTRIES_SIZE: usize = (<usize>nextHopsMax + 1) * ENTRY_SIZE;
const INDEX_SIZE: usize = (<usize>1 << INDEX_BITS) * 2;
/** Bytes of entries, origins and index. */
export const NEXT_HOPS_SIZE: usize = ENTRIES_SIZE * 2 + INDEX_SIZE;
export const NEXT_HOP_NONE: u32 = 0xffff;

let entries: usize = 0;
let origins: usize = 0; // u64 a number: nexthop, port in bits 39..32, what it falls back on above
const down: usize = memory.data(PORTS_MAX, 64); // u8 a port: its link is down
let index: usize = 0; // u16[2^INDEX_BITS] by hash: a number of a next hop, 0 free
let count: u32 = 0;
let fallbackCount: u32 = 0;

export function openNextHops(address: usize): void {
  entries = address;
  origins = entries + ENTRIES_SIZE;
  index = origins + ENTRIES_SIZE;
  count = 0;
  fallbackCount = 0;
  memory.fill(down, 0, PORTS_MAX);
  setEntry(0, 0, PORT_NONE, rows.OUTPUT_UNREACHABLE, 0);
  setOrigin(0, originOf(0, PORT_NONE, 0));
}

// @ts-ignore: decorator
@inline function originOf(nexthop: u32, port: u32, fallback: u32): u64 {
  return <u64>nexthop | (<u64>port << 32) | (<u64>fallback << 40);
}

// @ts-ignore: decorator
@inline function portOf(origin: u64): u32 { return <u32>(origin >> 32) & 0xff; }

function originAt(number: u32): u64 { return load<u64>(origins + <usize>number * ENTRY_SIZE); }

function setOrigin(number: u32, origin: u64): void {
  store<u64>(origins + <usize>number * ENTRY_SIZE, origin);
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

/** Makes an entry from its origin, as links are now; after the one that it falls back on. */
function refresh(number: u32): void {
  const origin = originAt(number);
  const nexthop = <u32>origin;
  const port = portOf(origin);
  if (port < <u32>PORTS_MAX && !load<u8>(down + port)) {
    const changed = rows.CHANGED_META_EGRESS | rows.CHANGED_META_NEXTHOP;
    setEntry(number, nexthop, port, rows.OUTPUT_FORWARD, changed);
  } else if (number == 0 || nexthop == 0) {
    setEntry(number, 0, PORT_NONE, rows.OUTPUT_UNREACHABLE, 0);
  } else {
    store<u64>(entries + <usize>number * ENTRY_SIZE, nextHopAt(<u32>(origin >> 40)));
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
  setOrigin(0, originOf(nexthop, port, 0));
  refresh(0);
}

/**
 * The number of a next hop, found or made; NEXT_HOP_NONE beyond nextHopsMax. While its link is
 * down, packets fall back on what the shorter prefix leads to, that is on number `shorter`.
 */
export function nextHopNumber(port: u32, nexthop: u32, shorter: u32): u32 {
  const fallback = nexthop == 0 ? 0 : fallbackOf(port, shorter);
  let origin = originOf(nexthop, port, fallback);
  let number = find(origin);
  if (number != NEXT_HOP_NONE) return number;
  if (fallback != 0) {
    if (fallbackCount < fallbacksMax) fallbackCount++;
    else {
      origin = originOf(nexthop, port, 0);
      number = find(origin);
    }
  }
  return number != NEXT_HOP_NONE ? number : add(origin);
}

/** A next router on the same wire goes with it; the wire's own hosts are nowhere else. */
function fallbackOf(port: u32, shorter: u32): u32 {
  let number = shorter;
  while (number != 0 && <u32>originAt(number) != 0 && portOf(originAt(number)) == port) {
    number = <u32>(originAt(number) >> 40);
  }
  return number;
}

/** At most half of the index is ever used, so a free place ends every search. */
function placeOf(origin: u64): u32 {
  let at = <u32>((origin * 0x9e3779b97f4a7c15) >> (64 - INDEX_BITS));
  let number: u32 = load<u16>(index + <usize>at * 2);
  while (number != 0 && originAt(number) != origin) {
    at = (at + 1) & ((1 << INDEX_BITS) - 1);
    number = load<u16>(index + <usize>at * 2);
  }
  return at;
}

function find(origin: u64): u32 {
  const number: u32 = load<u16>(index + <usize>placeOf(origin) * 2);
  return number == 0 ? NEXT_HOP_NONE : number;
}

function add(origin: u64): u32 {
  if (count == nextHopsMax) return NEXT_HOP_NONE;
  count++;
  setOrigin(count, origin);
  refresh(count);
  store<u16>(index + <usize>placeOf(origin) * 2, <u16>count);
  return count;
}
