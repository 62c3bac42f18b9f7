/**
 * Longest prefix match in one or two loads (DIR-24-8: Gupta, Lin, McKeown 1998). The first table
 * has an entry for every /24: a next hop's number, or, with the top bit set, the number of a group
 * of 256 entries for what is longer than 24. Beside every entry stands the length of the prefix
 * that wrote it, so that routes may arrive in any order.
 */

export const longGroupsMax: u32 = 8192;

const LEADS_TO_GROUP: u32 = 0x8000;
const SHORT_ENTRIES: usize = 1 << 24;
const GROUP_ENTRIES: usize = 256;

/** Bytes that the tables take. */
export const PREFIX_TABLE_SIZE: usize = (SHORT_ENTRIES + <usize>longGroupsMax * GROUP_ENTRIES) * 3;

let short: usize = 0; // u16[2^24]
let long: usize = 0; // u16[longGroupsMax][256]
let shortLength: usize = 0; // u8[2^24]
let longLength: usize = 0; // u8[longGroupsMax][256]
let groupCount: u32 = 0;

export function openPrefixTable(address: usize): void {
  short = address;
  long = short + SHORT_ENTRIES * 2;
  shortLength = long + <usize>longGroupsMax * GROUP_ENTRIES * 2;
  longLength = shortLength + SHORT_ENTRIES;
  groupCount = 0;
}

/** The number of the next hop of the longest prefix that covers an address; 0: the default. */
// @ts-ignore: decorator
@inline export function lookup(address: u32): u32 {
  let entry: u32 = load<u16>(short + (<usize>(address >> 8) << 1));
  if (entry & LEADS_TO_GROUP) {
    entry = load<u16>(long + (<usize>(((entry & 0x7fff) << 8) | (address & 0xff)) << 1));
  }
  return entry;
}

/**
 * Makes a prefix of length 1..32 lead to a next hop; false where it needs a group and there are
 * longGroupsMax already.
 */
export function insert(prefix: u32, length: u32, nextHop: u32): bool {
  const first = <usize>(prefix >> 8);
  if (length <= 24) {
    const end = first + (<usize>1 << (24 - length));
    for (let at = first; at < end; at++) insertShort(at, length, nextHop);
    return true;
  }
  const group = groupOf(first);
  if (group == longGroupsMax) return false;
  const start = (<usize>group << 8) + <usize>(prefix & 0xff);
  insertLong(start, start + (<usize>1 << (32 - length)), length, nextHop);
  return true;
}

function insertShort(at: usize, length: u32, nextHop: u32): void {
  const entry: u32 = load<u16>(short + (at << 1));
  if (entry & LEADS_TO_GROUP) {
    const start = <usize>(entry & 0x7fff) << 8;
    insertLong(start, start + GROUP_ENTRIES, length, nextHop);
  } else if (load<u8>(shortLength + at) <= length) {
    store<u16>(short + (at << 1), <u16>nextHop);
    store<u8>(shortLength + at, <u8>length);
  }
}

function insertLong(start: usize, end: usize, length: u32, nextHop: u32): void {
  for (let at = start; at < end; at++) {
    if (<u32>load<u8>(longLength + at) > length) continue;
    store<u16>(long + (at << 1), <u16>nextHop);
    store<u8>(longLength + at, <u8>length);
  }
}

/** The group of a /24, made from its entry where there is none; longGroupsMax: no room. */
function groupOf(at: usize): u32 {
  const entry: u32 = load<u16>(short + (at << 1));
  if (entry & LEADS_TO_GROUP) return entry & 0x7fff;
  if (groupCount == longGroupsMax) return longGroupsMax;
  const start = <usize>groupCount << 8;
  for (let cell = start; cell < start + GROUP_ENTRIES; cell++) {
    store<u16>(long + (cell << 1), <u16>entry);
  }
  memory.fill(longLength + start, load<u8>(shortLength + at), GROUP_ENTRIES);
  store<u16>(short + (at << 1), <u16>(LEADS_TO_GROUP | groupCount));
  return groupCount++;
}
