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
  FLOW_BYTES_OFFSET, FLOW_CONNECTIONS_OFFSET, FLOW_COUNTER_SIZE, NODE_NONE, NODE_TX,
  VIOLATION_RANGE, VIOLATION_UNPERMITTED,
} from '../boot/table-layout';
import { allocate, closeSenders, openSenders, senderOf, transmitTo, uncountSent } from './arena';
import { drop, outcomes, sent, violate } from './counters';
import { deparse } from './deparse';
import { BIT_COMMITTED, BIT_CONNECTION, BIT_SENT, BIT_SENT_BACKWARD } from './flow-states';
import { entryAt, setBits, touch } from './flow-table';
import { isUp, portMac, portMtu } from './ports';
import { ETHERNET_SIZE_MIN, ETHER_ARP, NOT_UNICAST } from './protocol-numbers';
import {
  DIRTY_TTL, ROW_BACKWARD, ROW_MADE, ROW_ORIGINATED, ROW_UNCOUNTED, ethDst, ethType, ipv4Dst,
  ipv4Ttl, knownPolicy, metaEgress, metaLength, rowDirty, rowEnd, rowFlags, rowFlow, rowFrame,
  rowL3, rowMaker, rowNode, rowPeer, rowPinned, rowPlain, rowStamp, rowTags, rowTime,
} from './row-columns';
import { rowCount, setU16, u16At, u32At, u64At, u8At } from './rows';
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
 * Sends rows that the policy let through for what is known of their flow and that have not changed
 * since; returns the first row at tx that `emit` has to look at closer.
 */
function emitPlain(row: i32, rows: i32): i32 {
  const isTraced = load<u32>(outcomes) != 0;
  for (; row < rows; row++) {
    if (load<u8>(row, rowNode) != NODE_TX) continue;
    const row2 = <usize>row << 1, row4 = <usize>row << 2, row8 = <usize>row << 3;
    const egress = <u32>load<u8>(row, metaEgress), to = load<u64>(row8, ethDst);
    const sender = senderOf(egress);
    const frame = load<u32>(row4, rowFrame), l3 = <u32>load<u8>(row, rowL3);
    const old = load<u32>(frame + l3, 8);
    if (!load<u8>(row, rowPlain) || load<u16>(row2, rowDirty) != DIRTY_TTL || isTraced) break;
    if (load<u32>(row4, rowStamp) != generation) break;
    if (to & NOT_UNICAST || !to || to == load<u64>(sender, 16)) break;
    if ((old & 0xff) - 1 != load<u8>(row, ipv4Ttl)) break;
    const end = <u32>load<u16>(row2, rowEnd);
    const length = max<u32>(end, min<u32>(load<u16>(row2, metaLength), ETHERNET_SIZE_MIN));
    if (!transmitTo(egress, frame, length, load<i64>(row8, rowTime))) break;
    for (let at = end; at < length; at += 8) store<u64>(frame + at, 0); // see `trim`
    // RFC 1624 equation 3 where the TTL falls by one: the checksum rises by one, but for its zeros.
    store<u32>(frame + l3, old + 0xffff + (<u32>(old >= 0xfffe0000) << 16), 8);
    const macs = i64x2.replace_lane(i64x2.splat(to), 1, load<u64>(sender, 24));
    const wire = i8x16.shuffle(macs, macs, 5, 4, 3, 2, 1, 0, 8, 9, 10, 11, 12, 13, 6, 6, 6, 6);
    v128.store64_lane(frame, wire, 0);
    v128.store32_lane(frame, wire, 2, 8);
    countFlow(load<u16>(row2, knownPolicy), end - l3);
    store<u8>(row, <u8>NODE_NONE, rowNode);
  }
  return row;
}

/** Any row that stands at tx. */
function emit(row: i32): void {
  const flags = u8At(rowFlags, row), egress = u8At(metaEgress, row);
  const isMade = (flags & ROW_MADE) != 0;
  const isPermitted = u32At(rowStamp, row) == generation && (!isMade || isAsDeclared(row, egress));
  if (!isPermitted) return refuseUnpermitted(row, NODE_TX, egress);
  if (!isUp(egress)) return drop(row, DROP_PORT_DOWN, NODE_TX);
  const mac = portMac(egress), to = u64At(ethDst, row) & 0xffffffffffff;
  const mayBeGroup = flags & ROW_ORIGINATED && u16At(ethType, row) == ETHER_ARP;
  if (to == 0 || to == mac || ((to >> 40) & 1 && !mayBeGroup)) {
    violate(row, VIOLATION_RANGE, u8At(rowMaker, row), to);
    return drop(row, DROP_VIOLATION, NODE_TX);
  }
  const size = u16At(rowEnd, row) - u8At(rowL3, row);
  if (size > portMtu(egress)) return drop(row, DROP_TOO_BIG, NODE_TX);
  if (u16At(metaLength, row) > u16At(rowEnd, row)) trim(row);
  deparse(row, mac, to);
  const mark = flags & ROW_UNCOUNTED ? <u32>FRAME_UNCOUNTED : 0;
  const lengthFlags = u16At(metaLength, row) | (mark << 16);
  if (!transmitTo(egress, u32At(rowFrame, row), lengthFlags, <i64>u64At(rowTime, row))) {
    return drop(row, DROP_TX_RING_FULL, NODE_TX);
  }
  if (mark) uncountSent(egress);
  if (u32At(rowFlow, row)) commit(row, true);
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
  store<u64>(at, load<u64>(at) + 1);
  store<u64>(at, load<u64>(at, FLOW_BYTES_OFFSET) + size, FLOW_BYTES_OFFSET);
}

/** A made frame goes where it was made to go, whatever modules did to it on the way. */
function isAsDeclared(row: i32, egress: u32): bool {
  return egress == u8At(rowPinned, row) && u32At(ipv4Dst, row) == u32At(rowPeer, row);
}

/** The row's packet has left (or, for the router, arrived): its flow is real from here on. */
export function commit(row: i32, hasLeft: bool): void {
  const number = u32At(rowFlow, row);
  if (!number) return;
  const entry = entryAt(number - 1);
  const at = flowCounters + <usize>load<u16>(entry, 16) * FLOW_COUNTER_SIZE;
  const bits = <u32>load<u8>(entry, 18);
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
  if (hasLeft) countFlow(load<u16>(entry, 16), u16At(rowEnd, row) - u8At(rowL3, row));
}
