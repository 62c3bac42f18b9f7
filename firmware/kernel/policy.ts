/**
 * Policy: the kernel node that is asked before anything leaves. Default deny. A packet of a known
 * flow is permitted by its entry; a new one by the first policy flow that matches; an ICMP error by
 * the flow that it quotes. What is permitted gets the stamp.
 */
import {
  DROP_DENIED, DROP_FLOW_TABLE_FULL, DROP_ICMP_UNSOLICITED, DROP_NONE, DROP_SAME_SEGMENT,
  DROP_TCP_INVALID, DROP_TCP_NOT_SYN, DROP_TOO_BIG, DROP_TTL_EXPIRED, DROP_UNLINKED,
  DROP_WRONG_PORT, PORT_NONE,
} from '../../config/abi';
import {
  ADDRESS_CONNECTED, FLOW_NONE, NODE_LOCAL, NODE_POLICY, NODE_UNLINKED, OPTION_TCP_PICKUP,
  TABLE_LINK_EXPIRED, TABLE_LINK_LOCAL, TABLE_LINK_PERMITTED, TABLE_LINK_TOO_BIG, TABLE_OPTIONS,
} from '../boot/table-layout';
import { drop } from './counters';
import { noteDenied, wayOf } from './denials';
import { firstMatch } from './first-match';
import {
  AT_DST, AT_FROM, AT_PORTS, AT_PROTO, AT_STATE, AT_TO, BIT_COMMITTED, BIT_CONNECTION,
  FLOW_TCP_ESTABLISHED,
} from './flow-states';
import {
  entryAt, entryNumber, firstState, insertFlow, isAsArrived, isBackward, keep, keyOf, keyPair,
  keyTail, lookupFlow, quotedKeyOf, setBits, setKey,
} from './flow-table';
import { touch } from './flow-time';
import { isIcmpError, isIcmpReply, setRare } from './parse';
import { passKnown } from './pass-known';
import { isConfigured, portMtu, portZone, routerZone } from './ports';
import { PROTO_ICMP, PROTO_TCP, SYN } from './protocol-numbers';
import {
  DIRTY_SRC, DIRTY_TTL, HINT_UNKNOWN, ROW_BACKWARD, ROW_DENIED, ROW_LOCAL, ROW_MADE, ROW_PLAIN,
  icmpType, ipv4Dst, ipv4Proto, ipv4Src, ipv4Ttl, knownPolicy, metaEgress, metaIngress, metaReason,
  quotedIpv4Src, rowClass, rowDirty, rowEnd, rowFlags, rowFlow, rowHint, rowL3, rowMaker, rowNode,
  rowPeer, rowPinned, rowPlain, rowStamp, rowTags, tcpFlags,
} from './row-columns';
import { rowCount, rowsAt, setU16, setU32, setU8, u16At, u32At, u8At } from './rows';
import { factsOf, generation, isOwn, kindOf, section, word } from './tables';
import { isAfterReset, isTcpInvalid, isTcpOpening, isTcpOver, nextTcpState } from './tcp-state';
import { refuseUnpermitted } from './transmit';

let hasPickup: bool = false;
let permittedLink: usize = 0;

export function openPolicy(): void {
  hasPickup = (word(TABLE_OPTIONS) & OPTION_TCP_PICKUP) != 0;
  permittedLink = section(TABLE_LINK_PERMITTED);
}

// What `admit` found, for `enter`.
let foundEntry: usize = 0;
let foundFlow: u32 = 0;
let foundHash: u64 = 0;
let isRelated: bool = false;
let isReversed: bool = false;
/** The entry of a connection that is over, whose tuple the other side uses again. */
let overEntry: usize = 0;

/** The policy node: every row that stands at it is stamped and sent on, or dropped. */
export function policy(): void {
  passKnown();
  for (let base = 0, rows = rowCount; base < rows; base += 16) {
    for (let bits = rowsAt(NODE_POLICY, base); bits; bits &= bits - 1) judge(base + ctz(bits));
  }
}

/** Any row that stands at the policy. */
function judge(row: i32): void {
  const flags = u8At(rowFlags, row), egress = u8At(metaEgress, row), to = portZone(egress);
  if (!isConfigured(egress)) return drop(row, DROP_WRONG_PORT, NODE_POLICY);
  if (flags & (ROW_MADE | ROW_LOCAL)) return judgeOwn(row, flags, egress);
  const ingress = u8At(metaIngress, row);
  if (egress == ingress) return drop(row, DROP_SAME_SEGMENT, NODE_POLICY);
  // Nobody has changed it since it came, and one like it was denied on this way.
  const isDenied = flags & ROW_DENIED && u16At(knownPolicy, row) == wayOf(to, egress);
  if (isDenied && u32At(rowHint, row)) return drop(row, DROP_DENIED, NODE_POLICY);
  const from = portZone(ingress), reason = admit(row, from, to);
  if (reason != DROP_NONE) return drop(row, reason, NODE_POLICY);
  const ttl = u8At(ipv4Ttl, row);
  if (ttl <= 1) return refer(row, TABLE_LINK_EXPIRED, DROP_TTL_EXPIRED);
  const mtu = portMtu(egress);
  if (u16At(rowEnd, row) - u8At(rowL3, row) > mtu) {
    return refer(row, TABLE_LINK_TOO_BIG, DROP_TOO_BIG);
  }
  if (!enter(row, from, to)) return drop(row, DROP_FLOW_TABLE_FULL, NODE_POLICY);
  setU8(ipv4Ttl, row, ttl - 1);
  setU16(rowDirty, row, u16At(rowDirty, row) | DIRTY_TTL);
  setU8(rowPlain, row, flags & ROW_PLAIN);
  stamp(row);
}

