/** SCTP packets: the common header and its chunks (RFC 9260 §3). */
import { readU16, readU32, writeU16, writeU32 } from './byte-order.ts';
import { crc32c } from './crc32c.ts';

export const SCTP_HEADER_SIZE = 12;
const CHUNK_HEADER_SIZE = 4;

export interface SctpChunk {
  type: number;
  flags: number;
  value: Uint8Array;
}

export interface SctpFields {
  sourcePort: number;
  destinationPort: number;
  verificationTag: number;
  chunks: SctpChunk[];
}

export interface SctpPacket extends SctpFields {
  /** The CRC-32C as a number (`crc32c`); the wire has its least significant byte first. */
  checksum: number;
}

export type SctpRefusal = 'sctp-too-short' | 'sctp-chunk-length';

function swap32(value: number): number {
  const low = ((value & 0xff) << 24) | ((value & 0xff00) << 8);
  return (low | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;
}

function paddedSize(chunk: SctpChunk): number {
  return Math.ceil((CHUNK_HEADER_SIZE + chunk.value.length) / 4) * 4;
}

/** Reads a packet whose chunks fill it; the last one may lack its padding. */
export function readSctp(bytes: Uint8Array): SctpPacket | SctpRefusal {
  if (bytes.length < SCTP_HEADER_SIZE) return 'sctp-too-short';
  const chunks: SctpChunk[] = [];
  let offset = SCTP_HEADER_SIZE;
  while (offset < bytes.length) {
    if (offset + CHUNK_HEADER_SIZE > bytes.length) return 'sctp-chunk-length';
    const length = readU16(bytes, offset + 2);
    const isWithin = length >= CHUNK_HEADER_SIZE && offset + length <= bytes.length;
    if (!isWithin) return 'sctp-chunk-length';
    const value = bytes.subarray(offset + CHUNK_HEADER_SIZE, offset + length);
    chunks.push({ type: bytes[offset], flags: bytes[offset + 1], value });
    offset += Math.ceil(length / 4) * 4;
  }
  return {
    sourcePort: readU16(bytes, 0),
    destinationPort: readU16(bytes, 2),
    verificationTag: readU32(bytes, 4),
    checksum: swap32(readU32(bytes, 8)),
    chunks,
  };
}

/** The bytes of a packet, CRC-32C set, every chunk padded with zeros to a multiple of 4. */
export function buildSctp(fields: SctpFields): Uint8Array<ArrayBuffer> {
  const size = fields.chunks.reduce((sum, chunk) => sum + paddedSize(chunk), SCTP_HEADER_SIZE);
  const bytes = new Uint8Array(size);
  writeU16(bytes, 0, fields.sourcePort);
  writeU16(bytes, 2, fields.destinationPort);
  writeU32(bytes, 4, fields.verificationTag);
  let offset = SCTP_HEADER_SIZE;
  for (const chunk of fields.chunks) {
    bytes[offset] = chunk.type;
    bytes[offset + 1] = chunk.flags;
    writeU16(bytes, offset + 2, CHUNK_HEADER_SIZE + chunk.value.length);
    bytes.set(chunk.value, offset + CHUNK_HEADER_SIZE);
    offset += paddedSize(chunk);
  }
  writeU32(bytes, 8, swap32(crc32c(bytes)));
  return bytes;
}

/** Such as `tag 0x12345678 chunks 1,10`. */
export function describeSctp(packet: SctpPacket): string {
  const tag = packet.verificationTag.toString(16).padStart(8, '0');
  const chunks = packet.chunks.map((chunk) => chunk.type).join(',') || 'none';
  return `tag 0x${tag} chunks ${chunks}`;
}
