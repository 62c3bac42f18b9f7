/** UDP datagrams (RFC 768; over IPv6 RFC 8200 §8.1). */
import { readU16, writeU16 } from './byte-order.ts';
import { checksum } from './checksum.ts';

export const UDP_HEADER_SIZE = 8;
export const UDP_SIZE_MAX = 65_535;

export interface UdpFields {
  sourcePort: number;
  destinationPort: number;
  payload: Uint8Array;
}

export interface UdpDatagram extends UdpFields {
  /** Header and payload, in bytes, as the header says it. */
  length: number;
  /** 0 means that the sender computed none (IPv4 only). */
  checksum: number;
}

export type UdpRefusal = 'udp-too-short' | 'udp-length';

/** Reads a datagram: its length covers the header and is there. The checksum is not verified. */
export function readUdp(bytes: Uint8Array): UdpDatagram | UdpRefusal {
  if (bytes.length < UDP_HEADER_SIZE) return 'udp-too-short';
  const length = readU16(bytes, 4);
  if (length < UDP_HEADER_SIZE || length > bytes.length) return 'udp-length';
  return {
    sourcePort: readU16(bytes, 0),
    destinationPort: readU16(bytes, 2),
    length,
    checksum: readU16(bytes, 6),
    payload: bytes.subarray(UDP_HEADER_SIZE, length),
  };
}

/**
 * The bytes of a datagram. `pseudoSum` gives the pseudo-header's sum for a size in bytes
 * (`pseudoHeaderSum`). A checksum of 0 is sent as ffff (RFC 768). Throws RangeError above 65,535.
 */
export function buildUdp(
  fields: UdpFields,
  pseudoSum: (size: number) => number,
): Uint8Array<ArrayBuffer> {
  const size = UDP_HEADER_SIZE + fields.payload.length;
  if (size > UDP_SIZE_MAX) throw new RangeError('UDP datagram above 65,535 bytes');
  const bytes = new Uint8Array(size);
  writeU16(bytes, 0, fields.sourcePort);
  writeU16(bytes, 2, fields.destinationPort);
  writeU16(bytes, 4, size);
  bytes.set(fields.payload, UDP_HEADER_SIZE);
  writeU16(bytes, 6, checksum(bytes, pseudoSum(size)) || 0xffff);
  return bytes;
}

/** Such as `length 40`: the payload's bytes. */
export function describeUdp(datagram: UdpDatagram): string {
  return `length ${datagram.payload.length}`;
}
