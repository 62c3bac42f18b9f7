/**
 * Parse: the bytes of a frame, checked once (RFC 1812 5.2.2, RFC 8200), into columns of its row.
 * Every column of the row is written: those that a packet may lack were zeroed for the whole vector
 * before (`clearVector` in receive.ts), the others are written here.
 */
import {
  DROP_FRAGMENT, DROP_FRAME_TOO_SHORT, DROP_IPV4_CHECKSUM, DROP_IPV4_HEADER_LENGTH,
  DROP_IPV4_OPTIONS, DROP_IPV4_TOO_SHORT, DROP_IPV4_TOTAL_LENGTH, DROP_IPV4_TRUNCATED,
  DROP_IPV4_VERSION, DROP_L4_TRUNCATED, DROP_NONE, DROP_SOURCE_ROUTE, VECTOR_ROWS_MAX,
} from '../../config/abi';
import { clearIpv6Columns, parseIpv6 } from './parse-ipv6';
import {
  icmpCode, icmpType, ethDst, ethSrc, ethType, ipv4Dscp, ipv4Dst, ipv4Fragment, ipv4Proto, ipv4Src,
  ipv4Ttl, l4Dport, l4Sport, metaLength, quotedIpv4Dst, quotedIpv4Proto, quotedIpv4Src,
  quotedL4Dport, quotedL4Sport, rowEnd, rowFrame, rowIcmpId, rowL3, rowL4, rowMatchDst, rowMatchSrc,
  rowQuoted, rowQuotedId, rowTags, setU16, setU32, setU64, setU8, tcpAck, tcpFlags, tcpSeq, vlanId,
} from './rows';

export const ETHER_IPV4: u32 = 0x0800;
export const ETHER_ARP: u32 = 0x0806;
const ETHER_IPV6: u32 = 0x86dd;
export const PROTO_ICMP: u32 = 1;
export const PROTO_TCP: u32 = 6;
export const PROTO_UDP: u32 = 17;
export const PROTO_SCTP: u32 = 132;

// @ts-ignore: decorator
@inline export function be16(at: usize): u32 { return bswap<u16>(load<u16>(at)); }
// @ts-ignore: decorator
@inline export function be32(at: usize): u32 { return bswap<u32>(load<u32>(at)); }
/** Six wire bytes as a number, the first in bits 47..40. Reads two bytes more. */
// @ts-ignore: decorator
@inline export function be48(at: usize): u64 { return bswap<u64>(load<u64>(at)) >> 16; }

/** Sum of `size` bytes as 16-bit words in memory order, folded; 0xffff when a checksum holds. */
export function sumOf(at: usize, size: u32): u32 {
  let sum: u64 = 0;
  const end = at + (size & ~3);
  for (; at < end; at += 4) sum += load<u32>(at);
  if (size & 2) {
    sum += load<u16>(at);
    at += 2;
  }
  if (size & 1) sum += load<u8>(at);
  return fold(sum);
}

export function fold(sum: u64): u32 {
  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  return <u32>((sum & 0xffff) + (sum >> 16));
}

let dirtyRare: bool = false;

/** A row has come back whose rare columns may not be zero. */
export function markRare(): void {
  dirtyRare = true;
}

/** Zeroes what `parse` writes only for IPv6 and for packets that quote another. */
export function clearRare(): void {
  if (!dirtyRare) return;
  dirtyRare = false;
  clearRareColumns();
}

/**
 * Parses the frame of `row` (rowFrame is set, `length` bytes). Returns DROP_NONE or the reason of
 * the first check that fails; columns read before it stay written.
 */
