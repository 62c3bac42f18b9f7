/**
 * The flows that a breath may begin: a packet that answers one of them has to wait until the
 * packet that it answers has left the board. A small table, emptied by numbering the breaths.
 *
 *   slot, 16 bytes: u32 breath, u32 direction (1 or 2), u64 hash
 */
import { HELD_PER_MODULE_MAX } from '../boot/table-layout';
import {
  BIT_COMMITTED, BIT_SENT, BIT_SENT_BACKWARD, bitsBefore, entryNumber, isBackward, keyDst, keyHash,
  keyOf, keyPorts, keySrc, lookupFlow, quotedKeyOf, setFlowBreath,
} from './flow-table';
import { PROTO_ICMP, isIcmpError } from './parse';
import { portZone } from './ports';
import {
  icmpType, ipv4Proto, ROW_BACKWARD, rowFlags, rowHint, rowQuoted, setU32, setU8, u16At, u8At,
} from './rows';

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
function isFirstTooMany(): bool {
  return ++firstPackets > <u32>HELD_PER_MODULE_MAX;
}

/**
 * 1: the packet has to wait for the next breath; above all, it answers one of this breath whose
 * flow is not committed. 2: its flow is known and
 * vouches for it. 0: neither.
 */
export function isAnswerInBreath(row: i32, port: u32): u32 {
  const proto = u8At(ipv4Proto, row);
  const zone = portZone(port);
  if (proto == PROTO_ICMP && isIcmpError(u8At(icmpType, row))) {
    if (!u16At(rowQuoted, row)) return 0;
    quotedKeyOf(row, zone);
    return find(keyHash(), 3) ? 1 : 0;
  }
  keyOf(row, zone);
  const hash = keyHash();
  const entry = lookupFlow(hash);
  const bits = entry ? bitsBefore(entry) : 0;
  if (!(bits & (isBackward ? BIT_SENT_BACKWARD : BIT_SENT)) && isFirstTooMany()) return 1;
  if (bits & BIT_COMMITTED) {
    setU32(rowHint, row, entryNumber(entry) + 1);
    if (isBackward) setU8(rowFlags, row, ROW_BACKWARD);
    return 2;
  }
  const isUp = keySrc < keyDst || (keySrc == keyDst && (keyPorts & 0xffff) < keyPorts >> 16);
  const direction: u32 = isUp ? 1 : 2;
  if (find(hash, direction ^ 3)) return 1;
  enter(hash, direction);
  return 0;
}

/** Whether this breath has a new flow of this hash in one of `directions` (a bit each). */
function find(hash: u64, directions: u32): bool {
  let at = <u32>hash & (SLOTS - 1);
  let slot = table + (<usize>at << 4);
  while (load<u32>(slot) == breath) {
    if (load<u64>(slot, 8) == hash && load<u32>(slot, 4) & directions) return true;
    at = (at + 1) & (SLOTS - 1);
    slot = table + (<usize>at << 4);
  }
  return false;
}

function enter(hash: u64, direction: u32): void {
  let at = <u32>hash & (SLOTS - 1);
  for (;;) {
    const slot = table + (<usize>at << 4);
    if (load<u32>(slot) != breath) {
      store<u32>(slot, breath);
      store<u32>(slot, direction, 4);
      store<u64>(slot, hash, 8);
      return;
    }
    if (load<u64>(slot, 8) == hash && load<u32>(slot, 4) == direction) return;
    at = (at + 1) & (SLOTS - 1);
  }
}
