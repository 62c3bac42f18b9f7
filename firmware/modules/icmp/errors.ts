/**
 * ICMP errors for rows that were stopped (RFC 1812 4.3.3). The row itself is dropped with the
 * reason that it came with; what is sent, if anything, is a frame that answers it.
 */
import {
  DROP_HOST_UNREACHABLE, DROP_NO_ROUTE, DROP_TOO_BIG, DROP_TTL_EXPIRED, VERDICT_DROP,
} from 'sluice/abi';
import { isGroupMac, isGroupOrReserved, isThisOrLoopback } from 'sluice/address';
import { ETHERNET_SIZE, ETHERNET_TYPE, ETHER_IPV4 } from 'sluice/ethernet';
import {
  ICMP_CODE, ICMP_ECHO, ICMP_ECHO_REPLY, ICMP_MASK_REPLY, ICMP_NEXT_HOP_MTU, ICMP_SIZE,
  ICMP_TIMESTAMP, ICMP_TIME_EXCEEDED, ICMP_TYPE, ICMP_UNREACHABLE, UNREACHABLE_HOST,
  UNREACHABLE_NET, UNREACHABLE_TOO_BIG,
} from 'sluice/icmp';
import { interfaceAddress, isAnySubnetEdge, isConfigured, isOwnAddress } from 'sluice/interfaces';
import {
  IPV4_DONT_FRAGMENT, IPV4_DST, IPV4_FRAGMENT, IPV4_FRAGMENT_OFFSET_MASK, IPV4_PROTO, IPV4_SIZE,
  IPV4_SRC, IPV4_TOS, IPV4_TOS_CONTROL, IPV4_TOTAL_LENGTH, IPV4_TTL, IPV4_VERSION_4_WORDS_5,
  IPV4_VERSION_IHL, PROTO_ICMP,
} from 'sluice/ipv4';
import { appendFrame } from 'sluice/region';
import { setWire16, setWire32 } from 'sluice/wire';
import { takeCredit } from './error-rate';
import { errors, frames, now, rowCount } from './manifest';

/** RFC 1812 4.3.2.3: as much of the original as fits into a datagram of 576 bytes. */
const DATAGRAM_SIZE_MAX: u32 = 576;
const QUOTE_SIZE_MAX: u32 = DATAGRAM_SIZE_MAX - <u32>(IPV4_SIZE + ICMP_SIZE);
const ERROR_TTL: u32 = 64;
/** Type and code in one number; none is 0, which would be an echo reply. */
const ERROR_NONE: u32 = 0;

export function processErrors(): void {
  const count = rowCount();
  for (let row: u32 = 0; row < count; row++) {
    answer(row);
    errors.setVerdict(row, VERDICT_DROP);
  }
}

// @ts-ignore: decorator
@inline function errorOf(type: u32, code: u32): u32 { return (type << 8) | code; }

function errorFor(reason: u32): u32 {
  if (reason == DROP_NO_ROUTE) return errorOf(ICMP_UNREACHABLE, UNREACHABLE_NET);
  if (reason == DROP_HOST_UNREACHABLE) return errorOf(ICMP_UNREACHABLE, UNREACHABLE_HOST);
  if (reason == DROP_TOO_BIG) return errorOf(ICMP_UNREACHABLE, UNREACHABLE_TOO_BIG);
  if (reason == DROP_TTL_EXPIRED) return errorOf(ICMP_TIME_EXCEEDED, 0);
  return ERROR_NONE;
}

function answer(row: u32): void {
  const error = errorFor(errors.metaReason(row));
  const port = errors.metaIngress(row);
  if (error == ERROR_NONE || !isConfigured(port) || !isAnswerable(row)) return;
  if (!takeCredit(now())) return;
  const size = ETHERNET_SIZE + IPV4_SIZE + ICMP_SIZE;
  const frame = appendFrame(frames, size, errors.OUTPUT_ERROR, port, row, quoteSize(row));
  if (frame == 0) return;
  const mtu = errors.metaReason(row) == DROP_TOO_BIG ? errors.metaMtu(row) : 0;
  buildError(frame, interfaceAddress(port), errors.ipv4Src(row), error, mtu);
  setWire16(frame + ETHERNET_SIZE + IPV4_TOTAL_LENGTH, totalLength(quoteSize(row)));
}

function totalLength(quote: u32): u32 { return <u32>(IPV4_SIZE + ICMP_SIZE) + quote; }

/** The kernel quotes less where the packet ends before its frame does. */
function quoteSize(row: u32): u32 {
  return min<u32>(QUOTE_SIZE_MAX, errors.metaLength(row) - <u32>ETHERNET_SIZE);
}

/** RFC 1812 4.3.2.7, when not to send; these take precedence over any requirement elsewhere. */
function isAnswerable(row: u32): bool {
  const src = errors.ipv4Src(row);
  const dst = errors.ipv4Dst(row);
  if (isIcmpError(row)) return false;
  if (isGroupOrReserved(dst) || isAnySubnetEdge(dst)) return false;
  if (isGroupMac(errors.ethDst(row))) return false;
  if (isGroupOrReserved(src) || isThisOrLoopback(src) || isAnySubnetEdge(src)) return false;
  if (isOwnAddress(src)) return false;
  return (errors.ipv4Fragment(row) & IPV4_FRAGMENT_OFFSET_MASK) == 0;
}

/** An error, or a type that nobody knows: only queries and their replies are surely no errors. */
function isIcmpError(row: u32): bool {
  if (errors.ipv4Proto(row) != PROTO_ICMP) return false;
  const type = errors.icmpType(row);
  if (type == ICMP_ECHO || type == ICMP_ECHO_REPLY) return false;
  return type < ICMP_TIMESTAMP || type > ICMP_MASK_REPLY;
}

/** Ethernet, IPv4 and ICMP header; the kernel fills in MAC addresses, checksums and the quote. */
function buildError(frame: usize, src: u32, dst: u32, error: u32, mtu: u32): void {
  setWire16(frame + ETHERNET_TYPE, ETHER_IPV4);
  const packet = frame + ETHERNET_SIZE;
  store<u8>(packet + IPV4_VERSION_IHL, <u8>IPV4_VERSION_4_WORDS_5);
  store<u8>(packet + IPV4_TOS, <u8>IPV4_TOS_CONTROL);
  // RFC 6864 4.1: a datagram that nobody may fragment needs no identification.
  setWire16(packet + IPV4_FRAGMENT, IPV4_DONT_FRAGMENT);
  store<u8>(packet + IPV4_TTL, <u8>ERROR_TTL);
  store<u8>(packet + IPV4_PROTO, <u8>PROTO_ICMP);
  setWire32(packet + IPV4_SRC, src);
  setWire32(packet + IPV4_DST, dst);
  const message = packet + IPV4_SIZE;
  store<u8>(message + ICMP_TYPE, <u8>(error >> 8));
  store<u8>(message + ICMP_CODE, <u8>error);
  setWire16(message + ICMP_NEXT_HOP_MTU, mtu);
}
