/** TCP segments (RFC 9293 §3.1). */
import { readU16, readU32, writeU16, writeU32 } from './byte-order.ts';
import { checksum } from './checksum.ts';

export const TCP_HEADER_SIZE_MIN = 20;
export const TCP_OPTIONS_SIZE_MAX = 40;

/** The low eight flag bits, by the names that packet texts and descriptions use. */
export const TCP_FLAGS = {
  fin: 0x01,
  syn: 0x02,
  rst: 0x04,
  psh: 0x08,
  ack: 0x10,
  urg: 0x20,
  ece: 0x40,
  cwr: 0x80,
} as const;

//  | source port 16        | destination port 16        |
//  | sequence 32                                        |
//  | acknowledgement 32                                 |
//  | offset 4 | reserved 4 | flags 8 | window 16        |
//  | checksum 16           | urgent pointer 16          |
//  | options, 0 to 40 bytes                             |

export interface TcpFields {
  sourcePort: number;
  destinationPort: number;
  sequence: number;
  acknowledgement: number;
  /** Bits of TCP_FLAGS. */
  flags: number;
  window: number;
  urgentPointer: number;
  options: Uint8Array;
  payload: Uint8Array;
}

export interface TcpSegment extends TcpFields {
  /** Bytes of the header with its options, 20..60. */
  headerSize: number;
  checksum: number;
}

export type TcpRefusal = 'tcp-too-short' | 'tcp-data-offset';

/** Reads a segment: its data offset is at least 20 and within it. The checksum is not verified. */
export function readTcp(bytes: Uint8Array): TcpSegment | TcpRefusal {
  if (bytes.length < TCP_HEADER_SIZE_MIN) return 'tcp-too-short';
  const headerSize = (bytes[12] >>> 4) * 4;
  if (headerSize < TCP_HEADER_SIZE_MIN || headerSize > bytes.length) return 'tcp-data-offset';
  return {
    sourcePort: readU16(bytes, 0),
    destinationPort: readU16(bytes, 2),
    sequence: readU32(bytes, 4),
    acknowledgement: readU32(bytes, 8),
    headerSize,
    flags: bytes[13],
    window: readU16(bytes, 14),
    checksum: readU16(bytes, 16),
    urgentPointer: readU16(bytes, 18),
    options: bytes.subarray(TCP_HEADER_SIZE_MIN, headerSize),
    payload: bytes.subarray(headerSize),
  };
}

/**
 * The bytes of a segment, options padded with zeros. `pseudoSum` gives the pseudo-header's sum for
 * a size in bytes (`pseudoHeaderSum`). Throws RangeError for more than 40 bytes of options.
 */
export function buildTcp(
  fields: TcpFields,
  pseudoSum: (size: number) => number,
): Uint8Array<ArrayBuffer> {
  if (fields.options.length > TCP_OPTIONS_SIZE_MAX) throw new RangeError('too many TCP options');
  const headerSize = TCP_HEADER_SIZE_MIN + Math.ceil(fields.options.length / 4) * 4;
  const bytes = new Uint8Array(headerSize + fields.payload.length);
  writeU16(bytes, 0, fields.sourcePort);
  writeU16(bytes, 2, fields.destinationPort);
  writeU32(bytes, 4, fields.sequence);
  writeU32(bytes, 8, fields.acknowledgement);
  bytes[12] = (headerSize / 4) << 4;
  bytes[13] = fields.flags;
  writeU16(bytes, 14, fields.window);
  writeU16(bytes, 18, fields.urgentPointer);
  bytes.set(fields.options, TCP_HEADER_SIZE_MIN);
  bytes.set(fields.payload, headerSize);
  writeU16(bytes, 16, checksum(bytes, pseudoSum(bytes.length)));
  return bytes;
}

/** The names of the flags set, joined by `-` in a fixed order (`syn-ack`); `none` if none is. */
export function describeTcpFlags(flags: number): string {
  const names = Object.entries(TCP_FLAGS).filter(([, bit]) => (flags & bit) !== 0);
  return names.map(([name]) => name).join('-') || 'none';
}

/** Such as `flags syn seq 1 ack 0 win 64240 length 0`, the length being the payload's. */
export function describeTcp(segment: TcpSegment): string {
  const numbers = `seq ${segment.sequence} ack ${segment.acknowledgement} win ${segment.window}`;
  return `flags ${describeTcpFlags(segment.flags)} ${numbers} length ${segment.payload.length}`;
}
