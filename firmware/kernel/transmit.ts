/**
 * tx: the last check, deparse, and the frame on its port's ring. Critical for isolation: a frame
 * leaves with the policy's stamp of this configuration, or as an answer or origination that the
 * manifest declares (it was checked when it was made), and not otherwise.
 */
import {
  DROP_PORT_DOWN, DROP_TOO_BIG, DROP_TX_RING_FULL, DROP_UNPERMITTED, DROP_VIOLATION,
} from '../../config/abi';
import { FRAME_UNCOUNTED } from '../../drivers/nic-ring';
import {
  FLOW_CONNECTIONS_OFFSET, FLOW_COUNTER_SIZE, NODE_NONE, NODE_TX, VIOLATION_RANGE,
  VIOLATION_UNPERMITTED,
} from '../boot/table-layout';
import {
  allocate, closeSenders, isFull, openSenders, put, senderMac, senderOf, uncountSent, wireMac,
} from './arena';
import { equal16, equal32 } from './bulk';
import { drop, outcomes, sent, violate } from './counters';
import { deparse } from './deparse';
import {
  AT_BITS, AT_POLICY, BIT_COMMITTED, BIT_CONNECTION, BIT_SENT, BIT_SENT_BACKWARD,
} from './flow-states';
import { entryAt, setBits } from './flow-table';
import { touch } from './flow-time';
import { isUp, portMac, portMtu } from './ports';
import { ETHERNET_SIZE_MIN, ETHER_ARP, NOT_UNICAST, PLAIN_L3, PLAIN_TTL } from './protocol-numbers';
import {
  DIRTY_TTL, ROW_BACKWARD, ROW_MADE, ROW_ORIGINATED, ROW_UNCOUNTED, ethDst, ethType,
  ipv4Ttl, knownPolicy, metaEgress, metaLength, rowDirty, rowEnd, rowFlags, rowFlow, rowFrame,
  rowL3, rowMaker, rowNode, rowPlain, rowStamp, rowTags, rowTime,
} from './row-columns';
import { rowCount, rowsAt, setU16, u16At, u32At, u64At, u8At } from './rows';
import { generation } from './tables';

let flowCounters: usize = 0;

export function openTransmit(flows: u32): void {
  flowCounters = allocate(max<u32>(1, flows) * FLOW_COUNTER_SIZE);
}
export function flowCountersAt(): usize { return flowCounters; }

/** The tx node: every row that stands at it leaves the board, or is dropped. */
export function transmit(): void {
  const rows = rowCount;
  openSenders();
  for (let row = emitPlain(0, rows); row < rows; row = emitPlain(row + 1, rows)) emit(row);
  closeSenders();
}

/**
 * Sends rows that the policy let through as plain packets and that have not changed since; returns
 * the first row at tx that `emit` has to look at closer. Which rows these are is asked 16 at once;
 * what is left to ask of each is one branch.
 */
function emitPlain(row: i32, rows: i32): i32 {
  for (let base = row & ~15; base < rows; base += 16) {
    const plain = plainRows(base);
    let bits = rowsAt(NODE_TX, base) & (base < row ? -1 << (row - base) : -1);
    for (; bits; bits &= bits - 1) {
      row = base + ctz<u32>(bits);
      if (!(plain >> (row - base) & 1) || !emitAsKnown(row)) return row;
    }
  }
  return rows;
}

/** Which of 16 rows are let through as known, stamped, and have nothing to write but the TTL. */
// @ts-ignore: decorator
@inline function plainRows(base: usize): u32 {
  if (load<u32>(outcomes)) return 0; // somebody asks what becomes of each: `sent` tells
  const isStamped = equal32(rowStamp, base, generation);
  const isAsWas = equal16(rowDirty, base, DIRTY_TTL);
  return <u32>i8x16.bitmask(v128.and(v128.load(base, rowPlain), v128.and(isStamped, isAsWas)));
}

/** Sends a row that is plain; false: nothing has been done, and `emit` says why not. */
// @ts-ignore: decorator
@inline function emitAsKnown(row: i32): bool {
  const egress = <u32>load<u8>(row, metaEgress), to = load<u64>(<usize>row << 3, ethDst);
  const sender = senderOf(egress), frame = load<u32>(<usize>row << 2, rowFrame);
  const old = load<u32>(frame, PLAIN_TTL);
  // All ones below 0: of no address but 0 both have bits that are not a unicast one's.
  if ((to | (to - 1)) & NOT_UNICAST || to == senderMac(sender)) return false;
  if ((old & 0xff) - 1 != load<u8>(row, ipv4Ttl) || isFull(sender)) return false;
  const end = <u32>load<u16>(<usize>row << 1, rowEnd);
  const size = min<u32>(load<u16>(<usize>row << 1, metaLength), ETHERNET_SIZE_MIN);
  const length = max<u32>(end, size);
  put(sender, frame, length, load<i64>(<usize>row << 3, rowTime));
  for (let at = end; at < length; at += 8) store<u64>(frame + at, 0); // see `trim`
  // RFC 1624 equation 3 where the TTL falls by one: the checksum rises by one, but for its zeros.
  store<u32>(frame, old + 0xffff + (<u32>(old >= 0xfffe0000) << 16), PLAIN_TTL);
  const macs = i64x2.replace_lane(i64x2.splat(to), 1, wireMac(sender));
  const wire = i8x16.shuffle(macs, macs, 5, 4, 3, 2, 1, 0, 8, 9, 10, 11, 12, 13, 6, 6, 6, 6);
  v128.store64_lane(frame, wire, 0);
  v128.store32_lane(frame, wire, 2, 8);
  if (load<u8>(row, rowPlain) != 255) commit(row, true);
  else countFlow(load<u16>(<usize>row << 1, knownPolicy), end - PLAIN_L3);
  store<u8>(row, <u8>NODE_NONE, rowNode);
  return true;
}

