/**
 * The flow table: both directions of a connection in one entry, keyed by 5-tuple and ingress zone.
 *
 *   entry, 32 bytes
 *    0 u32 src      4 u32 dst     of the first packet
 *    8 u16 sport   10 u16 dport   ICMP queries: the identifier, twice
 *   12 u8 proto    13 u8 from     14 u8 to (zones)    15 u8 state (FLOW_*; 0: free)
 *   16 u16 policy flow            18 u8 bits (BIT_*)  19 u8 directions that sent FIN
 *   20 u32 expires, seconds       24 u16 class forward   26 u16 backward (0xffff: not known)
 *   28 u8 egress port forward     29 u8 backward (PORT_NONE: not known)
 *   30 u8 breath in which the bits changed last   31 u8 bits before that breath
 *
 * A key has two sets of four entries. Room for a new entry, in this order: one free or expired; the
 * oldest uncommitted one; the oldest TCP connection that is half open; else none, and the new
 * flow is refused, so that a flood of new flows never evicts one that carries traffic. Nor does it
 * evict one that a packet of the same breath belongs to.
 */
import { COUNTER_FLOWS_EVICTED } from '../boot/table-layout';
import { allocate } from './arena';
import { count } from './counters';
import { undeny } from './denials';
import { hashOf } from './flow-hash';
import { firstSet, marked, openMarks, secondSet, setMark } from './flow-marks';
import {
  AT_BITS, AT_BITS_BEFORE, AT_BREATH, AT_CLASSES, AT_EXPIRES, AT_POLICY, AT_PORTS, AT_STATE,
  AT_TAIL, BITS_STEADY, BIT_COMMITTED, BIT_CONNECTION, BIT_SENT, BIT_SENT_BACKWARD, BIT_STEADY,
  BIT_STEADY_BACKWARD, DIRECTION_BACKWARD, DIRECTION_FORWARD, ENTRY_SIZE, FLOW_ICMP, FLOW_OTHER,
  FLOW_TCP_SYN, FLOW_TCP_SYN_ACK, FLOW_UDP, PLACES, TAIL_BACKWARD, TAIL_FORWARD, UNCOMMITTED_S,
  WAYS,
} from './flow-states';
import { expiryAfter, expiryOf, isLive } from './flow-time';
import { isIcmpReply } from './parse';
import { PROTO_ICMP, PROTO_TCP, PROTO_UDP } from './protocol-numbers';
import {
  icmpType, ipv4Dst, ipv4Proto, ipv4Src, l4Dport, l4Sport, quotedIpv4Dst, quotedIpv4Proto,
  quotedIpv4Src, quotedL4Dport, quotedL4Sport, rowHash, rowIcmpId, rowPair, rowQuotedId, rowTail,
} from './row-columns';
import { u16At, u32At, u64At, u8At } from './rows';
import { isTcpOver } from './tcp-state';

let entries: usize = 0;

export function openFlows(capacity: u32): void {
  entries = allocate(capacity * ENTRY_SIZE);
  openMarks(capacity);
}

/** The address of entry number `n`. */
// @ts-ignore: decorator
@inline export function entryAt(n: u32): usize { return entries + <usize>n * ENTRY_SIZE; }
// @ts-ignore: decorator
@inline export function entryNumber(entry: usize): u32 {
  return <u32>(entry - entries) / ENTRY_SIZE;
}

/**
 * The key to look for, in the direction of the packet: src | dst << 32, and
 * sport | dport << 16 | proto << 32 | zone it comes from << 40. Set by `keyOf` or by hand.
 */
export let keyPair: u64 = 0;
export let keyTail: u64 = 0;
/** Which way the packet may go in its flow: an ICMP query's address and identifier do not say. */
let keyDirection: u32 = 0;

// @ts-ignore: decorator
@inline export function setKey(src: u32, dst: u32, ports: u32, proto: u32, from: u32): void {
  keyPair = <u64>src | (<u64>dst << 32);
  keyTail = <u64>ports | (<u64>(proto | (from << 8)) << 32);
  keyDirection = DIRECTION_FORWARD | DIRECTION_BACKWARD;
}

/**
 * Sets the key from the columns of `row` as they are now, and returns its hash. `isAsParsed`: it is
 * plain, and they are as they were parsed.
 */
export function keyOf(row: i32, from: u32, isAsParsed: bool): u64 {
  if (isAsParsed) {
    keyPair = u64At(rowPair, row);
    keyTail = u64At(rowTail, row);
    keyDirection = DIRECTION_FORWARD | DIRECTION_BACKWARD;
    return u64At(rowHash, row);
  }
  const proto = u8At(ipv4Proto, row);
  // Ports of ICMP are 0, and so is the identifier of everything else.
  const ports = u16At(l4Sport, row) + (u16At(l4Dport, row) << 16) + u16At(rowIcmpId, row) * 0x10001;
  setKey(u32At(ipv4Src, row), u32At(ipv4Dst, row), ports, proto, from);
  const isReply = isIcmpReply(u8At(icmpType, row));
  if (proto == PROTO_ICMP) keyDirection = isReply ? DIRECTION_BACKWARD : DIRECTION_FORWARD;
  return hashOf(keyPair, <u32>keyTail);
}

