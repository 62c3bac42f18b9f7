/** IPv4 packets with options and fragments (RFC 791 §3.1). */
import { readU16, readU32, writeU16, writeU32 } from './byte-order.ts';
import { checksum } from './checksum.ts';

export const IPV4_HEADER_SIZE_MIN = 20;
export const IPV4_OPTIONS_SIZE_MAX = 40;
export const IPV4_SIZE_MAX = 65_535;
/** Bits of `fragment`; the low 13 bits are the offset in units of 8 bytes. */
export const IPV4_DONT_FRAGMENT = 0x4000;
export const IPV4_MORE_FRAGMENTS = 0x2000;
export const IPV4_OFFSET_MASK = 0x1fff;
export const OPTION_LOOSE_SOURCE_ROUTE = 131;
export const OPTION_STRICT_SOURCE_ROUTE = 137;
const OPTION_END = 0;
const OPTION_NO_OPERATION = 1;

//  0                   1                   2                   3
//  |ver.4 |IHL 4 |DSCP 6   |ECN 2| total length 16               |
//  | identification 16           |0|DF|MF| offset 13 (x 8 bytes) |
//  | TTL 8       | protocol 8    | header checksum 16            |
//  | source 32                                                   |
//  | destination 32                                              |
//  | options, 0 to 40 bytes                                      |

/** What a writer chooses; lengths and checksum follow from it. */
export interface Ipv4Fields {
  /** 0..63, the upper six bits of TOS. */
  dscp: number;
  /** 0..3 (RFC 3168). */
  ecn: number;
  identification: number;
  /** The 16 wire bits: reserved, DF, MF and the offset in units of 8 bytes. */
  fragment: number;
  ttl: number;
  protocol: number;
  source: number;
  destination: number;
  options: Uint8Array;
  payload: Uint8Array;
}

/** What a reader finds. */
export interface Ipv4Packet extends Ipv4Fields {
  /** Bytes of the header with its options, 20..60. */
  headerSize: number;
  totalLength: number;
  checksum: number;
}

/** The names are drop reasons. */
export type Ipv4Refusal =
  | 'ipv4-too-short'
  | 'ipv4-version'
  | 'ipv4-header-length'
  | 'ipv4-truncated'
  | 'ipv4-checksum'
  | 'ipv4-total-length';

function refuseIpv4(body: Uint8Array): Ipv4Refusal | null {
  if (body.length < IPV4_HEADER_SIZE_MIN) return 'ipv4-too-short';
  if (body[0] >>> 4 !== 4) return 'ipv4-version';
  const headerSize = (body[0] & 0x0f) * 4;
  if (headerSize < IPV4_HEADER_SIZE_MIN) return 'ipv4-header-length';
  if (headerSize > body.length) return 'ipv4-truncated';
  if (checksum(body.subarray(0, headerSize)) !== 0) return 'ipv4-checksum';
  const totalLength = readU16(body, 2);
  if (totalLength < headerSize) return 'ipv4-total-length';
  return totalLength > body.length ? 'ipv4-truncated' : null;
}

/**
 * Reads a packet that passes the checks of RFC 1812 §5.2.2, or says which check it fails first.
 * Options and payload are views; the payload ends at the total length, so link padding is left out.
 */
export function readIpv4(body: Uint8Array): Ipv4Packet | Ipv4Refusal {
  const refusal = refuseIpv4(body);
  if (refusal !== null) return refusal;
  const headerSize = (body[0] & 0x0f) * 4;
  const totalLength = readU16(body, 2);
  return {
    headerSize,
    dscp: body[1] >>> 2,
    ecn: body[1] & 3,
    totalLength,
    identification: readU16(body, 4),
    fragment: readU16(body, 6),
    ttl: body[8],
    protocol: body[9],
    checksum: readU16(body, 10),
    source: readU32(body, 12),
    destination: readU32(body, 16),
    options: body.subarray(IPV4_HEADER_SIZE_MIN, headerSize),
    payload: body.subarray(headerSize, totalLength),
  };
}

/**
 * The bytes of a packet, header checksum set, options padded to a multiple of 4 with zeros.
 * Throws RangeError for more than 40 bytes of options or 65,535 in all.
 */
