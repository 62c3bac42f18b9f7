/**
 * The flow table: both directions of a connection in one entry, keyed by 5-tuple and ingress zone.
 *
 *   entry, 32 bytes
 *    0 u32 src      4 u32 dst     of the first packet
 *    8 u16 sport   10 u16 dport   ICMP queries: the identifier, twice
 *   12 u8 proto    13 u8 from     14 u8 to (zones)    15 u8 state (FLOW_*; 0: free)
 *   16 u16 policy flow            18 u8 bits (BIT_*)  19 u8 directions that sent FIN
 *   20 u32 expires, seconds       24 u16 class forward   26 u16 backward (CLASS_NONE: not known)
 *   28 u8 egress port forward     29 u8 backward (PORT_NONE: not known)
 *   30 u8 breath in which the bits changed last   31 u8 bits before that breath
 *
 * A key has two sets of four entries. Room for a new entry, in this order: a free one; one expired;
 * the oldest uncommitted one; the oldest TCP connection that is half open; else none, and the new
 * flow is refused, so that a flood of new flows never evicts one that carries traffic. Nor does it
 * evict one that a packet of the same breath belongs to.
 */
import { COUNTER_FLOWS_EVICTED } from '../boot/table-layout';
import { allocate } from './arena';
import { count } from './counters';
import { PROTO_ICMP, PROTO_TCP, PROTO_UDP, isIcmpReply } from './parse';
import { portZone, routerZone } from './ports';
import {
  ROW_LOCAL, ROW_MADE, icmpType, ipv4Dst, ipv4Proto, ipv4Src, l4Dport, l4Sport, metaEgress,
  metaIngress, quotedIpv4Dst, quotedIpv4Proto, quotedIpv4Src, quotedL4Dport, quotedL4Sport,
  rowFlags, rowIcmpId, rowQuotedId, u16At, u32At, u8At,
} from './rows';

export const FLOW_FREE: u32 = 0;
export const FLOW_UDP: u32 = 1;
export const FLOW_TCP_SYN: u32 = 2;
export const FLOW_TCP_SYN_ACK: u32 = 3;
export const FLOW_TCP_ESTABLISHED: u32 = 4;
export const FLOW_TCP_CLOSING: u32 = 5;
export const FLOW_TCP_CLOSED: u32 = 6;
export const FLOW_ICMP: u32 = 7;
export const FLOW_OTHER: u32 = 8;
export const FLOW_TCP_RESET: u32 = 9;

/** A frame of this flow has left the board (or was taken in by the router). */
export const BIT_COMMITTED: u32 = 1;
/** The next frame to leave counts as a new connection. */
export const BIT_CONNECTION: u32 = 2;
/** A frame has left in the direction of the first packet, and against it. */
export const BIT_SENT: u32 = 4;
export const BIT_SENT_BACKWARD: u32 = 8;

const ENTRY_SIZE: i32 = 32;
const WAYS: u32 = 4;
/** Seconds. Nothing has left yet: longer than any hold. */
const UNCOMMITTED_S: u32 = 10;
/** RFC 5382 REQ-5: established at least 2 h 4 min, transitory at least 4 min. */
const TCP_ESTABLISHED_S: u32 = 7440;
const TCP_TRANSITORY_S: u32 = 240;
/** RFC 4787 REQ-5: 5 minutes recommended. */
const UDP_S: u32 = 300;
/** RFC 5508 REQ-2: at least 60 s. */
const ICMP_S: u32 = 60;
const OTHER_S: u32 = 600;

let entries: usize = 0;
let mask: u32 = 0;

export function openFlows(capacity: u32): void {
  entries = allocate(capacity * ENTRY_SIZE);
  mask = capacity / WAYS - 1;
}

/** The address of entry number `n`. */
// @ts-ignore: decorator
@inline export function entryAt(n: u32): usize { return entries + <usize>n * ENTRY_SIZE; }
// @ts-ignore: decorator
@inline export function entryNumber(entry: usize): u32 {
  return <u32>(entry - entries) / ENTRY_SIZE;
}
export function entryFlow(n: u32): u32 { return load<u16>(entryAt(n), 16); }

/** The key to look for: set by `keyOf` or by hand, in the direction of the packet. */
export let keySrc: u32 = 0;
export let keyDst: u32 = 0;
export let keyPorts: u32 = 0; // sport | dport << 16
export let keyProto: u32 = 0;
export let keyFrom: u32 = 0; // zone
/** Of an ICMP query: DIRECTION_*, since addresses and identifier are the same both ways. */
let keyDirection: u32 = 0;
const DIRECTION_ANY: u32 = 0;
const DIRECTION_REQUEST: u32 = 1;
const DIRECTION_REPLY: u32 = 2;

