/** IPv6 (RFC 8200): read and checked as IPv4 is, and then dropped, since it is not forwarded. */
import {
  DROP_IPV6_EXTENSION, DROP_IPV6_NOT_FORWARDED, DROP_IPV6_TOO_SHORT, DROP_IPV6_TRUNCATED,
  DROP_IPV6_VERSION,
} from '../../config/abi';
import { be16, parseTransport } from './parse';
import { IPV6_EXTENSIONS_MAX, PROTO_ICMP, PROTO_ICMPV6 } from './protocol-numbers';
import {
  icmpCode, icmpType, ipv6Dst, ipv6Hops, ipv6Next, ipv6Src, rowEnd, rowL4,
} from './row-columns';
import { setU16, setU8 } from './rows';

export function parseIpv6(row: i32, frame: usize, l3: u32, length: u32): u32 {
  const ip = frame + l3, room = length - l3;
  if (room < 40) return DROP_IPV6_TOO_SHORT;
  if ((load<u8>(ip) & 0xf0) != 0x60) return DROP_IPV6_VERSION;
  const size = be16(ip + 4);
  if (size > room - 40) return DROP_IPV6_TRUNCATED;
  const end = l3 + 40 + size;
  setU16(rowEnd, row, end);
  setU8(ipv6Hops, row, load<u8>(ip, 7));
  v128.store(<usize>row << 4, v128.load(ip, 8), ipv6Src);
  v128.store(<usize>row << 4, v128.load(ip, 24), ipv6Dst);
  let next: u32 = load<u8>(ip, 6);
  setU8(ipv6Next, row, next);
  let at = l3 + 40;
  let isLater = false;
  for (let n = 0; n < IPV6_EXTENSIONS_MAX && isExtension(next) && !isLater; n++) {
    if (at + 8 > end) return DROP_IPV6_EXTENSION;
    const kind = next;
    next = load<u8>(frame + at);
    const units: u32 = load<u8>(frame + at, 1);
    if (kind == 44) {
      isLater = (be16(frame + at + 2) & 0xfff8) != 0;
      at += 8;
    } else at += kind == 51 ? (units + 2) << 2 : (units + 1) << 3;
    setU8(ipv6Next, row, next);
    if (at > end) return DROP_IPV6_EXTENSION;
  }
  if (!isLater && isExtension(next)) return DROP_IPV6_EXTENSION;
  if (isLater) return DROP_IPV6_NOT_FORWARDED;
  setU16(rowL4, row, at);
  if (next == PROTO_ICMPV6) {
    if (end - at >= 8) {
      setU8(icmpType, row, load<u8>(frame + at));
      setU8(icmpCode, row, load<u8>(frame + at, 1));
    }
  } else if (next != PROTO_ICMP) parseTransport(row, frame, at, end, next);
  return DROP_IPV6_NOT_FORWARDED;
}

/** Hop-by-hop, routing, fragment, authentication, destination options, mobility. */
function isExtension(next: u32): bool {
  return next == 0 || next == 43 || next == 44 || next == 51 || next == 60 || next == 135;
}