/** Any row that stands at tx. */
function emit(row: i32): void {
  const flags = u8At(rowFlags, row), egress = u8At(metaEgress, row);
  if (u32At(rowStamp, row) != generation) return refuseUnpermitted(row, NODE_TX, egress);
  if (!isUp(egress)) return drop(row, DROP_PORT_DOWN, NODE_TX);
  const mac = portMac(egress), to = u64At(ethDst, row) & 0xffffffffffff;
  const mayBeGroup = flags & ROW_ORIGINATED && u16At(ethType, row) == ETHER_ARP;
  if (to == 0 || to == mac || ((to >> 40) & 1 && !mayBeGroup)) {
    violate(row, VIOLATION_RANGE, u8At(rowMaker, row), to);
    return drop(row, DROP_VIOLATION, NODE_TX);
  }
  const size = u16At(rowEnd, row) - u8At(rowL3, row);
  if (size > portMtu(egress)) return drop(row, DROP_TOO_BIG, NODE_TX);
  if (isFull(senderOf(egress))) return drop(row, DROP_TX_RING_FULL, NODE_TX);
  if (u16At(metaLength, row) > u16At(rowEnd, row)) trim(row);
  deparse(row, mac, to);
  const mark = flags & ROW_UNCOUNTED ? <u32>FRAME_UNCOUNTED : 0;
  const length = u16At(metaLength, row);
  put(senderOf(egress), u32At(rowFrame, row), length | (mark << 16), <i64>u64At(rowTime, row));
  if (mark) uncountSent(egress);
  commit(row, true);
  sent(row, NODE_TX);
}

/** Bytes behind the packet do not leave; what pads the shortest Ethernet frame is zero. */
function trim(row: i32): void {
  const end = u16At(rowEnd, row);
  // Tags do not leave either: the shortest frame is counted without them.
  const shortest = ETHERNET_SIZE_MIN + (<u32>u8At(rowTags, row) << 2);
  const length = max<u32>(end, min<u32>(u16At(metaLength, row), shortest));
  memory.fill(<usize>u32At(rowFrame, row) + end, 0, length - end);
  setU16(metaLength, row, length);
}

/** The row may not go on: who voided its stamp is to blame, else who moved it last. */
export function refuseUnpermitted(row: i32, node: u32, value: u64): void {
  const stamp = u32At(rowStamp, row), isVoided = stamp != 0 && stamp != generation;
  violate(row, VIOLATION_UNPERMITTED, isVoided ? stamp & 0xff : u8At(rowMaker, row), value);
  drop(row, DROP_UNPERMITTED, node);
}

/** Counts a packet that has left under its policy flow. */
// @ts-ignore: decorator
@inline function countFlow(flow: u32, size: u32): void {
  const at = flowCounters + <usize>flow * FLOW_COUNTER_SIZE;
  const packet = i64x2.replace_lane(i64x2.splat(size), 0, 1); // packets and bytes lie side by side
  v128.store(at, i64x2.add(v128.load(at), packet));
}

/**
 * The row's packet has left (or, for the router, arrived): its flow, if any, is real from now on.
 */
export function commit(row: i32, hasLeft: bool): void {
  const number = u32At(rowFlow, row);
  if (!number) return;
  const entry = entryAt(number - 1), bits = <u32>load<u8>(entry, AT_BITS);
  const at = flowCounters + <usize>load<u16>(entry, AT_POLICY) * FLOW_COUNTER_SIZE;
  // An answer is part of the flow that it is about, and begins none.
  const isMade = u8At(rowFlags, row) & ROW_MADE;
  if (isMade && !(bits & BIT_COMMITTED)) return;
  const isBack = u8At(rowFlags, row) & (ROW_BACKWARD | ROW_MADE);
  const direction = isBack ? BIT_SENT_BACKWARD : BIT_SENT;
  const now = (bits & ~BIT_CONNECTION) | BIT_COMMITTED | (hasLeft ? direction : 0);
  if (bits != now) {
    setBits(entry, now);
    touch(entry);
    const connections = load<u64>(at, FLOW_CONNECTIONS_OFFSET) + (bits & BIT_CONNECTION ? 1 : 0);
    store<u64>(at, connections, FLOW_CONNECTIONS_OFFSET);
  }
  if (hasLeft) countFlow(load<u16>(entry, AT_POLICY), u16At(rowEnd, row) - u8At(rowL3, row));
}