export function setKey(src: u32, dst: u32, ports: u32, proto: u32, from: u32): void {
  keySrc = src;
  keyDst = dst;
  keyPorts = ports;
  keyProto = proto;
  keyFrom = from;
  keyDirection = DIRECTION_ANY;
}

/** Sets the key from the columns of `row` as they are now. */
export function keyOf(row: i32, from: u32): void {
  const proto = u8At(ipv4Proto, row);
  const id = u16At(rowIcmpId, row);
  const ports = proto == PROTO_ICMP ? id | (id << 16)
    : u16At(l4Sport, row) | (u16At(l4Dport, row) << 16);
  setKey(u32At(ipv4Src, row), u32At(ipv4Dst, row), ports, proto, from);
  if (proto != PROTO_ICMP) return;
  keyDirection = isIcmpReply(u8At(icmpType, row)) ? DIRECTION_REPLY : DIRECTION_REQUEST;
}

/** The same for both directions of a connection. */
export function keyHash(): u64 {
  const forward = <u64>keySrc << 32 | keyDst;
  const backward = <u64>keyDst << 32 | keySrc;
  const ports = keyPorts ^ rotl<u32>(keyPorts, 16);
  let h = (forward ^ backward) * 0x9e3779b97f4a7c15;
  h ^= (<u64>keySrc + keyDst) * 0xff51afd7ed558ccd;
  h ^= (<u64>ports << 32 | ((keyPorts & 0xffff) + (keyPorts >> 16))) * 0xc2b2ae3d27d4eb4f;
  h = (h ^ keyProto) * 0x9e3779b97f4a7c15;
  return h ^ (h >> 32);
}

/** No class known of the packets of a flow. */
export const CLASS_NONE: u32 = 0xffff;

/** Whether the found entry was hit against the direction of its first packet. */
export let isBackward: bool = false;

/** Virtual seconds of this breath, for time-outs. */
let nowS: u32 = 0;
/** Low byte of this breath's number. */
let breath: u32 = 0;
export function setFlowTime(seconds: u32): void {
  nowS = seconds;
}
export function setFlowBreath(number: u32): void {
  breath = number & 255;
}

/** The bits as they were when the breath began: what arrives in it is judged by these. */
export function bitsBefore(entry: usize): u32 {
  return load<u8>(load<u8>(entry, 30) == breath ? entry + 31 : entry + 18);
}

/** Sets the bits, and keeps what they were when the breath began. */
export function setBits(entry: usize, bits: u32): void {
  if (load<u8>(entry, 30) != breath) {
    store<u8>(entry, <u8>breath, 30);
    store<u8>(entry, load<u8>(entry, 18), 31);
  }
  store<u8>(entry, <u8>bits, 18);
}

/** The live entry that the key belongs to, 0 if none. Against its direction only if committed. */
export function lookupFlow(hash: u64): usize {
  isBackward = false;
  const found = lookupSet(<u32>hash & mask);
  return found ? found : lookupSet(<u32>(hash >> 32) & mask);
}

function lookupSet(set: u32): usize {
  let entry = entryAt(set * WAYS);
  for (let way: u32 = 0; way < WAYS; way++, entry += ENTRY_SIZE) {
    if (isOfKey(entry)) return entry;
  }
  return 0;
}

/** Whether the key belongs to the entry, which is live; sets `isBackward`. */
export function isOfKey(entry: usize): bool {
  const pair = load<u64>(entry);
  const tail = load<u32>(entry, 12);
  if (tail >> 24 == FLOW_FREE) return false;
  if (pair == (<u64>keySrc | (<u64>keyDst << 32)) && load<u32>(entry, 8) == keyPorts &&
      (tail & 0xffff) == (keyProto | (keyFrom << 8))) {
    isBackward = false;
    return keyDirection != DIRECTION_REPLY && !isExpired(entry);
  }
  if (pair == (<u64>keyDst | (<u64>keySrc << 32)) &&
      load<u32>(entry, 8) == rotl<u32>(keyPorts, 16) &&
      (tail & 0xff) == keyProto && ((tail >> 16) & 0xff) == keyFrom) {
    isBackward = true;
    const isAnswered = (load<u8>(entry, 18) & BIT_COMMITTED) != 0 && !isExpired(entry);
    return isAnswered && keyDirection != DIRECTION_REQUEST;
  }
  return false;
}

/** Time-outs by state, seconds; state 0 stands for an uncommitted entry. */
const timeouts: usize = memory.data<u32>([
  UNCOMMITTED_S, UDP_S, TCP_TRANSITORY_S, TCP_TRANSITORY_S, TCP_ESTABLISHED_S, TCP_TRANSITORY_S,
  TCP_TRANSITORY_S, ICMP_S, OTHER_S, TCP_TRANSITORY_S,
]);

