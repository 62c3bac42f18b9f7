/**
 * Deparse: writes what changed back into the frame, in place. Checksums are updated and never
 * computed anew (RFC 1624 equation 3), so a good one stays good and a bad one stays bad.
 */
import { PROTO_TCP, PROTO_UDP } from './protocol-numbers';
import {
  DIRTY_DPORT, DIRTY_DSCP, DIRTY_DST, DIRTY_ICMP, DIRTY_QUOTED, DIRTY_SPORT, DIRTY_SRC, DIRTY_TTL,
  DIRTY_VLAN, icmpCode, icmpType, ipv4Dscp, ipv4Dst, ipv4Proto, ipv4Src, ipv4Ttl, l4Dport, l4Sport,
  metaLength, quotedIpv4Dst, quotedIpv4Proto, quotedIpv4Src, quotedL4Dport, quotedL4Sport, rowDirty,
  rowEnd, rowFrame, rowL3, rowL4, rowQuoted, rowTags, vlanId,
} from './row-columns';
import { setU16, setU32, u16At, u32At, u8At } from './rows';

/** What the words changed so far add to a checksum: the sum of ~old + new. */
let delta: u32 = 0;

/** Writes the Ethernet header and all dirty fields of `row`. */
export function deparse(row: i32, mac: u64, to: u64): void {
  const dirty = u16At(rowDirty, row), frame = <usize>u32At(rowFrame, row);
  writeFields(row, frame, dirty);
  const start = writeTag(row, frame, dirty);
  storeMac(start, to);
  storeMac(start + 6, mac);
}

/** Writes a MAC address, its first wire byte from bits 47..40. */
export function storeMac(at: usize, mac: u64): void {
  const wire = bswap<u64>(mac << 16);
  store<u32>(at, <u32>wire);
  store<u16>(at, <u16>(wire >> 32), 4);
}

/** RFC 1624 equation 3: HC' = ~(~HC + ~m + m'). Words in memory order, as sums allow. */
// @ts-ignore: decorator
@inline function adjust(checksum: u32, change: u32): u32 {
  let sum = (~checksum & 0xffff) + (change & 0xffff) + (change >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}

/** Writes a 16-bit word (in memory order) and notes the change in `delta`. */
function put(at: usize, word: u32): void {
  delta += (~<u32>load<u16>(at) & 0xffff) + word;
  store<u16>(at, <u16>word);
}

function putAddress(at: usize, address: u32): void {
  const wire = bswap<u32>(address);
  put(at, wire & 0xffff);
  put(at + 2, wire >> 16);
}

/** Nothing changed: the checksum stays, bit for bit. */
function settle(at: usize, change: u32): void {
  store<u16>(at, <u16>adjust(load<u16>(at), change));
}

function writeFields(row: i32, frame: usize, dirty: u32): void {
  const ip = frame + u8At(rowL3, row), l4 = frame + u16At(rowL4, row);
  delta = 0;
  if (dirty & DIRTY_SRC) putAddress(ip + 12, u32At(ipv4Src, row));
  if (dirty & DIRTY_DST) putAddress(ip + 16, u32At(ipv4Dst, row));
  const pseudo = delta;
  if (dirty & DIRTY_TTL) put(ip + 8, (load<u16>(ip, 8) & 0xff00) | u8At(ipv4Ttl, row));
  if (dirty & DIRTY_DSCP) put(ip, (load<u16>(ip) & 0x3ff) | (u8At(ipv4Dscp, row) << 10));
  settle(ip + 10, delta);
  delta = pseudo;
  if (dirty & DIRTY_SPORT) put(l4, bswap<u16>(<u16>u16At(l4Sport, row)));
  if (dirty & DIRTY_DPORT) put(l4 + 2, bswap<u16>(<u16>u16At(l4Dport, row)));
  const proto = u8At(ipv4Proto, row);
  if (proto == PROTO_TCP) settle(l4 + 16, delta);
  if (proto == PROTO_UDP && load<u16>(l4, 6)) {
    settle(l4 + 6, delta);
    // RFC 768: zero says that there is none, so a computed zero goes as all ones.
    if (!load<u16>(l4, 6)) store<u16>(l4, 0xffff, 6);
  }
  delta = 0;
  if (dirty & DIRTY_ICMP) put(l4, u8At(icmpType, row) | (u8At(icmpCode, row) << 8));
  if (dirty & DIRTY_QUOTED) writeQuoted(row, frame);
  settle(l4 + 2, delta);
}

/** The packet inside an ICMP error: its header checksum follows, and so does the outer one. */
function writeQuoted(row: i32, frame: usize): void {
  const offset = u16At(rowQuoted, row), ip = frame + offset;
  const outer = delta;
  // As it came: a write to the protocol alone leaves the bytes behind the header as they are.
  const proto: u32 = load<u8>(ip, 9);
  delta = 0;
  putAddress(ip + 12, u32At(quotedIpv4Src, row));
  putAddress(ip + 16, u32At(quotedIpv4Dst, row));
  put(ip + 8, (load<u16>(ip, 8) & 0xff) | (u8At(quotedIpv4Proto, row) << 8));
  const change = delta;
  const old = load<u16>(ip, 10);
  put(ip + 10, adjust(old, change));
  const l4 = offset + ((load<u8>(ip) & 15) << 2);
  const isFirst = !(bswap<u16>(load<u16>(ip, 6)) & 0x1fff);
  const hasPorts = (proto == PROTO_TCP || proto == PROTO_UDP) && isFirst;
  if (hasPorts && l4 + 4 <= u16At(rowEnd, row)) {
    put(frame + l4, bswap<u16>(<u16>u16At(quotedL4Sport, row)));
    put(frame + l4 + 2, bswap<u16>(<u16>u16At(quotedL4Dport, row)));
  }
  delta = (outer & 0xffff) + (outer >> 16) + (delta & 0xffff) + (delta >> 16);
}

/**
 * A tag is of the wire that it came in by: all go, and one leaves if a module wrote its id, with
 * the priority of the outermost. Returns where the frame begins now.
 */
function writeTag(row: i32, frame: usize, dirty: u32): usize {
  const id = dirty & DIRTY_VLAN ? u16At(vlanId, row) : 0;
  const tags = u8At(rowTags, row);
  const priority = tags ? <u32>bswap<u16>(load<u16>(frame, 14)) & 0xf000 : 0;
  const grown = (id ? 4 : 0) - (<i32>tags << 2);
  const start = frame - grown;
  if (id) {
    store<u16>(start, 0x0081, 12);
    store<u16>(start, bswap<u16>(<u16>(priority | id)), 14);
  }
  setU32(rowFrame, row, <u32>start);
  setU16(metaLength, row, u16At(metaLength, row) + grown);
  return start;
}
