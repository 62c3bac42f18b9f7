/**
 * The flows that a breath may begin: a packet that answers one of them has to wait until the
 * packet that it answers has left the board. A small table, emptied by numbering the breaths.
 *
 *   slot, 16 bytes: u32 breath, u32 direction (1 or 2), u64 hash
 */
import { HELD_PER_MODULE_MAX } from '../boot/table-layout';
import { BIT_COMMITTED, BIT_SENT, BIT_SENT_BACKWARD } from './flow-states';
import {
  bitsBefore, entryNumber, isBackward, keyHash, keyOf, keyPair, lookupFlow, quotedKeyOf,
  setFlowBreath,
} from './flow-table';
import { isIcmpError } from './parse';
import { portZone } from './ports';
import {
  HINT_UNKNOWN, ROW_BACKWARD, ROW_PLAIN, icmpType, rowFlags, rowHint,
} from './row-columns';
import { setU32, setU8, u8At } from './rows';

/** Twice the rows of a breath, so that a free slot is always found. */
const SLOTS: u32 = 512;
const table: usize = memory.data(512 * 16, 64);
let breath: u32 = 0;
let firstPackets: u32 = 0;

export function openBreath(): void {
  breath++;
  setFlowBreath(breath);
  firstPackets = 0;
}

/**
 * A packet whose flow has not left the board in its direction may have to be held. A breath takes
 * in no more of them than a module may hold.
 */
function isFirstTooMany(): bool { return ++firstPackets > <u32>HELD_PER_MODULE_MAX; }

/** Whether a packet with a key of this hash may answer one of this breath. */
// @ts-ignore: decorator
@inline export function mayAnswer(hash: u64): bool { return firstPackets != 0 && find(hash, 3); }

/** The packet has to wait for the next breath, and what begins here ends before it. */
export const VOUCH_WAIT: u32 = 1;
/** Its flow is known and vouches for it. */
export const VOUCH_KNOWN: u32 = 2;

/**
 * What the flow table says of an IPv4 packet as it arrives: VOUCH_*, or 0. It has to wait if it
 * answers one of this breath whose flow is not committed. `isUnknown`: no entry has its key.
 */
export function vouch(row: i32, port: u32, isUnknown: bool): u32 {
  const zone = portZone(port);
  if (isIcmpError(u8At(icmpType, row))) {
    quotedKeyOf(row, zone);
    return find(keyHash(), 3) ? VOUCH_WAIT : 0;
  }
  keyOf(row, zone);
  const hash = keyHash(), entry = isUnknown ? 0 : lookupFlow(hash);
  const bits = entry ? bitsBefore(entry) : 0;
  if (!(bits & (isBackward ? BIT_SENT_BACKWARD : BIT_SENT)) && isFirstTooMany()) return VOUCH_WAIT;
  if (bits & BIT_COMMITTED) {
    setU32(rowHint, row, entryNumber(entry) + 1);
    if (isBackward) setU8(rowFlags, row, u8At(rowFlags, row) | ROW_BACKWARD);
    return VOUCH_KNOWN;
  }
  const direction: u32 = <u32>keyPair < <u32>(keyPair >> 32) ? 1 : 2;
  if (find(hash, direction ^ 3)) return VOUCH_WAIT;
  enter(hash, direction);
  if (u8At(rowFlags, row) & ROW_PLAIN) setU32(rowHint, row, HINT_UNKNOWN);
  return 0;
}

/** The slot of a new flow of this hash in one of `directions` (a bit each), or a free one. */
// @ts-ignore: decorator
@inline function slotOf(hash: u64, directions: u32): usize {
  let slot: usize;
  let at = <u32>hash;
  do slot = table + (<usize>(at++ & (SLOTS - 1)) << 4);
  while (load<u32>(slot) == breath &&
    (load<u64>(slot, 8) != hash || !(load<u32>(slot, 4) & directions)));
  return slot;
}

/** Whether this breath has such a flow. */
// @ts-ignore: decorator
@inline function find(hash: u64, directions: u32): bool {
  return load<u32>(slotOf(hash, directions)) == breath;
}

function enter(hash: u64, direction: u32): void {
  const slot = slotOf(hash, direction);
  store<u32>(slot, breath);
  store<u32>(slot, direction, 4);
  store<u64>(slot, hash, 8);
}
