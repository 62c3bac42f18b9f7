/**
 * The flows that a breath may begin: a packet that answers one of them has to wait until the
 * packet that it answers has left the board. A small table, emptied by numbering the breaths.
 *
 *   slot, 16 bytes: u32 breath, u32 direction (1 or 2), u64 hash
 */
import { HELD_PER_MODULE_MAX } from '../boot/table-layout';
import { BIT_COMMITTED, BIT_SENT, BIT_SENT_BACKWARD } from './flow-states';
import {
  bitsBefore, entryNumber, isBackward, keyOf, keyPair, lookupFlow, quotedKeyOf, setFlowBreath,
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
 * in no more of them than a module may hold: with the next one it is over.
 */
// @ts-ignore: decorator
@inline export function isFull(): bool { return firstPackets == <u32>HELD_PER_MODULE_MAX; }

/** Whether a packet with a key of this hash may answer one of this breath. */
// @ts-ignore: decorator
@inline export function mayAnswer(hash: u64): bool {
  return firstPackets != 0 && begunAt(slotOf(hash)) != 0;
}

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
    return begunAt(slotOf(quotedKeyOf(row, zone))) ? VOUCH_WAIT : 0;
  }
  const plain = u8At(rowFlags, row) & ROW_PLAIN, hash = keyOf(row, zone, plain != 0);
  const entry = isUnknown ? 0 : lookupFlow(hash), bits = entry ? bitsBefore(entry) : 0;
  if (!(bits & (isBackward ? BIT_SENT_BACKWARD : BIT_SENT))) {
    if (isFull()) return VOUCH_WAIT;
    firstPackets++;
  }
  if (bits & BIT_COMMITTED) {
    setU32(rowHint, row, entryNumber(entry) + 1);
    if (isBackward) setU8(rowFlags, row, u8At(rowFlags, row) | ROW_BACKWARD);
    return VOUCH_KNOWN;
  }
  const direction: u32 = <u32>keyPair < <u32>(keyPair >> 32) ? 1 : 2;
  const slot = slotOf(hash);
  if (begunAt(slot) & (direction ^ 3)) return VOUCH_WAIT;
  store<u64>(slot, <u64>breath | (<u64>direction << 32));
  store<u64>(slot, hash, 8);
  if (plain && !entry) setU32(rowHint, row, HINT_UNKNOWN);
  return 0;
}

/** The slot of new flows of this hash, or a free one. */
// @ts-ignore: decorator
@inline function slotOf(hash: u64): usize {
  let slot: usize;
  let at = <u32>hash;
  do slot = table + (<usize>(at++ & (SLOTS - 1)) << 4);
  while (load<u32>(slot) == breath && load<u64>(slot, 8) != hash);
  return slot;
}

/** The direction in which this breath has a flow of the slot's hash; 0: it has none. */
// @ts-ignore: decorator
@inline function begunAt(slot: usize): u32 {
  return load<u32>(slot) == breath ? load<u32>(slot, 4) : 0;
}
