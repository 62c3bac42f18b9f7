/** ICMP messages (RFC 792). */
import { readU16, readU32, writeU16, writeU32 } from './byte-order.ts';
import { checksum } from './checksum.ts';

export const ICMP_HEADER_SIZE = 8;
export const ICMP_ECHO_REPLY = 0;
export const ICMP_UNREACHABLE = 3;
export const ICMP_ECHO_REQUEST = 8;
export const ICMP_TIME_EXCEEDED = 11;

/** The messages that quote the packet they are about (RFC 1812 §4.3.2.7). */
const ERROR_TYPES = new Set([3, 4, 5, 11, 12]);
/** The messages with an identifier: echo, timestamp, information and address mask, both ways. */
const QUERY_TYPES = new Set([0, 8, 13, 14, 15, 16, 17, 18]);

const NAMES = new Map([
  [0, 'echo-reply'],
  [3, 'unreachable'],
  [4, 'source-quench'],
  [5, 'redirect'],
  [8, 'echo-request'],
  [9, 'router-advertisement'],
  [10, 'router-solicitation'],
  [11, 'time-exceeded'],
  [12, 'parameter-problem'],
  [13, 'timestamp-request'],
  [14, 'timestamp-reply'],
]);

export interface IcmpFields {
  type: number;
  code: number;
  /** Bytes 4..7: identifier and sequence of a query, a pointer, a gateway or the next-hop MTU. */
  rest: number;
  /** What follows the 8 bytes: echoed data or the quoted packet. */
  payload: Uint8Array;
}

export interface IcmpMessage extends IcmpFields {
  checksum: number;
}

export type IcmpRefusal = 'icmp-too-short';

/** Whether the type is an error's: its payload quotes a packet. */
export function isIcmpError(type: number): boolean {
  return ERROR_TYPES.has(type);
}

/** Whether the type is a query's or its reply's: bytes 4..5 are an identifier. */
export function isIcmpQuery(type: number): boolean {
  return QUERY_TYPES.has(type);
}

/** Reads a message; the checksum is given, not verified: `checksum(bytes)` is 0 for a good one. */
export function readIcmp(bytes: Uint8Array): IcmpMessage | IcmpRefusal {
  if (bytes.length < ICMP_HEADER_SIZE) return 'icmp-too-short';
  return {
    type: bytes[0],
    code: bytes[1],
    checksum: readU16(bytes, 2),
    rest: readU32(bytes, 4),
    payload: bytes.subarray(ICMP_HEADER_SIZE),
  };
}

/** The bytes of a message, checksum set. */
export function buildIcmp(fields: IcmpFields): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(ICMP_HEADER_SIZE + fields.payload.length);
  bytes[0] = fields.type;
  bytes[1] = fields.code;
  writeU32(bytes, 4, fields.rest);
  bytes.set(fields.payload, ICMP_HEADER_SIZE);
  writeU16(bytes, 2, checksum(bytes));
  return bytes;
}

/** Such as `echo-request id 7 seq 1 length 64` or `unreachable code 4 length 36`. */
export function describeIcmp(message: IcmpMessage): string {
  const { type, code, rest } = message;
  const name = NAMES.get(type) ?? `type ${type}`;
  const query = isIcmpQuery(type) ? ` id ${rest >>> 16} seq ${rest & 0xffff}` : '';
  const length = ICMP_HEADER_SIZE + message.payload.length;
  return `${name}${code === 0 ? '' : ` code ${code}`}${query} length ${length}`;
}
