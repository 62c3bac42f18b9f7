/** The bench's frames: their first TEMPLATE_SIZE bytes each, and one body for the rest of all. */
import { writeU16, writeU32, writeU48 } from '../../netstack/byte-order.ts';
import { checksum } from '../../netstack/checksum.ts';
import type { FrameSize } from './frame-size.ts';
import { type Connection, INSIDE_GATEWAY, PROTO_TCP } from './workload.ts';

/** A cache line: what the generator writes of every frame. */
export const TEMPLATE_SIZE = 64;
export const TTL = 64;
const FCS_SIZE = 4;
const ETHERNET_SIZE = 14;
const ETHER_IPV4 = 0x0800;
const TCP_DATA_OFFSET = 0x50;

export const SYN = 0x02;
export const SYN_ACK = 0x12;
export const ACK = 0x10;

/** The MAC of a host of the bench: 02:00 and its address. */
export function hostMac(address: number): number {
  return 0x0200_0000_0000 + address;
}

/** Which way frames go and what they say. `mac` is the port's that they arrive at. */
export interface Direction {
  readonly isBackward: boolean;
  readonly tcpFlags: number;
  readonly mac: number;
}

/** Bytes in memory of the n-th frame: without FCS. */
export function sizeInMemory({ sizes }: FrameSize, index: number): number {
  return sizes[index % sizes.length] - FCS_SIZE;
}

/** Writes the first bytes of a frame of a connection, `size` bytes in memory, to bytes 0..63. */
export function writeTemplate(
  bytes: Uint8Array,
  { proto, src, dst, sport, dport, gateway }: Connection,
  size: number,
  { isBackward, tcpFlags, mac }: Direction,
): void {
  bytes.fill(0);
  writeU48(bytes, 0, mac);
  writeU48(bytes, 6, hostMac(isBackward ? gateway : INSIDE_GATEWAY));
  writeU16(bytes, 12, ETHER_IPV4);
  const ip = bytes.subarray(ETHERNET_SIZE, ETHERNET_SIZE + 20);
  ip[0] = 0x45;
  writeU16(ip, 2, size - ETHERNET_SIZE);
  ip[8] = TTL;
  ip[9] = proto;
  writeU32(ip, 12, isBackward ? dst : src);
  writeU32(ip, 16, isBackward ? src : dst);
  writeU16(ip, 10, checksum(ip));
  const l4 = bytes.subarray(ETHERNET_SIZE + 20);
  writeU16(l4, 0, isBackward ? dport : sport);
  writeU16(l4, 2, isBackward ? sport : dport);
  if (proto === PROTO_TCP) {
    l4[12] = TCP_DATA_OFFSET;
    l4[13] = tcpFlags;
  } else writeU16(l4, 4, size - ETHERNET_SIZE - 20);
}
