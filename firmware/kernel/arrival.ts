/**
 * Arrivals: frames from the rings, parsed, held to their port, and classified. A few at a time are
 * parsed ahead, so that the flow table's cache misses overlap; then each is judged in its turn.
 * Known flows vouch for their packets; all others pass the source check.
 */
import {
  DROP_BROADCAST, DROP_CAPTURE_TRUNCATED, DROP_FRAME_TOO_LONG, DROP_LOOP, DROP_MARTIAN,
  DROP_MULTICAST, DROP_NONE, DROP_OTHER_HOST, DROP_PORT_DOWN, DROP_SPOOFED, DROP_UNLINKED,
  PORT_NONE,
} from '../../config/abi';
import {
  ARRIVALS_CAPACITY, DESCRIPTOR_FLAGS_OFFSET, FRAME_OVERSIZE, FRAME_TRUNCATED, FRAME_UNCOUNTED,
  RING_HEAD_OFFSET, RING_TAIL_OFFSET,
} from '../../drivers/nic-ring';
import {
  ADDRESS_BROADCAST, ADDRESS_MARTIAN, ADDRESS_MULTICAST, ADDRESS_OWN, ARRIVAL_NONE,
  COUNTER_PORT_RECEIVED, COUNTER_RECEIVED, NODE_UNLINKED, TABLE_LINK_WIRE,
} from '../boot/table-layout';
import { arrivalsOf, descriptor, ringOf } from './arena';
import {
  advanceClock, beginAt, breathEnd, breathNow, isOwnOnly, isUnbegun, nextSequence,
} from './breath';
import { VOUCH_KNOWN, VOUCH_WAIT, isFull, mayAnswer, vouch } from './breath-flows';
import { classify } from './classify';
import { count, drop } from './counters';
import { denialOf } from './denials';
import { touchMarks } from './flow-marks';
import {
  AT_BITS, AT_CLASSES, AT_POLICY, AT_PORTS, AT_STATE, BIT_STEADY, steadyFlags,
} from './flow-states';
import {
  entryAt, entryNumber, glance, setBits, settle, touchSet,
} from './flow-table';
import { expiries } from './flow-time';
import { parse } from './parse';
import { openPlain, parseFour, receiveAt } from './parse-plain';
import { isConfigured, portMac } from './ports';
import { ACK, ETHER_IPV4, FIN, RST, SYN } from './protocol-numbers';
import {
  HINT_UNKNOWN, ROW_BACKWARD, ROW_DENIED, ROW_PLAIN, ROW_UNCOUNTED, ethDst, ethType, ipv4Dst,
  ipv4Src, knownEgress, knownPolicy, metaIngress, metaLength, rowArrival, rowClass, rowFlags,
  rowFrame, rowHash, rowHint, rowNode, rowOther, rowPair, rowSequence, rowTags, rowTail, rowTime,
  tcpFlags,
} from './row-columns';
import { setU16, setU32, setU8, u16At, u32At, u64At, u8At } from './rows';
import { factsOf, kindOf, section } from './tables';
import { isTcpOpening } from './tcp-state';

/**
 * Rows parsed before the first of them is looked up: so many cache misses overlap. More than a
 * breath takes in of new connections would be parsed in vain.
 */
export const ROWS_AHEAD: i32 = 64;
/** Rows that are parsed together, and ahead in a breath that the next first packet will end. */
const ROWS_AT_ONCE: i32 = 4;
let wireLink: usize = 0;
let arrivalCount: u32 = 0;
/** Keeps what is read ahead from being left out as useless. */
let touched: u32 = 0;
/** Of the row at which `enterPlain` stopped: it is plain, and the flow table has nothing of it. */
let isUnknown: bool = false;

/** The emulation's own frames are not taken in: answers to answers go round at one instant. */
let isRefusing: bool = false;
export function refusePriority(on: bool): void { isRefusing = on; }

/** Once, after the tables. */
export function openArrivals(): void {
  wireLink = section(TABLE_LINK_WIRE);
  openPlain();
}

// @ts-ignore: decorator
@inline function portOf(order: usize, index: u32): u32 {
  return load<u8>(order + 64 + (index & (ARRIVALS_CAPACITY - 1)));
}

// @ts-ignore: decorator
@inline function timeOf(at: usize): i64 {
  return <i64>load<u32>(at, 8) * 1000000000 + load<u32>(at, 12);
}

/** Arrival time of the next frame, priority ones first; -1: none. */
export function nextArrivalTime(): i64 {
  const which = hasArrivals(1) ? 1 : 0;
  if (!hasArrivals(which)) return -1;
  const order = arrivalsOf(which);
  const ring = ringOf(portOf(order, load<u32>(order, RING_TAIL_OFFSET)), which);
  return timeOf(descriptor(ring, load<u32>(ring, RING_TAIL_OFFSET)));
}

/** Whether frames have arrived on the rx rings (0), or on the priority rings (1). */
export function hasArrivals(which: i32): bool {
  const order = arrivalsOf(which);
  return load<u32>(order, RING_TAIL_OFFSET) != load<u32>(order, RING_HEAD_OFFSET);
}

