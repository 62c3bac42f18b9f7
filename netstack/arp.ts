/** ARP for IPv4 over Ethernet (RFC 826). */
import { formatIpv4, formatMac } from './address.ts';
import { readU16, readU32, readU48, writeU16, writeU32, writeU48 } from './byte-order.ts';

export const ARP_REQUEST = 1;
export const ARP_REPLY = 2;
export const ARP_SIZE = 28;

//  0      2      4    5    6           8            14          18           24          28
//  | hw 1 | 0800 | 6  | 4  | operation | sender MAC | sender IP | target MAC | target IP |

export interface ArpPacket {
  /** ARP_REQUEST, ARP_REPLY or another number. */
  operation: number;
  senderMac: number;
  senderAddress: number;
  targetMac: number;
  targetAddress: number;
}

export type ArpRefusal = 'arp-too-short' | 'arp-not-ethernet-ipv4';

/** Reads the body of an ARP frame; padding after it is ignored. */
export function readArp(body: Uint8Array): ArpPacket | ArpRefusal {
  if (body.length < ARP_SIZE) return 'arp-too-short';
  const isEthernet = readU16(body, 0) === 1 && body[4] === 6;
  const isIpv4 = readU16(body, 2) === 0x0800 && body[5] === 4;
  if (!isEthernet || !isIpv4) return 'arp-not-ethernet-ipv4';
  return {
    operation: readU16(body, 6),
    senderMac: readU48(body, 8),
    senderAddress: readU32(body, 14),
    targetMac: readU48(body, 18),
    targetAddress: readU32(body, 24),
  };
}

/** The 28 bytes of the packet. */
export function buildArp(packet: ArpPacket): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(ARP_SIZE);
  writeU16(body, 0, 1);
  writeU16(body, 2, 0x0800);
  body[4] = 6;
  body[5] = 4;
  writeU16(body, 6, packet.operation);
  writeU48(body, 8, packet.senderMac);
  writeU32(body, 14, packet.senderAddress);
  writeU48(body, 18, packet.targetMac);
  writeU32(body, 24, packet.targetAddress);
  return body;
}

/** Such as `arp who-has 10.2.0.7 tell 10.2.0.1`, as a packet text; replies are `arp reply …`. */
export function describeArp(packet: ArpPacket): string {
  const sender = formatIpv4(packet.senderAddress);
  const target = formatIpv4(packet.targetAddress);
  if (packet.operation === ARP_REQUEST) return `arp who-has ${target} tell ${sender}`;
  if (packet.operation === ARP_REPLY)
    return `arp reply ${sender} is-at ${formatMac(packet.senderMac)}`;
  return `arp operation ${packet.operation} ${sender} > ${target}`;
}