/**
 * The i-th of the eight entries that a hash may lie in, as they are looked at and filled: the first
 * cache line of its first set, that of its second, and then the second lines.
 */
// @ts-ignore: decorator
@inline export function placeOf(hash: u64, i: u32): usize {
  const set = i & 2 ? secondSet(hash) : firstSet(hash);
  return entryAt(set * WAYS + ((i & 1) | ((i & 4) >> 1)));
}

/** Starts to bring the likeliest entries of a hash from memory, long before they are looked at. */
// @ts-ignore: decorator
@inline export function touchSet(hash: u64): u32 { return load<u32>(placeOf(hash, 0)); }

/** Whether the found entry was hit against the direction of its first packet. */
export let isBackward: bool = false;

/** Low byte of this breath's number. */
let breath: u32 = 0;
export function setFlowBreath(number: u32): void { breath = number & 255; }

/** u8 for each of some hashes: in which breath a flow of them began last, or one 256 before. */
const begun: usize = memory.data(1024, 64);
// @ts-ignore: decorator
@inline function begunOf(hash: u64): usize { return begun + (<usize>hash & 1023); }
/** No flow of the hash has begun in this breath: what was not found on arrival is not there now. */
// @ts-ignore: decorator
@inline export function isAsArrived(hash: u64): bool { return load<u8>(begunOf(hash)) != breath; }

/**
 * The bits as they were when the breath began: what arrives in it is judged by these. A breath 256
 * before has the same number: what has changed since this one began has been seen this second.
 */
// @ts-ignore: decorator
@inline export function bitsBefore(entry: usize): u32 {
  if (load<u32>(entry, AT_EXPIRES) != expiryOf(entry)) return load<u8>(entry, AT_BITS);
  return load<u8>(load<u8>(entry, AT_BREATH) == breath ? entry + AT_BITS_BEFORE : entry + AT_BITS);
}

/** Sets the bits, and keeps what they were when the breath began. */
export function setBits(entry: usize, bits: u32): void {
  if (load<u8>(entry, AT_BREATH) != breath) {
    store<u8>(entry, <u8>breath, AT_BREATH);
    store<u8>(entry, load<u8>(entry, AT_BITS), AT_BITS_BEFORE);
  }
  store<u8>(entry, <u8>(bits & ~BITS_STEADY), AT_BITS);
}

/** The live entry that the key belongs to, 0 if none. Against its direction only if committed. */
export function lookupFlow(hash: u64): usize {
  for (let bits = marked(hash); bits; bits &= bits - 1) {
    const entry = placeOf(hash, ctz<u32>(bits));
    if (isOfKey(entry)) return entry;
  }
  return 0;
}

/**
 * The entry of a packet that is no ICMP, live or not, plus 1 if the packet goes against its
 * direction; 0 if there is none. Two entries share a cache line and are filled first: no branch
 * between them.
 */
// @ts-ignore: decorator
@inline export function glance(pair: u64, tail: u64, hash: u64): usize {
  const first = placeOf(hash, 0), second = load<u64>(first, ENTRY_SIZE);
  const isSecond = <i32>(second == pair) | <i32>(second == rotl<u64>(pair, 32));
  const likely = matched(select<usize>(first + ENTRY_SIZE, first, isSecond), pair, tail);
  if (likely) return likely;
  for (let bits = marked(hash); bits; bits &= bits - 1) {
    const found = matched(placeOf(hash, ctz<u32>(bits)), pair, tail);
    if (found) return found;
  }
  return 0;
}

/** What `glance` says, if the entry is of that key. */
// @ts-ignore: decorator
@inline export function matched(entry: usize, pair: u64, tail: u64): usize {
  const has = load<u64>(entry), found = load<u64>(entry, AT_TAIL);
  if (has == pair && (found & TAIL_FORWARD) == tail) return entry;
  return has == rotl<u64>(pair, 32) && (found & TAIL_BACKWARD) == backTail(tail) ? entry + 1 : 0;
}

// @ts-ignore: decorator
@inline function backTail(tail: u64): u64 {
  const from = (tail >> 40 & 0xff) << 48;
  return <u64>rotl<u32>(<u32>tail, 16) | (tail & 0xff00000000) | from;
}

/** Whether the key belongs to the entry, which is live; sets `isBackward`. */
function isOfKey(entry: usize): bool {
  const found = matched(entry, keyPair, keyTail);
  isBackward = (found & 1) != 0;
  if (!found || !isLive(entry)) return false;
  if (!isBackward) return (keyDirection & DIRECTION_FORWARD) != 0;
  return (keyDirection & DIRECTION_BACKWARD) != 0 && load<u8>(entry, AT_BITS) & BIT_COMMITTED;
}

