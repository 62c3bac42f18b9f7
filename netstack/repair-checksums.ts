/** Checksums that the sending host left to its NIC, put right in place (RFC 1071). */
import { readU16, readU32, writeU16 } from './byte-order.ts';
import { checksum, pseudoHeaderSum } from './checksum.ts';
import { ETHERTYPE_IPV4, readEthernet } from './ethernet.ts';
import { IPV4_HEADER_SIZE_MIN, IPV4_MORE_FRAGMENTS, IPV4_OFFSET_MASK } from './ipv4.ts';
import { PROTOCOL_ICMP, PROTOCOL_TCP, PROTOCOL_UDP } from './protocols.ts';

/** Where layer 4 keeps its checksum; null if it has none that we repair or is cut before it. */
function checksumOffset(protocol: number, bytes: Uint8Array): number | null {
  switch (protocol) {
    case PROTOCOL_TCP:
      return bytes.length < 20 ? null : 16;
    case PROTOCOL_UDP:
      // A UDP checksum of 0 says that the sender computed none (RFC 768): not ours to add.
      return bytes.length < 8 || readU16(bytes, 6) === 0 ? null : 6;
    case PROTOCOL_ICMP:
      return bytes.length < 8 ? null : 2;
    default:
      return null;
  }
}

function repairLayer4(body: Uint8Array, bytes: Uint8Array): void {
  const protocol = body[9];
  const offset = checksumOffset(protocol, bytes);
  if (offset === null) return;
  const isIcmp = protocol === PROTOCOL_ICMP;
  const source = readU32(body, 12);
  const destination = readU32(body, 16);
  const pseudo = isIcmp ? 0 : pseudoHeaderSum(source, destination, protocol, bytes.length);
  writeU16(bytes, offset, 0);
  const sum = checksum(bytes, pseudo);
  writeU16(bytes, offset, protocol === PROTOCOL_UDP ? sum || 0xffff : sum);
}

/**
 * Sets the IPv4 header checksum of a frame, and the TCP, UDP or ICMP checksum if the whole packet
 * is there and is no fragment. A frame that is not IPv4, or whose lengths are false, stays as it
 * is.
 */
export function repairChecksums(frame: Uint8Array): void {
  const ethernet = readEthernet(frame);
  if (typeof ethernet === 'string' || ethernet.type !== ETHERTYPE_IPV4) return;
  const body = ethernet.payload;
  if (body.length < IPV4_HEADER_SIZE_MIN || body[0] >>> 4 !== 4) return;
  const headerSize = (body[0] & 0x0f) * 4;
  const totalLength = readU16(body, 2);
  if (headerSize < IPV4_HEADER_SIZE_MIN || totalLength < headerSize) return;
  if (totalLength > body.length) return;
  writeU16(body, 10, 0);
  writeU16(body, 10, checksum(body.subarray(0, headerSize)));
  const isFragment = (readU16(body, 6) & (IPV4_MORE_FRAGMENTS | IPV4_OFFSET_MASK)) !== 0;
  if (!isFragment) repairLayer4(body, body.subarray(headerSize, totalLength));
}
