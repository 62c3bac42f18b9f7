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
  COUNTER_PORT_TRANSMITTED, COUNTER_TRANSMITTED, FLOW_BYTES_OFFSET, FLOW_CONNECTIONS_OFFSET,
  FLOW_COUNTER_SIZE, NODE_TX, VIOLATION_RANGE, VIOLATION_UNPERMITTED,
} from '../boot/table-layout';
import { allocate, transmitTo } from './arena';
import { count, drop, sent, violate } from './counters';
import { deparse } from './deparse';
import {
  BIT_COMMITTED, BIT_CONNECTION, BIT_SENT, BIT_SENT_BACKWARD, entryAt, setBits, touch,
} from './flow-table';
import { ETHER_ARP } from './parse';
import { isUp, portMac, portMtu } from './ports';
import {
  ROW_BACKWARD, ROW_MADE, ROW_ORIGINATED, ROW_UNCOUNTED, ethDst, ethType, ipv4Dst, metaEgress,
  metaLength, rowCount, rowEnd, rowFlags, rowFlow, rowFrame, rowL3, rowMaker, rowNode, rowPeer,
  rowPinned, rowStamp, rowTags, rowTime, setU16, u16At, u32At, u64At, u8At,
} from './rows';
import { generation } from './tables';

/** IEEE 802.3 3.2.8, without the FCS. */
const ETHERNET_SIZE_MIN: u32 = 60;

let flowCounters: usize = 0;
let transmitted: u32 = 0;

export function openTransmit(flows: u32): void {
  flowCounters = allocate(max<u32>(1, flows) * FLOW_COUNTER_SIZE);
}
export function flowCountersAt(): usize {
  return flowCounters;
}

/** The tx node: every row that stands at it leaves the board, or is dropped. */
export function transmit(): void {
  const rows = rowCount;
  transmitted = 0;
  for (let row = 0; row < rows; row++) {
    if (u8At(rowNode, row) == NODE_TX) emit(row);
  }
  count(COUNTER_TRANSMITTED, transmitted);
}

// @ts-ignore: decorator
@inline function emit(row: i32): void {
  const flags = u8At(rowFlags, row);
  const egress = u8At(metaEgress, row);
  const isMade = (flags & ROW_MADE) != 0;
  const isPermitted = u32At(rowStamp, row) == generation && (!isMade || isAsDeclared(row, egress));
  if (!isPermitted) {
    return refuseUnpermitted(row, NODE_TX, egress);
  }
  if (!isUp(egress)) return drop(row, DROP_PORT_DOWN, NODE_TX);
  const mac = portMac(egress);
  const to = u64At(ethDst, row) & 0xffffffffffff;
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
  const length = u16At(metaLength, row);
  if (!transmitTo(egress, u32At(rowFrame, row), length, mark, <i64>u64At(rowTime, row))) {
    return drop(row, DROP_TX_RING_FULL, NODE_TX);
  }
  if (!mark) {
    transmitted++;
    count(COUNTER_PORT_TRANSMITTED + egress, 1);
  }
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
  const stamp = u32At(rowStamp, row);
  const isVoided = stamp != 0 && stamp != generation;
  violate(row, VIOLATION_UNPERMITTED, isVoided ? stamp & 0xff : u8At(rowMaker, row), value);
  drop(row, DROP_UNPERMITTED, node);
}

/** A made frame goes where it was made to go, whatever modules did to it on the way. */
function isAsDeclared(row: i32, egress: u32): bool {
  return egress == u8At(rowPinned, row) && u32At(ipv4Dst, row) == u32At(rowPeer, row);
}

/** The row's packet has left (or, for the router, arrived): its flow is real from here on. */
// @ts-ignore: decorator
@inline export function commit(row: i32, hasLeft: bool): void {
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
  if (!hasLeft) return;
  store<u64>(at, load<u64>(at) + 1);
  const bytes = u16At(rowEnd, row) - u8At(rowL3, row);
  store<u64>(at, load<u64>(at, FLOW_BYTES_OFFSET) + bytes, FLOW_BYTES_OFFSET);
}
