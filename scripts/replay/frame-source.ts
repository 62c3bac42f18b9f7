/**
 * Who sent a captured frame: its IPv4 source or ARP sender, read from the bytes as they are.
 * Nothing is checked beyond what keeps the reads inside: the kernel judges frames, not we.
 */
import { readU16, readU32 } from '../../netstack/byte-order.ts';

const ETHER_TYPE_OFFSET = 12;
const ETHER_IPV4 = 0x0800;
const ETHER_ARP = 0x0806;
/** IEEE 802.1Q, 802.1ad, and what QinQ was before it had a standard. */
const ETHER_VLAN = 0x8100;
const ETHER_QINQ = 0x88a8;
const ETHER_QINQ_OLD = 0x9100;
const VLAN_TAG_SIZE = 4;
const VLAN_TAGS_MAX = 2;
const IPV4_HEADER_SIZE = 20;
const IPV4_SOURCE_OFFSET = 12;
const ARP_SIZE = 28;
const ARP_SENDER_OFFSET = 14;

/** A frame without an IPv4 source or ARP sender. */
export const NO_SOURCE = -1;

function isVlan(etherType: number): boolean {
  return etherType === ETHER_VLAN || etherType === ETHER_QINQ || etherType === ETHER_QINQ_OLD;
}

/** Where the EtherType of `data[start..end)` lies, at most two VLAN tags taken off; -1: nowhere. */
export function etherTypeOffset(data: Uint8Array, start: number, end: number): number {
  let offset = start + ETHER_TYPE_OFFSET;
  for (let tags = 0; offset + 2 <= end; tags++) {
    if (tags === VLAN_TAGS_MAX || !isVlan(readU16(data, offset))) return offset;
    offset += VLAN_TAG_SIZE;
  }
  return -1;
}

/** Where the IPv4 header of `data[start..end)` lies; -1 if there are not 20 bytes of one. */
export function ipv4Offset(data: Uint8Array, start: number, end: number): number {
  const offset = etherTypeOffset(data, start, end);
  if (offset < 0 || readU16(data, offset) !== ETHER_IPV4) return -1;
  const body = offset + 2;
  return body + IPV4_HEADER_SIZE <= end && data[body] >>> 4 === 4 ? body : -1;
}

/** The IPv4 source or ARP sender of the frame `data[start..end)`, or NO_SOURCE. */
export function frameSource(data: Uint8Array, start: number, end: number): number {
  const offset = etherTypeOffset(data, start, end);
  if (offset < 0) return NO_SOURCE;
  const etherType = readU16(data, offset);
  const body = offset + 2;
  if (etherType === ETHER_IPV4 && body + IPV4_HEADER_SIZE <= end && data[body] >>> 4 === 4) {
    return readU32(data, body + IPV4_SOURCE_OFFSET);
  }
  if (etherType === ETHER_ARP && body + ARP_SIZE <= end) {
    return readU32(data, body + ARP_SENDER_OFFSET);
  }
  return NO_SOURCE;
}
