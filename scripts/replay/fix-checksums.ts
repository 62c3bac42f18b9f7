/**
 * Repairs checksums that the capturing machine left to its network card (`--fix-checksums`).
 */
import { readU16, writeU16 } from '../../netstack/byte-order.ts';
import { ipv4Offset } from './frame-source.ts';

const IPV4_TOTAL_LENGTH_OFFSET = 2;
const IPV4_FRAGMENT_OFFSET = 6;
const IPV4_PROTOCOL_OFFSET = 9;
const IPV4_CHECKSUM_OFFSET = 10;
const IPV4_SOURCE_OFFSET = 12;
const IPV4_ADDRESSES_SIZE = 8;
/** More fragments, and the offset: any of these bits and layer 4 is not whole. */
const FRAGMENT_MASK = 0x3fff;
const ICMP = 1;
const TCP = 6;
const UDP = 17;

/** The 16-bit ones' complement sum of `data[start..end)` on top of `sum` (RFC 1071 §1). */
function sumOf(data: Uint8Array, start: number, end: number, sum: number): number {
  let total = sum;
  let offset = start;
  for (; offset + 2 <= end; offset += 2) total += (data[offset] << 8) | data[offset + 1];
  if (offset < end) total += data[offset] << 8;
  // A frame holds less than 2^15 words, so the sum is below 2^31 and two folds are enough.
  total = (total & 0xffff) + (total >>> 16);
  return (total & 0xffff) + (total >>> 16);
}

/** Makes the checksum at `at` good if the sum over `data[start..end)` says that it is not. */
function repair(
  data: Uint8Array,
  at: number,
  start: number,
  end: number,
  pseudoHeader: number,
): number {
  // Critical for fidelity: what verifies stays bit for bit, also where zero has two forms.
  if (sumOf(data, start, end, pseudoHeader) === 0xffff) return 0;
  writeU16(data, at, 0);
  writeU16(data, at, ~sumOf(data, start, end, pseudoHeader) & 0xffff);
  return 1;
}

function checksumOffset(protocol: number, size: number): number {
  if (protocol === TCP && size >= 20) return 16;
  if (protocol === UDP && size >= 8) return 6;
  return protocol === ICMP && size >= 8 ? 2 : -1;
}

function repairLayer4(data: Uint8Array, ip: number, start: number, end: number): number {
  const protocol = data[ip + IPV4_PROTOCOL_OFFSET];
  const offset = checksumOffset(protocol, end - start);
  if (offset < 0) return 0;
  const at = start + offset;
  if (protocol === ICMP) return repair(data, at, start, end, 0);
  // RFC 768: a zero says that the sender made none.
  if (protocol === UDP && readU16(data, at) === 0) return 0;
  const addresses = ip + IPV4_SOURCE_OFFSET;
  const pseudo = sumOf(data, addresses, addresses + IPV4_ADDRESSES_SIZE, protocol + end - start);
  const repaired = repair(data, at, start, end, pseudo);
  if (protocol === UDP && readU16(data, at) === 0) writeU16(data, at, 0xffff);
  return repaired;
}

/**
 * Makes the IPv4 header checksum of the frame `data[start..end)` good, and that of TCP, UDP or
 * ICMP in it unless it is a fragment. Only of whole packets: one that was cut, that is longer than
 * its frame, or whose header makes no sense stays as it is. How many checksums changed.
 */
export function fixChecksums(
  data: Uint8Array,
  start: number,
  end: number,
  wireLength: number,
): number {
  if (wireLength > end - start) return 0;
  const ip = ipv4Offset(data, start, end);
  if (ip < 0) return 0;
  const headerEnd = ip + (data[ip] & 15) * 4;
  const packetEnd = ip + readU16(data, ip + IPV4_TOTAL_LENGTH_OFFSET);
  if (headerEnd < ip + 20 || packetEnd < headerEnd || packetEnd > end) return 0;
  const repaired = repair(data, ip + IPV4_CHECKSUM_OFFSET, ip, headerEnd, 0);
  if ((readU16(data, ip + IPV4_FRAGMENT_OFFSET) & FRAGMENT_MASK) !== 0) return repaired;
  return repaired + repairLayer4(data, ip, headerEnd, packetEnd);
}
