/**
 * ICMP to the router itself: an echo request becomes its own reply, in place (RFC 1812 4.3.3.6).
 */
import { isGroupOrReserved, isThisOrLoopback } from 'sluice/address';
import {
  ICMP_ECHO, ICMP_ECHO_REPLY, ICMP_PARAMETER_PROBLEM, ICMP_TIME_EXCEEDED, ICMP_UNREACHABLE,
} from 'sluice/icmp';
import { IPV4_FRAGMENT_OFFSET_MASK, IPV4_MORE_FRAGMENTS } from 'sluice/ipv4';
import { DROP_ECHO_FRAGMENT, DROP_ICMP_NOT_ANSWERED, local, rowCount } from './manifest';

/** RFC 1700's default; never what the request had (RFC 1812 4.3.2.2). */
const REPLY_TTL: u32 = 64;

export function processLocal(): void {
  const count = rowCount();
  for (let row: u32 = 0; row < count; row++) local.setVerdict(row, judge(row));
}

function judge(row: u32): u32 {
  const type = local.icmpType(row);
  if (type == ICMP_ECHO) return reply(row);
  return isForRouter(type) ? local.CONSUME : DROP_ICMP_NOT_ANSWERED;
}

/** What a host is told and has no use for, but takes in. Redirects are not for routers. */
function isForRouter(type: u32): bool {
  return type == ICMP_ECHO_REPLY || type == ICMP_UNREACHABLE || type == ICMP_TIME_EXCEEDED
    || type == ICMP_PARAMETER_PROBLEM;
}

function reply(row: u32): u32 {
  const fragment = local.ipv4Fragment(row);
  // Nothing is reassembled yet, and half an echo has no good checksum.
  if (fragment & (IPV4_MORE_FRAGMENTS | IPV4_FRAGMENT_OFFSET_MASK)) return DROP_ECHO_FRAGMENT;
  const src = local.ipv4Src(row);
  if (isGroupOrReserved(src) || isThisOrLoopback(src)) return DROP_ICMP_NOT_ANSWERED;
  local.setIpv4Src(row, local.ipv4Dst(row));
  local.setIpv4Dst(row, src);
  local.setIpv4Ttl(row, REPLY_TTL);
  local.setIcmpType(row, ICMP_ECHO_REPLY);
  return local.OUTPUT_REPLY;
}