/**
 * Takes arrivals in as rows from `first` on, a few at a time and at most `limit`; returns how many.
 * None: the breath ends. The loops that every row goes through call nothing: around a call the
 * engine keeps no value in a register.
 */
export function takeArrivals(first: i32, limit: i32): i32 {
  const which = hasArrivals(1) ? 1 : 0, time = nextArrivalTime();
  if ((which == 0 && isOwnOnly) || time > breathEnd) return 0;
  if (isUnbegun) beginAt(time);
  const ahead = isFull() ? ROWS_AT_ONCE : ROWS_AHEAD;
  const end = takeFrames(first, first + min<i32>(limit, ahead), which);
  for (let row = first; row < end; row += ROWS_AT_ONCE) parseFour(row);
  for (let row = first; row < end; row++) {
    const hash = load<u64>(<usize>row << 3, rowHash);
    touched |= touchSet(hash) | touchMarks(hash);
  }
  let row = enterPlain(first, end);
  while (row < end && enterOther(row)) row = enterPlain(row + 1, end);
  for (let k = end - 1; k >= row; k--) giveBack(k, which);
  for (let taken = first; taken < row; taken++) advanceClock(load<i64>(<usize>taken << 3, rowTime));
  return row - first;
}

/** Takes frames of the breath off the rings; returns the row after the last. */
function takeFrames(row: i32, end: i32, which: i32): i32 {
  const order = arrivalsOf(which);
  let tail = load<u32>(order, RING_TAIL_OFFSET);
  end = min<i32>(end, row + <i32>(load<u32>(order, RING_HEAD_OFFSET) - tail));
  for (; row < end; row++, tail++) {
    const port = portOf(order, tail), ring = ringOf(port, which);
    const ringTail = load<u32>(ring, RING_TAIL_OFFSET), at = descriptor(ring, ringTail);
    const time = timeOf(at);
    if (time > breathEnd) break;
    store<u32>(<usize>row << 2, load<u32>(at), rowFrame);
    store<u16>(<usize>row << 1, load<u16>(at, 4), metaLength);
    receiveAt(row, port, load<u8>(at, DESCRIPTOR_FLAGS_OFFSET));
    store<u64>(<usize>row << 3, <u64>max<i64>(time, breathNow), rowTime);
    store<u32>(at, 0);
    store<u32>(ring, ringTail + 1, RING_TAIL_OFFSET);
  }
  store<u32>(order, tail, RING_TAIL_OFFSET);
  return row;
}

/** Parses whatever is not plain: DROP_NONE, or why it goes no further. */
function parseOther(row: i32): u32 {
  const port = u8At(metaIngress, row), length = u16At(metaLength, row);
  const flags = u32At(rowOther, row);
  setU8(rowFlags, row, flags & FRAME_UNCOUNTED ? ROW_UNCOUNTED : 0);
  const isPartial = (flags & (FRAME_OVERSIZE | FRAME_TRUNCATED)) != 0;
  const reason = parse(row, isPartial || !isConfigured(port) ? 0 : length);
  if (flags & FRAME_OVERSIZE) return DROP_FRAME_TOO_LONG;
  if (flags & FRAME_TRUNCATED) return DROP_CAPTURE_TRUNCATED;
  if (!isConfigured(port)) return DROP_PORT_DOWN;
  const to = u64At(ethDst, row);
  return length >= 14 && !((to >> 40) & 1) && to != portMac(port) ? DROP_OTHER_HOST : reason;
}

/** A row parsed ahead has to wait for the next breath: back on its ring, the last one first. */
function giveBack(row: i32, which: i32): void {
  const order = arrivalsOf(which);
  store<u32>(order, load<u32>(order, RING_TAIL_OFFSET) - 1, RING_TAIL_OFFSET);
  const ring = ringOf(u8At(metaIngress, row), which);
  const tail = load<u32>(ring, RING_TAIL_OFFSET) - 1;
  store<u32>(ring, tail, RING_TAIL_OFFSET);
  store<u32>(descriptor(ring, tail), u32At(rowFrame, row));
}

/**
 * Puts plain packets of flows that carry traffic at their first node, by what is known of the flow;
 * returns the first row that `enterOther` has to look at closer.
 */
