/** The tables that boot compiled (boot/table-layout.ts), as the kernel reads them. */
import {
  ADDRESS_OWN, PLACE_SIZE, PORT_SIZE, RANGE_MAP_STARTS_OFFSET, TABLE_ADDRESSES, TABLE_GENERATION,
  TABLE_PLACES, TABLE_PORTS,
} from '../boot/table-layout';
import { allocate } from './arena';
import { rowAsked } from './row-columns';

const GUIDED_BITS: u32 = 13;

let base: usize = 0;
let ports: usize = 0;
let places: usize = 0;
/** Where the ranges of addresses start, and what is known of each. */
let addresses: usize = 0;
let facts: usize = 0;
/**
 * u32 a /13: number of the address range that it begins in; the next one's is the last that it may
 * reach into. Measured with 1,000 routes and three questions a new flow: 50 ns less. With a /16 it
 * was larger than the cache had room for, and slower than none.
 */
let guide: usize = 0;
/** Of this configuration: what a stamp is worth. */
export let generation: u32 = 0;

export function openTables(address: usize): void {
  base = address;
  ports = section(TABLE_PORTS);
  places = section(TABLE_PLACES);
  const map = section(TABLE_ADDRESSES);
  addresses = map + RANGE_MAP_STARTS_OFFSET;
  facts = addresses + (<usize>load<u32>(map) << 2);
  generation = word(TABLE_GENERATION);
  openGuide(load<u32>(map) - 1);
}

function openGuide(last: u32): void {
  guide = allocate((4 << GUIDED_BITS) + 4);
  let range: u32 = 0;
  for (let top: u32 = 0; top < 1 << GUIDED_BITS; top++) {
    const first = top << (32 - GUIDED_BITS);
    while (range < last && load<u32>(addresses + (<usize>range << 2), 4) <= first) range++;
    store<u32>(guide + (<usize>top << 2), range);
  }
  store<u32>(guide, last, 4 << GUIDED_BITS);
}

/** A count or flag of the header. */
export function word(index: i32): u32 { return load<u32>(base + (<usize>index << 2)); }

/** Address of a section. */
export function section(index: i32): usize { return base + word(index); }

/** Address of a part that lies `offset` bytes from the blob's start. */
// @ts-ignore: decorator
@inline export function part(offset: u32): usize { return base + offset; }

// @ts-ignore: decorator
@inline export function portAt(port: u32): usize { return ports + <usize>port * PORT_SIZE; }
// @ts-ignore: decorator
@inline export function placeAt(place: u32): usize { return places + <usize>place * PLACE_SIZE; }

/** Value of the range that `key` lies in. */
export function lookupRange(map: usize, key: u32): u32 {
  const count = load<u32>(map), starts = map + RANGE_MAP_STARTS_OFFSET;
  return <u32>load<u64>(starts + (<usize>count << 2) + (search(starts, key, 0, count - 1) << 3));
}

/** Number of the range that `key` lies in, which is `low` or one of `more` behind it. */
// @ts-ignore: decorator
@inline function search(starts: usize, key: u32, low: u32, more: u32): u32 {
  while (more > 0) {
    const half = (more + 1) >> 1;
    low = load<u32>(starts + (<usize>(low + half) << 2)) <= key ? low + half : low;
    more -= half;
  }
  return low;
}

/** Whether the row's source is one of the router's own. */
export function isOwn(source: u32, row: i32): bool {
  return (kindOf(factsOf(source, row, 0)) & (ADDRESS_OWN << 8)) != 0;
}

/** What an address is, and its port: ADDRESS_* << 8 | port (PORT_NONE: no route covers it). */
// @ts-ignore: decorator
@inline export function kindOf(facts: u64): u32 { return <u32>(facts >> 32); }

/**
 * All that is known of an address: see TABLE_ADDRESSES. `row` asks, for its source (`end` 0) or its
 * destination (1): a new flow's are asked for on arrival and again at the policy. What a row has
 * asked before holds for that address, whatever has become of the row. At first all is 0, and that
 * is right: the first range begins with address 0.
 */
// @ts-ignore: decorator
@inline export function factsOf(address: u32, row: i32, end: i32): u64 {
  const slot = rowAsked + (<usize>row << 4) + (<usize>end << 3);
  if (load<u32>(slot) != address) ask(address, slot);
  return load<u64>(facts + (<usize>load<u32>(slot, 4) << 3));
}

function ask(address: u32, slot: usize): void {
  const at = guide + (<usize>(address >> (32 - GUIDED_BITS)) << 2), first = load<u32>(at);
  store<u32>(slot, address);
  store<u32>(slot, search(addresses, address, first, load<u32>(at, 4) - first), 4);
}
