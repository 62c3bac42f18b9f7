/**
 * Arrivals: one frame from the rings at a time, parsed, held to its port, and classified. Known
 * flows vouch for their packets; all others pass the source check.
 */
import {
  DROP_BROADCAST, DROP_CAPTURE_TRUNCATED, DROP_FRAME_TOO_LONG, DROP_LOOP, DROP_MARTIAN,
  DROP_MULTICAST, DROP_NONE, DROP_OTHER_HOST, DROP_PORT_DOWN, DROP_SPOOFED, DROP_UNLINKED,
} from '../../config/abi';
import {
  ARRIVALS_CAPACITY, DESCRIPTOR_FLAGS_OFFSET, FRAME_OVERSIZE, FRAME_TRUNCATED, FRAME_UNCOUNTED,
  RING_HEAD_OFFSET, RING_TAIL_OFFSET,
} from '../../drivers/nic-ring';
import {
  ADDRESS_BROADCAST, ADDRESS_MARTIAN, ADDRESS_MULTICAST, ADDRESS_OWN, ARRIVAL_NONE,
  COUNTER_PORT_RECEIVED, COUNTER_RECEIVED, NODE_UNLINKED, TABLE_LINK_WIRE,
} from '../boot/table-layout';
import {
  RING_PRIORITY, RING_RX, arrivalsOf, descriptor, freeSlot, ringOf, takeDescriptor,
} from './arena';
import {
  advanceClock, beginAt, breathEnd, breathNow, isOwnOnly, isUnbegun, nextSequence,
} from './breath';
import { isAnswerInBreath } from './breath-flows';
import { classify } from './classify';
import { count, drop, dropArrival } from './counters';
import { CLASS_NONE, entryAt } from './flow-table';
import { ETHER_IPV4, parse } from './parse';
import { isConfigured, portMac } from './ports';
import {
  ROW_BACKWARD, ROW_UNCOUNTED, ethDst, ethType, ipv4Dst, ipv4Src, metaIngress, rowArrival, rowClass,
  rowFlags, rowFrame, rowHint, rowMaker, rowNode, rowSequence, rowTags, rowTime, setU16, setU32,
  setU64, setU8, tcpFlags, u16At, u32At, u64At, u8At,
} from './rows';
import { isTcpOpening } from './tcp-state';
import { lookupAddress, section } from './tables';

let wireLink: usize = 0;
let arrivalCount: u32 = 0;

/** The emulation's own frames are not taken in: answers to answers go round at one instant. */
let isRefusing: bool = false;
export function refusePriority(on: bool): void {
  isRefusing = on;
}

/** Once, after the tables. */
export function openArrivals(): void {
  wireLink = section(TABLE_LINK_WIRE);
}

/** Arrival time of the next frame, priority ones first; -1: none. */
export function nextArrivalTime(): i64 {
  for (let which = 1; which >= 0; which--) {
    const order = arrivalsOf(which);
    const tail = load<u32>(order, RING_TAIL_OFFSET);
    if (tail == load<u32>(order, RING_HEAD_OFFSET)) continue;
    const port = <u32>load<u8>(order + 64 + (tail & (ARRIVALS_CAPACITY - 1)));
    const ring = ringOf(port, which ? RING_PRIORITY : RING_RX);
    const at = descriptor(ring, load<u32>(ring, RING_TAIL_OFFSET));
    return <i64>load<u32>(at, 8) * 1000000000 + load<u32>(at, 12);
  }
  return -1;
}