/**
 * Frames that modules made and others wrote to, and rows that `local` permitted and a module turned
 * into a reply: they go where they had to go, and nowhere else.
 */
function judgeOwn(row: i32, flags: u32, egress: u32): void {
  let isRight = u32At(ipv4Dst, row) == u32At(rowPeer, row) && egress == u8At(rowPinned, row);
  // Critical for isolation: nothing of the router's own leaves under a stranger's name.
  if (flags & ROW_MADE) isRight = isRight && isOwn(u32At(ipv4Src, row), row);
  if (flags & ROW_LOCAL) {
    const flow = u32At(rowFlow, row), entry = entryAt(flow - 1);
    isRight = isRight && flow != 0 && u32At(ipv4Src, row) == load<u32>(entry, AT_DST) &&
      u8At(ipv4Proto, row) == load<u8>(entry, AT_PROTO) && u8At(icmpType, row) == 0;
  }
  if (!isRight) return refuseUnpermitted(row, NODE_POLICY, u32At(ipv4Dst, row));
  stamp(row);
}

function stamp(row: i32): void {
  setU32(rowStamp, row, generation);
  pass(row, permittedLink, DROP_UNLINKED, NODE_POLICY);
}

/** Sends the row on from `node` to where the link of its class leads, if it has one. */
function pass(row: i32, link: usize, reason: u32, node: u32): void {
  const next = <u32>load<u8>(link + u16At(rowClass, row));
  if (next == NODE_UNLINKED) return drop(row, reason, node);
  setU8(rowNode, row, next);
}

/** Hands the row to whoever answers it with an ICMP error; its reason goes along. */
function refer(row: i32, link: i32, reason: u32): void {
  setU8(metaReason, row, reason);
  setU8(rowMaker, row, NODE_POLICY);
  setRare(true);
  pass(row, section(link), reason, NODE_POLICY);
}

/** The local node: asks policy for the zone `router`, then delivers. */
export function local(): void {
  for (let base = 0, rows = rowCount; base < rows; base += 16) {
    for (let bits = rowsAt(NODE_LOCAL, base); bits; bits &= bits - 1) deliver(base + ctz(bits));
  }
}

function deliver(row: i32): void {
  const flags = u8At(rowFlags, row), from = portZone(u8At(metaIngress, row));
  // What modules make comes from no zone, and is not for the router itself.
  if (flags & ROW_MADE) return refuseUnpermitted(row, NODE_LOCAL, from);
  setU8(rowFlags, row, flags | ROW_LOCAL);
  let reason = admit(row, from, routerZone);
  if (reason == DROP_NONE && !enter(row, from, routerZone)) reason = DROP_FLOW_TABLE_FULL;
  if (reason != DROP_NONE) return drop(row, reason, NODE_LOCAL);
  setU32(rowPeer, row, u32At(ipv4Src, row));
  setU8(rowPinned, row, u8At(metaIngress, row));
  pass(row, section(TABLE_LINK_LOCAL), DROP_UNLINKED, NODE_LOCAL);
}

/** Whether the packet may go from zone to zone: DROP_NONE or why not. Enters it in no flow. */
function admit(row: i32, from: u32, to: u32): u32 {
  const proto = u8At(ipv4Proto, row);
  foundEntry = 0;
  overEntry = 0;
  isRelated = false;
  isReversed = false;
  if (isIcmpError(u8At(icmpType, row))) return admitRelated(row, from, to);
  const flags = u8At(tcpFlags, row), egress = u8At(metaEgress, row);
  if (proto == PROTO_TCP && isTcpInvalid(flags)) return DROP_TCP_INVALID;
  const isNew = u32At(rowHint, row) == HINT_UNKNOWN;
  foundHash = keyOf(row, from, isNew);
  const entry = isNew && isAsArrived(foundHash) ? 0 : lookupFlow(foundHash);
  if (entry && farZone(entry) == to) {
    foundEntry = entry;
    const known = isBackward ? entry + AT_PORTS + 1 : entry + AT_PORTS;
    if (load<u8>(known) != egress) {
      if (isWrongPort(row, egress, to)) return DROP_WRONG_PORT;
      store<u8>(known, <u8>egress);
    }
    const state = <u32>load<u8>(entry, AT_STATE);
    if (isAfterReset(state, flags)) return DROP_TCP_INVALID;
    if (!isTcpOver(state) || !isTcpOpening(flags)) return DROP_NONE;
    if (isBackward) {
      foundEntry = 0;
      overEntry = entry;
    }
  } else if (isWrongPort(row, egress, to)) return DROP_WRONG_PORT;
  return admitNew(row, proto, flags, from, to);
}

