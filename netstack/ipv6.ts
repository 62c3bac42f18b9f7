/** IPv6 packets with extension headers (RFC 8200 §3, §4). */
import { readU16, readU32, readU128, writeU16, writeU32, writeU128 } from './byte-order.ts';
import {
  PROTOCOL_AUTHENTICATION,
  PROTOCOL_DESTINATION_OPTIONS,
  PROTOCOL_FRAGMENT,
  PROTOCOL_HOP_BY_HOP,
  PROTOCOL_MOBILITY,
  PROTOCOL_ROUTING,
} from './protocols.ts';

export const IPV6_HEADER_SIZE = 40;
export const IPV6_PAYLOAD_SIZE_MAX = 65_535;
/** A longer chain is refused: no real packet has one, and walking it is work for an attacker. */
export const IPV6_EXTENSIONS_MAX = 8;

//  | version 4 | traffic class 8 | flow label 20                |
//  | payload length 16           | next header 8 | hop limit 8  |
//  | source 128                                                 |
//  | destination 128                                            |
//  | extension headers: next header 8, length 8 (x 8, less 8), … |

export interface Ipv6Extension {
  /** The number that announced it: PROTOCOL_ROUTING and so on. */
  protocol: number;
  /** The whole header. A writer sets its first byte, the next header. */
  bytes: Uint8Array;
}

/** The fixed header. */
export interface Ipv6Header {
  trafficClass: number;
  flowLabel: number;
  hopLimit: number;
  source: bigint;
  destination: bigint;
}

/** What a writer chooses; payload length and the next headers follow from it. */
export interface Ipv6Fields extends Ipv6Header {
  extensions: Ipv6Extension[];
  /** The upper-layer protocol, after the extension headers. */
  protocol: number;
  payload: Uint8Array;
}

/** Where the chain of extension headers leads. */
export interface Ipv6Chain {
  extensions: Ipv6Extension[];
  /** The last next-header number read: the upper-layer protocol if the chain is whole. */
  protocol: number;
  /** Bytes from the first extension header to the upper layer. */
  size: number;
  /** Whether a fragment header with an offset above 0 ended the chain: no layer 4 follows. */
  isLaterFragment: boolean;
  /** False if a header ran out of the packet or there are more than IPV6_EXTENSIONS_MAX. */
  isWhole: boolean;
}

export interface Ipv6Packet extends Ipv6Fields {
  payloadLength: number;
  isLaterFragment: boolean;
}

export type Ipv6HeaderRefusal = 'ipv6-too-short' | 'ipv6-version' | 'ipv6-truncated';
/** The names are drop reasons. */
export type Ipv6Refusal = Ipv6HeaderRefusal | 'ipv6-extension';

/** The first check of RFC 8200 §3 that the fixed header fails, or null. */
export function refuseIpv6(body: Uint8Array): Ipv6HeaderRefusal | null {
  if (body.length < IPV6_HEADER_SIZE) return 'ipv6-too-short';
  if (body[0] >>> 4 !== 6) return 'ipv6-version';
  return readU16(body, 4) > body.length - IPV6_HEADER_SIZE ? 'ipv6-truncated' : null;
}

/** The size of the extension header at `offset`; null if it is none; at least 8. */
function extensionSize(protocol: number, length: number): number | null {
  switch (protocol) {
    case PROTOCOL_HOP_BY_HOP:
    case PROTOCOL_ROUTING:
    case PROTOCOL_DESTINATION_OPTIONS:
    case PROTOCOL_MOBILITY:
      return (length + 1) * 8;
    case PROTOCOL_FRAGMENT:
      return 8;
    case PROTOCOL_AUTHENTICATION:
      return (length + 2) * 4;
    default:
      return null;
  }
}

/**
 * Walks the extension headers at the start of `payload`, at most IPV6_EXTENSIONS_MAX of them. A
 * later fragment ends the chain at its fragment header: what follows it is data.
 */
export function walkIpv6Extensions(first: number, payload: Uint8Array): Ipv6Chain {
  const chain: Ipv6Chain = {
    extensions: [],
    protocol: first,
    size: 0,
    isLaterFragment: false,
    isWhole: false,
  };
  while (!chain.isLaterFragment && extensionSize(chain.protocol, 0) !== null) {
    const { protocol, size: start } = chain;
    if (chain.extensions.length === IPV6_EXTENSIONS_MAX || start + 8 > payload.length) return chain;
    const end = start + (extensionSize(protocol, payload[start + 1]) as number);
    chain.protocol = payload[start];
    if (end > payload.length) return chain;
    chain.extensions.push({ protocol, bytes: payload.subarray(start, end) });
    chain.size = end;
    chain.isLaterFragment =
      protocol === PROTOCOL_FRAGMENT && (readU16(payload, start + 2) & 0xfff8) !== 0;
  }
  chain.isWhole = true;
  return chain;
}

/** The fixed header of a body that `refuseIpv6` has passed. */
export function readIpv6Header(body: Uint8Array): Ipv6Header {
  const word = readU32(body, 0);
  return {
    trafficClass: (word >>> 20) & 0xff,
    flowLabel: word & 0xfffff,
    hopLimit: body[7],
    source: readU128(body, 8),
    destination: readU128(body, 24),
  };
}

/** Reads a packet or says why not. Extensions and payload are views, within the payload length. */
export function readIpv6(body: Uint8Array): Ipv6Packet | Ipv6Refusal {
  const refusal = refuseIpv6(body);
  if (refusal !== null) return refusal;
  const payloadLength = readU16(body, 4);
  const rest = body.subarray(IPV6_HEADER_SIZE, IPV6_HEADER_SIZE + payloadLength);
  const chain = walkIpv6Extensions(body[6], rest);
  if (!chain.isWhole) return 'ipv6-extension';
  return {
    ...readIpv6Header(body),
    payloadLength,
    extensions: chain.extensions,
    protocol: chain.protocol,
    isLaterFragment: chain.isLaterFragment,
    payload: rest.subarray(chain.size),
  };
}

/** The bytes of a packet. Throws RangeError for extensions and payload above 65,535 bytes. */
export function buildIpv6(fields: Ipv6Fields): Uint8Array<ArrayBuffer> {
  const { extensions, payload } = fields;
  const size = extensions.reduce((sum, { bytes }) => sum + bytes.length, payload.length);
  if (size > IPV6_PAYLOAD_SIZE_MAX) throw new RangeError('IPv6 payload above 65,535 bytes');
  const body = new Uint8Array(IPV6_HEADER_SIZE + size);
  writeU32(body, 0, 0x6000_0000 + (fields.trafficClass << 20) + fields.flowLabel);
  writeU16(body, 4, size);
  body[7] = fields.hopLimit;
  writeU128(body, 8, fields.source);
  writeU128(body, 24, fields.destination);
  let offset = IPV6_HEADER_SIZE;
  let nextHeaderOffset = 6;
  for (const { protocol, bytes } of extensions) {
    body.set(bytes, offset);
    body[nextHeaderOffset] = protocol;
    nextHeaderOffset = offset;
    offset += bytes.length;
  }
  body[nextHeaderOffset] = fields.protocol;
  body.set(payload, offset);
  return body;
}

/** All but addresses and protocol, such as `hops 64 extensions 0,44 later fragment`. */
export function describeIpv6(packet: Ipv6Packet): string {
  const extensions = packet.extensions.map(({ protocol }) => protocol).join(',');
  const chain = extensions === '' ? '' : ` extensions ${extensions}`;
  return `hops ${packet.hopLimit}${chain}${packet.isLaterFragment ? ' later fragment' : ''}`;
}