/** The entry is not what it was: the next packet of its flow is looked up properly. */
export function unsettle(entry: usize): void {
  store<u8>(entry, load<u8>(entry, AT_BITS) & <u8>~BITS_STEADY, AT_BITS);
}

/** Marks an entry that has been looked up properly, if the next packet this way needs not be. */
export function settle(entry: usize, isBack: bool): void {
  const bits = <u32>load<u8>(entry, AT_BITS), sent = isBack ? BIT_SENT_BACKWARD : BIT_SENT;
  if (bits & BIT_CONNECTION || !(bits & sent) || load<u8>(entry, AT_BREATH) == breath) return;
  store<u8>(entry, <u8>(bits | (isBack ? BIT_STEADY_BACKWARD : BIT_STEADY)), AT_BITS);
}

// @ts-ignore: decorator
@inline function isHalfOpen(entry: usize): bool {
  return <u32>load<u8>(entry, AT_STATE) - FLOW_TCP_SYN <= FLOW_TCP_SYN_ACK - FLOW_TCP_SYN;
}

function older(entry: usize, other: usize): usize {
  return other && load<u32>(other, AT_EXPIRES) <= load<u32>(entry, AT_EXPIRES) ? other : entry;
}

/** A packet of the flow is under way in this breath: until it is over the entry stays. */
// @ts-ignore: decorator
@inline export function keep(entry: usize): void {
  const bits = load<u8>(entry, AT_BITS), isOver = isTcpOver(load<u8>(entry, AT_STATE));
  if (!(bits & BIT_COMMITTED) || isHalfOpen(entry) || isOver) setBits(entry, bits);
}

/** Room for a new entry of this hash, 0 if the table refuses it. */
function makeRoom(hash: u64): usize {
  let uncommitted: usize = 0, halfOpen: usize = 0;
  for (let i: u32 = 0; i < PLACES; i++) {
    const entry = placeOf(hash, i);
    if (!isLive(entry)) return entry;
    if (load<u8>(entry, AT_BREATH) == breath) continue;
    if (!(load<u8>(entry, AT_BITS) & BIT_COMMITTED)) uncommitted = older(entry, uncommitted);
    else if (isHalfOpen(entry)) halfOpen = older(entry, halfOpen);
  }
  const evicted = uncommitted ? uncommitted : halfOpen;
  if (evicted) count(COUNTER_FLOWS_EVICTED, 1);
  return evicted;
}

/** Writes what an entry of the key has: its second word, its third and its last. */
export function write(entry: usize, hash: u64, tail: u64, bits: u64, ways: u64): void {
  setMark(entryNumber(entry), hash);
  store<u64>(entry, keyPair);
  store<u64>(entry, tail, AT_TAIL);
  store<u64>(entry, bits, AT_POLICY);
  store<u64>(entry, ways, AT_CLASSES);
}

/**
 * Writes a new, uncommitted entry for the key, over `over` if there is one; 0: no room, or a packet
 * of this breath belongs to what is there, and would leave as one of the new flow.
 */
export function insertFlow(hash: u64, to: u32, state: u32, flow: u32, over: usize): usize {
  const entry = over ? over : makeRoom(hash);
  if (!entry || (over && load<u8>(over, AT_BREATH) == breath)) return 0;
  undeny(hash);
  store<u8>(begunOf(hash), <u8>breath);
  const bits = <u64>flow | (<u64>BIT_CONNECTION << 16) | (<u64>expiryAfter(UNCOMMITTED_S) << 32);
  const ways = 0x0000ffffffffffff | (<u64>breath << 48);
  write(entry, hash, keyTail | (<u64>(to | (state << 8)) << 48), bits, ways);
  return entry;
}

/**
 * Sets the key of the flow that an ICMP error is about, in the error's own direction; returns its
 * hash.
 */
export function quotedKeyOf(row: i32, from: u32): u64 {
  const proto = u8At(quotedIpv4Proto, row);
  const ports = proto == PROTO_ICMP ? u16At(rowQuotedId, row) * 0x10001
    : u16At(quotedL4Dport, row) | (u16At(quotedL4Sport, row) << 16);
  setKey(u32At(quotedIpv4Dst, row), u32At(quotedIpv4Src, row), ports, proto, from);
  return hashOf(keyPair, <u32>keyTail);
}

/** The state in which a flow of this protocol begins. */
export function firstState(proto: u32): u32 {
  if (proto == PROTO_TCP) return FLOW_TCP_SYN;
  if (proto == PROTO_UDP) return FLOW_UDP;
  return proto == PROTO_ICMP ? FLOW_ICMP : FLOW_OTHER;
}