/** What leaves for a connected subnet must leave by that subnet's port. */
function isWrongPort(row: i32, egress: u32, to: u32): bool {
  const address = kindOf(factsOf(u32At(ipv4Dst, row), row, 1));
  const isConnected = ((address >> 8) & ADDRESS_CONNECTED) != 0;
  return to != routerZone && isConnected && (address & 0xff) != egress;
}

// @ts-ignore: decorator
@inline function farZone(entry: usize): u32 {
  return load<u8>(isBackward ? entry + AT_FROM : entry + AT_TO);
}

/** A packet of no known flow: the first policy flow that matches admits it. */
function admitNew(row: i32, proto: u32, flags: u32, from: u32, to: u32): u32 {
  const tagged: u32 = u8At(rowTags, row) ? 1 : 0;
  // A reply begins no flow.
  if (proto == PROTO_ICMP && isIcmpReply(u8At(icmpType, row))) return DROP_ICMP_UNSOLICITED;
  foundFlow = firstMatch(row, from, to, u8At(metaIngress, row), tagged);
  if (proto != PROTO_TCP || isTcpOpening(flags)) {
    if (foundFlow != FLOW_NONE) return DROP_NONE;
    if (u32At(rowHint, row) == HINT_UNKNOWN) {
      const way = wayOf(to, u8At(metaEgress, row)), ingress = u8At(metaIngress, row);
      noteDenied(foundHash, way, flags & SYN, u16At(rowClass, row), ingress);
    }
    return DROP_DENIED;
  }
  // A connection whose beginning was not seen: it may run the other way.
  if (foundFlow == FLOW_NONE && to != routerZone) {
    reverseKey(to);
    foundFlow = firstMatch(row, to, from, u8At(metaEgress, row), tagged);
    isReversed = true;
  }
  if (foundFlow == FLOW_NONE) return DROP_DENIED;
  return hasPickup ? DROP_NONE : DROP_TCP_NOT_SYN;
}

function reverseKey(from: u32): void {
  const ports = rotl<u32>(<u32>keyTail, 16);
  setKey(<u32>(keyPair >> 32), <u32>keyPair, ports, <u32>(keyTail >> 32) & 0xff, from);
}

/** An ICMP error goes to the sender of a packet of a known flow, on that flow's way back. */
function admitRelated(row: i32, from: u32, to: u32): u32 {
  const type = u8At(icmpType, row);
  // RFC 6633: source quench is dead. A redirect is for hosts of one segment.
  if (type == 4 || type == 5) return DROP_ICMP_UNSOLICITED;
  if (u32At(quotedIpv4Src, row) != u32At(ipv4Dst, row)) return DROP_ICMP_UNSOLICITED;
  const entry = lookupFlow(quotedKeyOf(row, from));
  if (!entry || farZone(entry) != to) return DROP_ICMP_UNSOLICITED;
  if (isWrongPort(row, u8At(metaEgress, row), to)) return DROP_WRONG_PORT;
  foundEntry = entry;
  isRelated = true;
  return DROP_NONE;
}

/** Enters an admitted packet in its flow; false: there is no room for a new one. */
function enter(row: i32, from: u32, to: u32): bool {
  let entry = foundEntry;
  const proto = u8At(ipv4Proto, row), flags = u8At(tcpFlags, row);
  if (!entry) {
    const isPickup = proto == PROTO_TCP && !isTcpOpening(flags);
    const state = isPickup ? FLOW_TCP_ESTABLISHED : firstState(proto);
    entry = insertFlow(foundHash, isReversed ? from : to, state, foundFlow, overEntry);
    if (!entry) return false;
    // Both ports have passed their check: the egress above, the ingress as the source's, if the
    // source is as it came.
    const egress = u8At(metaEgress, row), isMoved = (u16At(rowDirty, row) & DIRTY_SRC) != 0;
    const ingress = isMoved ? <u32>PORT_NONE : u8At(metaIngress, row);
    const ports = isReversed ? ingress | (egress << 8) : egress | (ingress << 8);
    store<u16>(entry, <u16>ports, AT_PORTS);
    // Picked up against its direction: nothing of it has to leave before this packet may.
    if (isReversed) setBits(entry, BIT_COMMITTED | BIT_CONNECTION);
    setBackward(row, isReversed);
  } else if (!isRelated) {
    setBackward(row, isBackward);
    if (proto == PROTO_TCP) nextTcpState(entry, flags, isBackward, foundFlow);
    touch(entry);
  }
  keep(entry);
  setU32(rowFlow, row, entryNumber(entry) + 1);
  return true;
}

function setBackward(row: i32, isBack: bool): void {
  const flags = u8At(rowFlags, row) & ~(<u32>ROW_BACKWARD);
  setU8(rowFlags, row, isBack ? flags | ROW_BACKWARD : flags);
}