export function parse(row: i32, length: u32): u32 {
  const frame: usize = load<u32>(rowFrame + (<usize>row << 2));
  setU16(metaLength, row, length);
  if (length < 14) {
    setU64(ethDst, row, 0); setU64(ethSrc, row, 0);
    setU16(ethType, row, 0); setU16(vlanId, row, 0);
    setU8(rowL3, row, 0); setU8(rowTags, row, 0);
    return DROP_FRAME_TOO_SHORT;
  }
  setU64(ethDst, row, be48(frame));
  setU64(ethSrc, row, be48(frame + 6));
  let type = be16(frame + 12);
  let l3: u32 = 14;
  let tags: u32 = 0;
  let vlan: u32 = 0;
  while (tags < 2 && isTag(type)) {
    if (l3 + 4 > length) {
      setU16(ethType, row, type); setU16(vlanId, row, vlan);
      setU8(rowL3, row, l3); setU8(rowTags, row, tags);
      return DROP_FRAME_TOO_SHORT;
    }
    if (tags == 0) vlan = be16(frame + l3) & 0xfff;
    type = be16(frame + l3 + 2);
    l3 += 4;
    tags++;
  }
  setU16(ethType, row, type);
  setU16(vlanId, row, vlan);
  setU8(rowL3, row, l3);
  setU8(rowTags, row, tags);
  setU16(rowEnd, row, length);
  if (type == ETHER_IPV4) return parseIpv4(row, frame, l3, length);
  if (type == ETHER_IPV6) {
    dirtyRare = true;
    return parseIpv6(row, frame, l3, length);
  }
  if (type == ETHER_ARP && length >= l3 + 28) {
    setU32(rowMatchSrc, row, be32(frame + l3 + 14));
    setU32(rowMatchDst, row, be32(frame + l3 + 24));
  }
  return DROP_NONE;
}

// @ts-ignore: decorator
@inline function isTag(type: u32): bool {
  return type == 0x8100 || type == 0x88a8 || type == 0x9100;
}

// @ts-ignore: decorator
@inline function parseIpv4(row: i32, frame: usize, l3: u32, length: u32): u32 {
  const ip = frame + l3;
  const room = length - l3;
  if (room < 20) return DROP_IPV4_TOO_SHORT;
  const w0 = load<u32>(ip);
  if ((w0 & 0xf0) != 0x40) return DROP_IPV4_VERSION;
  const header = (w0 & 15) << 2;
  if (header < 20) return DROP_IPV4_HEADER_LENGTH;
  if (header > room) return DROP_IPV4_TRUNCATED;
  const w2 = load<u32>(ip, 8);
  const src = load<u32>(ip, 12), dst = load<u32>(ip, 16);
  let sum: u64 = <u64>w0 + <u64>load<u32>(ip, 4) + <u64>w2 + <u64>src + <u64>dst;
  for (let at: u32 = 20; at < header; at += 4) sum += load<u32>(ip + at);
  if (fold(sum) != 0xffff) return DROP_IPV4_CHECKSUM;
  const total = <u32>bswap<u16>(<u16>(w0 >> 16));
  if (total < header) return DROP_IPV4_TOTAL_LENGTH;
  if (total > room) return DROP_IPV4_TRUNCATED;
  const end = l3 + total;
  const proto = (w2 >> 8) & 0xff;
  const fragment = be16(ip + 6);
  setU16(rowEnd, row, end);
  setU8(ipv4Ttl, row, w2);
  setU8(ipv4Proto, row, proto);
  setU8(ipv4Dscp, row, (w0 >> 10) & 63);
  setU16(ipv4Fragment, row, fragment);
  setU32(ipv4Src, row, bswap<u32>(src));
  setU32(ipv4Dst, row, bswap<u32>(dst));
  setU32(rowMatchSrc, row, bswap<u32>(src));
  setU32(rowMatchDst, row, bswap<u32>(dst));
  setU16(rowL4, row, l3 + header);
  if (header > 20) {
    const reason = checkOptions(ip, header);
    if (reason != DROP_NONE) return reason;
  }
  if (fragment & 0x1fff) return DROP_FRAGMENT;
  if (!parseTransport(row, frame, l3 + header, end, proto)) return DROP_L4_TRUNCATED;
  if (proto == PROTO_ICMP) parseQuoted(row, frame, l3 + header, end);
  return DROP_NONE;
}

