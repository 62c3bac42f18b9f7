/**
 * Longest prefix match in one to three loads: a table of 2^16 cells, one for every /16, that leads
 * to groups of 256 cells where prefixes are longer than 16, and from there to groups where they
 * are longer than 24. All cells lie in one array; its pages are touched only where routes are.
 *
 *   cell   bit 31     0: an answer        1: leads on
 *          bits 30–25 length of the prefix that wrote it, so that routes may arrive in any order
 *          bits 24–0  a next hop's number first cell of the group
 */

const FIRST_CELLS: u32 = 65_536;
const GROUP_CELLS: u32 = 256;
const FIRST_SIZE: usize = FIRST_CELLS * 4;
const GROUP_SIZE: usize = GROUP_CELLS * 4;
const LEADS_ON: u32 = 0x8000_0000;
const LENGTH_SHIFT: u32 = 25;
const VALUE_MASK: u32 = (1 << LENGTH_SHIFT) - 1;
const NO_GROUP: u32 = 0;
/** As many as bits 24–0 of a cell can lead to. */
const GROUPS_IN_REACH: u32 = (VALUE_MASK + 1 - FIRST_CELLS) / GROUP_CELLS;

let cells: usize = 0;
let groupCount: u32 = 0;
let groupsMax: u32 = 0;

/** Lays the table out from `address` to `end`, all zero: as many groups as there is room for. */
export function openPrefixTable(address: usize, end: usize): void {
  cells = address;
  groupCount = 0;
  // A memory without room for the first cells faults here, not at a packet.
  setCell(FIRST_CELLS - 1, 0);
  groupsMax = min<u32>(<u32>((end - address - FIRST_SIZE) / GROUP_SIZE), GROUPS_IN_REACH);
}

// @ts-ignore: decorator
@inline function addressOf(index: u32): usize { return cells + (<usize>index << 2); }

// @ts-ignore: decorator
@inline function cellAt(index: u32): u32 { return load<u32>(addressOf(index)); }

// @ts-ignore: decorator
@inline function setCell(index: u32, cell: u32): void { store<u32>(addressOf(index), cell); }

// @ts-ignore: decorator
@inline function leadsOn(cell: u32): bool { return <i32>cell < 0; }

/** The number of the next hop of the longest prefix that covers an address; 0: the default. */
// @ts-ignore: decorator
@inline export function lookup(address: u32): u32 {
  let cell = cellAt(address >> 16);
  if (leadsOn(cell)) {
    cell = cellAt((cell & VALUE_MASK) + ((address >> 8) & 0xff));
    if (leadsOn(cell)) cell = cellAt((cell & VALUE_MASK) + (address & 0xff));
  }
  return cell & VALUE_MASK;
}

/**
 * Makes a prefix of length 1..32 lead to a next hop; false where it needs a group and there are
 * groupsMax already.
 */
export function insert(prefix: u32, length: u32, nextHop: u32): bool {
  const answer = (length << LENGTH_SHIFT) | nextHop;
  const first = prefix >> 16;
  if (length <= 16) {
    fillFirst(first, first + (1 << (16 - length)), answer);
    return true;
  }
  const middle = groupOf(first);
  if (middle == NO_GROUP) return false;
  const second = middle + ((prefix >> 8) & 0xff);
  if (length <= 24) {
    fillMiddle(second, second + (1 << (24 - length)), answer);
    return true;
  }
  const last = groupOf(second);
  if (last == NO_GROUP) return false;
  const third = last + (prefix & 0xff);
  fillLast(third, third + (1 << (32 - length)), answer);
  return true;
}

/**
 * Writes an answer into cells of 2^16, and into all that they lead to, but for those that a longer
 * prefix wrote: they are more than `mostOf` the answer.
 */
function fillFirst(start: u32, end: u32, answer: u32): void {
  for (let at = addressOf(start), last = addressOf(end); at < last; at += 4) {
    const cell = load<u32>(at);
    if (cell <= mostOf(answer)) store<u32>(at, answer);
    else if (leadsOn(cell)) {
      fillMiddle(cell & VALUE_MASK, (cell & VALUE_MASK) + GROUP_CELLS, answer);
    }
  }
}

function fillMiddle(start: u32, end: u32, answer: u32): void {
  for (let at = addressOf(start), last = addressOf(end); at < last; at += 4) {
    const cell = load<u32>(at);
    if (cell <= mostOf(answer)) store<u32>(at, answer);
    else if (leadsOn(cell)) {
      fillLast(cell & VALUE_MASK, (cell & VALUE_MASK) + GROUP_CELLS, answer);
    }
  }
}

function fillLast(start: u32, end: u32, answer: u32): void {
  for (let at = addressOf(start), last = addressOf(end); at < last; at += 4) {
    if (load<u32>(at) <= mostOf(answer)) store<u32>(at, answer);
  }
}

/** The greatest answer of a prefix of the same length; what leads on is greater. */
// @ts-ignore: decorator
@inline function mostOf(answer: u32): u32 { return answer | VALUE_MASK; }

/** The group that a cell leads to, made of its answer where there is none; NO_GROUP: no room. */
function groupOf(at: u32): u32 {
  const cell = cellAt(at);
  if (leadsOn(cell)) return cell & VALUE_MASK;
  if (groupCount == groupsMax) return NO_GROUP;
  const group = FIRST_CELLS + groupCount++ * GROUP_CELLS;
  for (let index = group; index < group + GROUP_CELLS; index++) setCell(index, cell);
  setCell(at, LEADS_ON | group);
  return group;
}