/** A packet of the flow has been seen: its time-out begins anew. */
// @ts-ignore: decorator
@inline export function touch(entry: usize): void {
  const state = load<u8>(entry, 18) & BIT_COMMITTED ? <usize>load<u8>(entry, 15) : 0;
  setExpiry(entry, load<u32>(timeouts + (state << 2)));
}

/** At the end of the 32-bit clock a flow stays, rather than be over at once. */
function setExpiry(entry: usize, seconds: u32): void {
  store<u32>(entry, nowS > u32.MAX_VALUE - seconds ? u32.MAX_VALUE : nowS + seconds, 20);
}

// @ts-ignore: decorator
@inline function isExpired(entry: usize): bool { return load<u32>(entry, 20) < nowS; }

// @ts-ignore: decorator
@inline function isHalfOpen(entry: usize): bool {
  const state = load<u8>(entry, 15);
  return state == FLOW_TCP_SYN || state == FLOW_TCP_SYN_ACK;
}

function older(entry: usize, other: usize): usize {
  return other && load<u32>(other, 20) <= load<u32>(entry, 20) ? other : entry;
}

/** A packet of the flow is under way in this breath: until it is over the entry stays. */
// @ts-ignore: decorator
@inline export function keep(entry: usize): void {
  const bits = load<u8>(entry, 18);
  if (!(bits & BIT_COMMITTED) || isHalfOpen(entry)) setBits(entry, bits);
}

/** Room for a new entry of this hash, 0 if the table refuses it. */
function makeRoom(hash: u64): usize {
  const first = entryAt((<u32>hash & mask) * WAYS);
  const second = entryAt((<u32>(hash >> 32) & mask) * WAYS);
  let expired: usize = 0, uncommitted: usize = 0, halfOpen: usize = 0;
  for (let way: u32 = 0; way < 2 * WAYS; way++) {
    const entry = (way < WAYS ? first : second) + <usize>(way & (WAYS - 1)) * ENTRY_SIZE;
    if (!load<u8>(entry, 15)) return entry;
    if (isExpired(entry)) {
      if (!expired) expired = entry;
    } else if (load<u8>(entry, 30) == breath) continue;
    else if (!(load<u8>(entry, 18) & BIT_COMMITTED)) uncommitted = older(entry, uncommitted);
    else if (isHalfOpen(entry)) halfOpen = older(entry, halfOpen);
  }
  if (expired) return expired;
  const evicted = uncommitted ? uncommitted : halfOpen;
  if (evicted) count(COUNTER_FLOWS_EVICTED, 1);
  return evicted;
}

/** Writes a new, uncommitted entry for the key; 0 if the table is full. */
export function insertFlow(hash: u64, to: u32, state: u32, flow: u32): usize {
  const entry = makeRoom(hash);
  if (!entry) return 0;
  store<u32>(entry, keySrc);
  store<u32>(entry, keyDst, 4);
  store<u32>(entry, keyPorts, 8);
  store<u32>(entry, keyProto | (keyFrom << 8) | (to << 16) | (state << 24), 12);
  store<u16>(entry, <u16>flow, 16);
  store<u16>(entry, <u16>BIT_CONNECTION, 18);
  setExpiry(entry, UNCOMMITTED_S);
  store<u32>(entry, 0xffffffff, 24);
  store<u32>(entry, 0xffff | (breath << 16), 28);
  return entry;
}

/** Sets the key of the flow that an ICMP error is about, in the error's own direction. */
export function quotedKeyOf(row: i32, from: u32): void {
  const proto = u8At(quotedIpv4Proto, row);
  const ports = proto == PROTO_ICMP ? u16At(rowQuotedId, row) * 0x10001
    : u16At(quotedL4Dport, row) | (u16At(quotedL4Sport, row) << 16);
  setKey(u32At(quotedIpv4Dst, row), u32At(quotedIpv4Src, row), ports, proto, from);
}

/** The entry is nobody's from here on. */
export function freeEntry(entry: usize): void {
  store<u8>(entry, <u8>FLOW_FREE, 15);
}

/** The state in which a flow of this protocol begins. */
export function firstState(proto: u32): u32 {
  if (proto == PROTO_TCP) return FLOW_TCP_SYN;
  if (proto == PROTO_UDP) return FLOW_UDP;
  return proto == PROTO_ICMP ? FLOW_ICMP : FLOW_OTHER;
}

/** Zones of a row as it stands: from | to << 8 (255: not known). */
export function zonesOf(row: i32): u32 {
  const flags = u8At(rowFlags, row);
  const from = flags & ROW_MADE ? routerZone : portZone(u8At(metaIngress, row));
  const to = flags & ROW_LOCAL ? routerZone : portZone(u8At(metaEgress, row));
  return from | (to << 8);
}