/** Layer 4 of IPv4 and IPv6; false when its header is cut short. */
// @ts-ignore: decorator
@inline export function parseTransport(
  row: i32, frame: usize, l4: u32, end: u32, proto: u32,
): bool {
  const at = frame + l4;
  const room = end - l4;
  if (proto == PROTO_TCP) {
    if (room < 20) return false;
    const ports = load<u32>(at);
    setU16(l4Sport, row, bswap<u16>(<u16>ports));
    setU16(l4Dport, row, bswap<u16>(<u16>(ports >> 16)));
    setU32(tcpSeq, row, be32(at + 4));
    setU32(tcpAck, row, be32(at + 8));
    setU8(tcpFlags, row, load<u8>(at, 13));
  } else if (proto == PROTO_UDP || proto == PROTO_SCTP) {
    if (room < (proto == PROTO_UDP ? <u32>8 : <u32>12)) return false;
    const ports = load<u32>(at);
    setU16(l4Sport, row, bswap<u16>(<u16>ports));
    setU16(l4Dport, row, bswap<u16>(<u16>(ports >> 16)));
  } else if (proto == PROTO_ICMP) {
    if (room < 8) return false;
    setU8(icmpType, row, load<u8>(at));
    setU8(icmpCode, row, load<u8>(at, 1));
    if (isIcmpQuery(load<u8>(at))) setU16(rowIcmpId, row, be16(at + 4));
  }
  return true;
}

/** Echo, timestamp, information and address mask, both ways (RFC 792, RFC 950). */
export function isIcmpQuery(type: u32): bool {
  return type == 0 || type == 8 || (type >= 13 && type <= 18);
}

/** Replies to echo, timestamp, information and address mask requests. */
export function isIcmpReply(type: u32): bool {
  return type == 0 || type == 14 || type == 16 || type == 18;
}

/** RFC 1812 3.2.2: unreachable, source quench, redirect, time exceeded, parameter problem. */
export function isIcmpError(type: u32): bool {
  return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

/** The packet inside an ICMP error (RFC 792). */
function parseQuoted(row: i32, frame: usize, icmp: u32, end: u32): void {
  if (!isIcmpError(load<u8>(frame + icmp))) return;
  const ip = frame + icmp + 8;
  const room = end - icmp - 8;
  if (room < 20 || (load<u8>(ip) & 0xf0) != 0x40) return;
  const header: u32 = (load<u8>(ip) & 15) << 2;
  if (header < 20) return;
  dirtyRare = true;
  const proto: u32 = load<u8>(ip, 9);
  setU16(rowQuoted, row, icmp + 8);
  setU32(quotedIpv4Src, row, be32(ip + 12));
  setU32(quotedIpv4Dst, row, be32(ip + 16));
  setU8(quotedIpv4Proto, row, proto);
  if (be16(ip + 6) & 0x1fff) return;
  if (proto == PROTO_TCP || proto == PROTO_UDP || proto == PROTO_SCTP) {
    if (room < header + 4) return;
    setU16(quotedL4Sport, row, be16(ip + header));
    setU16(quotedL4Dport, row, be16(ip + header + 2));
  } else if (proto == PROTO_ICMP && room >= header + 8 && isIcmpQuery(load<u8>(ip + header))) {
    setU16(rowQuotedId, row, be16(ip + header + 4));
  }
}

/**
 * DROP_NONE, or what is wrong with the options: a loose or strict source route (RFC 791, RFC 7126
 * 4.3, 4.4), or a list that does not end where the header does (RFC 1812 5.2.2: malformed).
 */
function checkOptions(ip: usize, header: u32): u32 {
  let at: u32 = 20;
  while (at < header) {
    const kind: u32 = load<u8>(ip + at);
    if (kind == 0) return DROP_NONE;
    if (kind == 131 || kind == 137) return DROP_SOURCE_ROUTE;
    if (kind == 1) {
      at++;
      continue;
    }
    if (at + 1 >= header) return DROP_IPV4_OPTIONS;
    const size: u32 = load<u8>(ip + at, 1);
    if (size < 2 || at + size > header) return DROP_IPV4_OPTIONS;
    at += size;
  }
  return DROP_NONE;
}

function clearRareColumns(): void {
  const rows = VECTOR_ROWS_MAX;
  memory.fill(quotedIpv4Src, 0, rows * 4); memory.fill(quotedIpv4Dst, 0, rows * 4);
  memory.fill(quotedIpv4Proto, 0, rows);
  memory.fill(quotedL4Sport, 0, rows * 2); memory.fill(quotedL4Dport, 0, rows * 2);
  clearIpv6Columns();
}