function enterPlain(row: i32, end: i32): i32 {
  const first = row;
  isUnknown = false;
  for (; row < end; row++) {
    if (load<u32>(<usize>row << 2, rowOther)) break;
    const row2 = <usize>row << 1, row8 = <usize>row << 3;
    const tail = load<u64>(row8, rowTail), hash = load<u64>(row8, rowHash);
    const found = glance(load<u64>(row8, rowPair), tail, hash);
    const entry = found & ~1, isBack = <u32>found & 1;
    if (!entry) {
      isUnknown = true;
      break;
    }
    const state = <usize>load<u8>(entry, AT_STATE), flow = load<u64>(entry, AT_POLICY);
    const ways = load<u64>(entry, AT_CLASSES);
    const control = <u32>load<u8>(row, tcpFlags) & (FIN | SYN | RST | ACK);
    let flags = isBack << 4; // ROW_BACKWARD
    if (<u32>(flow >> 16) & (BIT_STEADY << isBack)) {
      // Of this second is more than not yet over: its time-out need not begin anew.
      if (<u32>(flow >> 32) != load<u32>(expiries + (state << 2))) break;
      if (control != load<u8>(steadyFlags + state)) break;
    } else {
      // Nor is it looked at again if one like it was denied, and it answers none of this breath.
      if (flow >> 16 != denialOf(control) || isBack || mayAnswer(hash)) break;
      if ((<u32>(ways >> 40) & 0xff) != load<u8>(row, metaIngress)) break;
      flags = ROW_DENIED;
    }
    const kind = <u32>(ways >> (isBack << 4)) & 0xffff, row4 = <usize>row << 2;
    store<u32>(row4, entryNumber(entry) + 1, rowHint);
    store<u32>(row4, nextSequence(), rowSequence);
    store<u32>(row4, arrivalCount + (row - first), rowArrival);
    store<u8>(row, <u8>(ways >> (32 + (isBack << 3))), knownEgress);
    store<u8>(row, <u8>flags, rowFlags);
    store<u16>(row2, <u16>flow, knownPolicy);
    store<u16>(row2, <u16>kind, rowClass);
    store<u8>(row, load<u8>(wireLink + kind), rowNode);
    count(COUNTER_PORT_RECEIVED + load<u8>(row, metaIngress), 1);
  }
  arrivalCount += row - first;
  count(COUNTER_RECEIVED, row - first);
  return row;
}

/** Puts any packet at its first node, or drops it; false: it waits for the next breath. */
function enterOther(row: i32): bool {
  const port = u8At(metaIngress, row);
  setU8(rowFlags, row, ROW_PLAIN);
  let reason = u32At(rowOther, row) ? parseOther(row) : <u32>DROP_NONE;
  if (reason == DROP_NONE && u16At(ethType, row) == ETHER_IPV4) {
    const vouched = vouch(row, port, isUnknown);
    if (vouched == VOUCH_WAIT) return false;
    const isGroup = (u64At(ethDst, row) >> 40) & 1;
    // No flow vouches for a packet that opens a connection: the one of its tuple may be over.
    const isVouched = vouched == VOUCH_KNOWN && !isTcpOpening(u8At(tcpFlags, row));
    if (isGroup || !isVouched) reason = checkAddresses(row, port, isGroup != 0);
  }
  if (isRefusing && u8At(rowFlags, row) & ROW_UNCOUNTED) reason = DROP_LOOP;
  setU32(rowSequence, row, nextSequence());
  const isCounted = !(u8At(rowFlags, row) & ROW_UNCOUNTED);
  setU32(rowArrival, row, isCounted ? arrivalCount++ : ARRIVAL_NONE);
  count(COUNTER_RECEIVED, <u64>isCounted);
  count(COUNTER_PORT_RECEIVED + port, <u64>isCounted);
  setU8(knownEgress, row, PORT_NONE);
  const kind = reason == DROP_NONE ? classOf(row) : 0;
  setU16(rowClass, row, kind);
  const node = <u32>load<u8>(wireLink + kind);
  if (reason == DROP_NONE && node == NODE_UNLINKED) reason = DROP_UNLINKED;
  if (reason != DROP_NONE) drop(row, reason, NODE_UNLINKED);
  else setU8(rowNode, row, node);
  return true;
}

/** The packet's class; kept in its flow's entry, if no tag makes it another than the flow's. */
function classOf(row: i32): u32 {
  const hint = u32At(rowHint, row), kind = classify(row);
  if (hint == 0 || hint == HINT_UNKNOWN) return kind;
  const entry = entryAt(hint - 1), isBack = u8At(rowFlags, row) & ROW_BACKWARD;
  const cache = entry + AT_CLASSES + (isBack ? 2 : 0);
  // What ends the connection comes before what follows in this breath.
  if (u8At(tcpFlags, row) & (FIN | RST)) setBits(entry, load<u8>(entry, AT_BITS));
  if (u8At(rowTags, row)) return kind;
  store<u16>(cache, <u16>kind);
  if (load<u8>(wireLink + kind) != NODE_UNLINKED) settle(entry, isBack != 0);
  return kind;
}

/** Martians, broadcasts and sources that do not belong to their port (RFC 1812 5.3.7, RFC 2827). */
function checkAddresses(row: i32, port: u32, isGroup: bool): u32 {
  const to = kindOf(factsOf(u32At(ipv4Dst, row), row, 1)) >> 8;
  if (to & ADDRESS_MULTICAST) return DROP_MULTICAST;
  if (isGroup || to & ADDRESS_BROADCAST) return DROP_BROADCAST;
  if (to & ADDRESS_MARTIAN) return DROP_MARTIAN;
  const from = kindOf(factsOf(u32At(ipv4Src, row), row, 0));
  if ((from >> 8) & (ADDRESS_MARTIAN | ADDRESS_MULTICAST | ADDRESS_BROADCAST | ADDRESS_OWN)) {
    return DROP_MARTIAN;
  }
  return (from & 0xff) == port ? DROP_NONE : DROP_SPOOFED;
}
