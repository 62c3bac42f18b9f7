/** ICMPv6 messages (RFC 4443, neighbour discovery of RFC 4861). */
import { formatIpv6 } from './address6.ts';
import { readU16, readU32, readU128, writeU16, writeU32 } from './byte-order.ts';
import { checksum, pseudoHeaderSum6 } from './checksum.ts';
import { PROTOCOL_ICMPV6 } from './protocols.ts';

export const ICMPV6_HEADER_SIZE = 8;
export const ICMPV6_PACKET_TOO_BIG = 2;
export const ICMPV6_ECHO_REQUEST = 128;
export const ICMPV6_ECHO_REPLY = 129;
export const ICMPV6_NEIGHBOR_SOLICITATION = 135;
export const ICMPV6_NEIGHBOR_ADVERTISEMENT = 136;

const NAMES = new Map([
  [1, 'unreachable'],
  [2, 'packet-too-big'],
  [3, 'time-exceeded'],
  [4, 'parameter-problem'],
  [128, 'echo-request'],
  [129, 'echo-reply'],
  [133, 'router-solicitation'],
  [134, 'router-advertisement'],
  [135, 'neighbor-solicitation'],
  [136, 'neighbor-advertisement'],
  [137, 'redirect'],
  [143, 'multicast-listener-report'],
]);

export interface Icmpv6Fields {
  type: number;
  code: number;
  /** Bytes 4..7: identifier and sequence, the MTU, a pointer, flags. */
  rest: number;
  payload: Uint8Array;
}

export interface Icmpv6Message extends Icmpv6Fields {
  checksum: number;
}

export type Icmpv6Refusal = 'icmpv6-too-short';

/** Reads a message; the checksum is given, not verified. */
export function readIcmpv6(bytes: Uint8Array): Icmpv6Message | Icmpv6Refusal {
  if (bytes.length < ICMPV6_HEADER_SIZE) return 'icmpv6-too-short';
  return {
    type: bytes[0],
    code: bytes[1],
    checksum: readU16(bytes, 2),
    rest: readU32(bytes, 4),
    payload: bytes.subarray(ICMPV6_HEADER_SIZE),
  };
}

/** The bytes of a message, checksum over the pseudo-header of these addresses (RFC 4443 §2.3). */
export function buildIcmpv6(
  fields: Icmpv6Fields,
  source: bigint,
  destination: bigint,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(ICMPV6_HEADER_SIZE + fields.payload.length);
  bytes[0] = fields.type;
  bytes[1] = fields.code;
  writeU32(bytes, 4, fields.rest);
  bytes.set(fields.payload, ICMPV6_HEADER_SIZE);
  const pseudo = pseudoHeaderSum6(source, destination, PROTOCOL_ICMPV6, bytes.length);
  writeU16(bytes, 2, checksum(bytes, pseudo));
  return bytes;
}

/** Such as `neighbor-solicitation fe80::1 length 32` or `echo-request id 7 seq 1 length 16`. */
export function describeIcmpv6(message: Icmpv6Message): string {
  const { type, code, rest, payload } = message;
  const words = [NAMES.get(type) ?? `type ${type}`];
  if (code !== 0) words.push(`code ${code}`);
  if (type === ICMPV6_ECHO_REQUEST || type === ICMPV6_ECHO_REPLY) {
    words.push(`id ${rest >>> 16} seq ${rest & 0xffff}`);
  }
  if (type === ICMPV6_PACKET_TOO_BIG) words.push(`mtu ${rest}`);
  const isNeighbor =
    type === ICMPV6_NEIGHBOR_SOLICITATION || type === ICMPV6_NEIGHBOR_ADVERTISEMENT;
  if (isNeighbor && payload.length >= 16) words.push(formatIpv6(readU128(payload, 0)));
  words.push(`length ${ICMPV6_HEADER_SIZE + payload.length}`);
  return words.join(' ');
}