export function buildIpv4(fields: Ipv4Fields): Uint8Array<ArrayBuffer> {
  if (fields.options.length > IPV4_OPTIONS_SIZE_MAX) throw new RangeError('too many IPv4 options');
  const headerSize = IPV4_HEADER_SIZE_MIN + Math.ceil(fields.options.length / 4) * 4;
  const totalLength = headerSize + fields.payload.length;
  if (totalLength > IPV4_SIZE_MAX) throw new RangeError('IPv4 packet above 65,535 bytes');
  const body = new Uint8Array(totalLength);
  body[0] = 0x40 | (headerSize / 4);
  body[1] = (fields.dscp << 2) | fields.ecn;
  writeU16(body, 2, totalLength);
  writeU16(body, 4, fields.identification);
  writeU16(body, 6, fields.fragment);
  body[8] = fields.ttl;
  body[9] = fields.protocol;
  writeU32(body, 12, fields.source);
  writeU32(body, 16, fields.destination);
  body.set(fields.options, IPV4_HEADER_SIZE_MIN);
  writeU16(body, 10, checksum(body.subarray(0, headerSize)));
  body.set(fields.payload, headerSize);
  return body;
}

export interface Ipv4Option {
  /** The option's first byte: copied flag, class and number. */
  type: number;
  /** What follows type and length; empty for a no-operation. */
  data: Uint8Array;
}

/**
 * The options up to the end of the list. A malformed one ends the list too; it is in it, with the
 * data that is there, so that nobody hides an option's type behind a false length.
 */
export function readIpv4Options(options: Uint8Array): Ipv4Option[] {
  const found: Ipv4Option[] = [];
  let offset = 0;
  while (offset < options.length && options[offset] !== OPTION_END) {
    const type = options[offset];
    if (type === OPTION_NO_OPERATION) {
      found.push({ type, data: options.subarray(offset, offset) });
      offset += 1;
      continue;
    }
    const size = offset + 1 < options.length ? options[offset + 1] : 0;
    const end = Math.min(offset + size, options.length);
    const start = Math.min(offset + 2, end);
    found.push({ type, data: options.subarray(start, end) });
    if (size < 2) break;
    offset += size;
  }
  return found;
}

/** Whether the options name a route of their own (RFC 791 §3.1; refused as RFC 7126 §4.3 asks). */
export function isSourceRouted(options: Uint8Array): boolean {
  return readIpv4Options(options).some(
    ({ type }) => type === OPTION_LOOSE_SOURCE_ROUTE || type === OPTION_STRICT_SOURCE_ROUTE,
  );
}

/** Whether an option has an impossible length: the list then ends nowhere (RFC 1812 §5.2.2). */
export function hasMalformedOption(options: Uint8Array): boolean {
  for (let offset = 0; offset < options.length && options[offset] !== OPTION_END; ) {
    const isLong = options[offset] !== OPTION_NO_OPERATION;
    const size = isLong ? (options[offset + 1] ?? 0) : 1;
    if ((isLong && size < 2) || offset + size > options.length) return true;
    offset += size;
  }
  return false;
}

/** The fragment's place in the original payload, in bytes. */
export function fragmentOffset(fragment: number): number {
  return (fragment & IPV4_OFFSET_MASK) * 8;
}

/** `id ID frag OFFSET+` in bytes, `+` if more follow; empty if the packet is whole. */
function describeFragment({ identification, fragment }: Ipv4Packet): string {
  const hasMore = (fragment & IPV4_MORE_FRAGMENTS) !== 0;
  const offset = fragmentOffset(fragment);
  return hasMore || offset > 0 ? `id ${identification} frag ${offset}${hasMore ? '+' : ''}` : '';
}

/** All but addresses and protocol, such as `ttl 64 dscp 46 id 7 frag 1480+ options 4`. */
export function describeIpv4(packet: Ipv4Packet): string {
  const words = [
    `ttl ${packet.ttl}`,
    packet.dscp === 0 ? '' : `dscp ${packet.dscp}`,
    describeFragment(packet),
    packet.options.length === 0 ? '' : `options ${packet.options.length}`,
  ];
  return words.filter((word) => word !== '').join(' ');
}