/** Takes the next arrival in: 1 as `row`, 0 dropped before it became one, -1 the breath ends. */
export function takeArrival(row: i32): i32 {
  let which = 1;
  let order = arrivalsOf(1);
  let tail = load<u32>(order, RING_TAIL_OFFSET);
  if (tail == load<u32>(order, RING_HEAD_OFFSET)) {
    if (isOwnOnly) return -1;
    which = 0;
    order = arrivalsOf(0);
    tail = load<u32>(order, RING_TAIL_OFFSET);
    if (tail == load<u32>(order, RING_HEAD_OFFSET)) return -1;
  }
  const port = <u32>load<u8>(order + 64 + (tail & (ARRIVALS_CAPACITY - 1)));
  const ring = ringOf(port, which ? RING_PRIORITY : RING_RX);
  const ringTail = load<u32>(ring, RING_TAIL_OFFSET);
  const at = descriptor(ring, ringTail);
  const time = <i64>load<u32>(at, 8) * 1000000000 + load<u32>(at, 12);
  if (time > breathEnd) return -1;
  if (isUnbegun) beginAt(time);
  const flags = <u32>load<u16>(at, DESCRIPTOR_FLAGS_OFFSET);
  const frame = load<u32>(at);
  const length = <u32>load<u16>(at, 4);
  if (flags & (FRAME_OVERSIZE | FRAME_TRUNCATED)) {
    arrived(order, tail, ring, ringTail, port, time, flags);
    const reason = flags & FRAME_OVERSIZE ? DROP_FRAME_TOO_LONG : DROP_CAPTURE_TRUNCATED;
    dropArrival(reason, arrivalCount - 1, 0);
    freeSlot(frame);
    return 0;
  }
  setU32(rowFrame, row, frame);
  setU8(metaIngress, row, port);
  setU8(rowFlags, row, 0);
  const reason = inspect(row, port, length);
  if (reason == ANSWERS_BREATH) return -1;
  arrived(order, tail, ring, ringTail, port, time, flags);
  if (flags & FRAME_UNCOUNTED) setU8(rowFlags, row, u8At(rowFlags, row) | ROW_UNCOUNTED);
  setU8(rowMaker, row, 0);
  setU32(rowArrival, row, flags & FRAME_UNCOUNTED ? ARRIVAL_NONE : arrivalCount - 1);
  setU32(rowSequence, row, nextSequence());
  setU64(rowTime, row, <u64>max<i64>(time, breathNow));
  if (reason != DROP_NONE) {
    setU16(rowClass, row, 0);
    drop(row, reason, NODE_UNLINKED);
    return 1;
  }
  if (which && isRefusing) {
    drop(row, DROP_LOOP, NODE_UNLINKED);
    return 1;
  }
  const kind = classOf(row, port);
  setU16(rowClass, row, kind);
  const node = <u32>load<u8>(wireLink + kind);
  if (node == NODE_UNLINKED) drop(row, DROP_UNLINKED, NODE_UNLINKED);
  else setU8(rowNode, row, node);
  return 1;
}

/**
 * The packet's class: of a known flow the one found last time, if the packet came in by the port
 * that the flow's packets in this direction come in by. Measured: 9 ns less a packet.
 */
// @ts-ignore: decorator
@inline function classOf(row: i32, port: u32): u32 {
  const hint = u32At(rowHint, row);
  if (!hint || u8At(rowTags, row)) return classify(row);
  const entry = entryAt(hint - 1);
  const isBack = u8At(rowFlags, row) & ROW_BACKWARD;
  const cache = isBack ? entry + 26 : entry + 24;
  if (load<u8>(isBack ? entry + 28 : entry + 29) != port) return classify(row);
  const known = <u32>load<u16>(cache);
  if (known != CLASS_NONE) return known;
  const kind = classify(row);
  store<u16>(cache, <u16>kind);
  return kind;
}

/** Counts the arrival and takes its descriptor. */
// @ts-ignore: decorator
@inline function arrived(
  order: usize, tail: u32, ring: usize, ringTail: u32, port: u32, time: i64, flags: u32,
): void {
  store<u32>(order, tail + 1, RING_TAIL_OFFSET);
  takeDescriptor(ring, ringTail);
  advanceClock(time);
  if (flags & FRAME_UNCOUNTED) return;
  arrivalCount++;
  count(COUNTER_RECEIVED, 1);
  count(COUNTER_PORT_RECEIVED + port, 1);
}

/** Not a drop: the packet has to wait for the next breath. */
const ANSWERS_BREATH: u32 = 0xffff;

/** Parse, and the source check of packets that no flow vouches for. */
// @ts-ignore: decorator
@inline function inspect(row: i32, port: u32, length: u32): u32 {
  if (!isConfigured(port)) {
    setU64(ethDst, row, 0);
    return DROP_PORT_DOWN;
  }
  const reason = parse(row, length);
  const to = u64At(ethDst, row);
  const isGroup = (to >> 40) & 1;
  if (length >= 14 && !isGroup && to != portMac(port)) return DROP_OTHER_HOST;
  if (reason != DROP_NONE) return reason;
  if (u16At(ethType, row) != ETHER_IPV4) return DROP_NONE;
  const answer = isAnswerInBreath(row, port);
  if (answer == 1) return ANSWERS_BREATH;
  // No flow vouches for a packet that opens a connection: the one of its tuple may be over.
  const isVouched = answer != 0 && !isTcpOpening(u8At(tcpFlags, row));
  if (isGroup || !isVouched) return checkAddresses(row, port, isGroup != 0);
  return DROP_NONE;
}

/** Martians, broadcasts and sources that do not belong to their port (RFC 1812 5.3.7, RFC 2827). */
function checkAddresses(row: i32, port: u32, isGroup: bool): u32 {
  const to = lookupAddress(u32At(ipv4Dst, row)) >> 8;
  if (to & ADDRESS_MULTICAST) return DROP_MULTICAST;
  if (isGroup || to & ADDRESS_BROADCAST) return DROP_BROADCAST;
  if (to & ADDRESS_MARTIAN) return DROP_MARTIAN;
  const from = lookupAddress(u32At(ipv4Src, row));
  if ((from >> 8) & (ADDRESS_MARTIAN | ADDRESS_MULTICAST | ADDRESS_BROADCAST | ADDRESS_OWN)) {
    return DROP_MARTIAN;
  }
  return (from & 0xff) == port ? DROP_NONE : DROP_SPOOFED;
}
