/**
 * The columns of one frame, as the kernel's parse must write them: the same rules in another
 * language, so that each is the other's oracle. The rules are RFC 1812 §5.2.2 and RFC 8200 §3.
 */
import { readU16, readU32, readU48 } from './byte-order.ts';
import {
  ETHERNET_HEADER_SIZE,
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  type EthernetFrame,
  readEthernet,
} from './ethernet.ts';
import { isIcmpError, isIcmpQuery } from './icmp.ts';
import {
  hasMalformedOption,
  IPV4_OFFSET_MASK,
  type Ipv4Packet,
  isSourceRouted,
  readIpv4,
} from './ipv4.ts';
import { IPV6_HEADER_SIZE, readIpv6Header, refuseIpv6, walkIpv6Extensions } from './ipv6.ts';
import {
  hasPorts,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  PROTOCOL_SCTP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
} from './protocols.ts';

const ZEROS = {
  'ipv4.proto': 0,
  'ipv4.ttl': 0,
  'ipv4.dscp': 0,
  'ipv6.next': 0,
  'ipv6.hops': 0,
  'tcp.flags': 0,
  'icmp.type': 0,
  'icmp.code': 0,
  'meta.length': 0,
  'eth.type': 0,
  'vlan.id': 0,
  'ipv4.fragment': 0,
  'l4.sport': 0,
  'l4.dport': 0,
  'ipv4.src': 0,
  'ipv4.dst': 0,
  'tcp.seq': 0,
  'tcp.ack': 0,
  'eth.src': 0,
  'eth.dst': 0,
  'ipv6.src': 0n,
  'ipv6.dst': 0n,
  'quoted.ipv4.src': 0,
  'quoted.ipv4.dst': 0,
  'quoted.ipv4.proto': 0,
  'quoted.l4.sport': 0,
  'quoted.l4.dport': 0,
};

/** Every column that comes from a frame's bytes, in host order; an absent field is 0. */
export type Columns = typeof ZEROS;

export interface ColumnsRead {
  /** The parse's drop reason; null if the frame goes on. */
  reason: string | null;
  columns: Columns;
  /** VLAN tags taken off, 0..2. */
  tags: number;
  /** The identifier of an ICMP query or its reply; 0 otherwise. */
  icmpId: number;
  /** The sender and target IPv4 addresses of an ARP frame with at least 28 bytes of body. */
  arp: { src: number; dst: number } | null;
  /** Whether an IP fragment offset above 0 was read. */
  laterFragment: boolean;
  /** Where the payload window begins: after the layer-4 header, or after what could be read. */
  payloadOffset: number;
  /** Where both windows end: the end of the IP packet, of the frame if it is not IP. */
  endOffset: number;
}

/** The bytes of layer 4 that must be there for its columns; 0 for other protocols. */
function layer4SizeMin(protocol: number, icmpProtocol: number): number {
  switch (protocol) {
    case PROTOCOL_TCP:
      return 20;
    case PROTOCOL_SCTP:
      return 12;
    case PROTOCOL_UDP:
    case icmpProtocol:
      return 8;
    default:
      return 0;
  }
}

function readQuoted(columns: Columns, quoted: Uint8Array): void {
  if (quoted.length < 20 || quoted[0] >>> 4 !== 4) return;
  const headerSize = (quoted[0] & 0x0f) * 4;
  if (headerSize < 20) return;
  columns['quoted.ipv4.src'] = readU32(quoted, 12);
  columns['quoted.ipv4.dst'] = readU32(quoted, 16);
  columns['quoted.ipv4.proto'] = quoted[9];
  const isFirst = (readU16(quoted, 6) & IPV4_OFFSET_MASK) === 0;
  if (!hasPorts(quoted[9]) || !isFirst || quoted.length < headerSize + 4) return;
  columns['quoted.l4.sport'] = readU16(quoted, headerSize);
  columns['quoted.l4.dport'] = readU16(quoted, headerSize + 2);
}

function readIcmpColumns(read: ColumnsRead, bytes: Uint8Array, protocol: number): void {
  read.columns['icmp.type'] = bytes[0];
  read.columns['icmp.code'] = bytes[1];
  if (protocol !== PROTOCOL_ICMP) return;
  if (isIcmpQuery(bytes[0])) read.icmpId = readU16(bytes, 4);
  if (isIcmpError(bytes[0])) readQuoted(read.columns, bytes.subarray(8));
}

/** Writes the layer-4 columns and moves the payload window; false if its header is cut short. */
function readLayer4(
  read: ColumnsRead,
  bytes: Uint8Array,
  protocol: number,
  icmpProtocol: number,
): boolean {
  const sizeMin = layer4SizeMin(protocol, icmpProtocol);
  if (bytes.length < sizeMin) return false;
  let headerSize = sizeMin;
  if (hasPorts(protocol)) {
    read.columns['l4.sport'] = readU16(bytes, 0);
    read.columns['l4.dport'] = readU16(bytes, 2);
  }
  if (protocol === PROTOCOL_TCP) {
    read.columns['tcp.seq'] = readU32(bytes, 4);
    read.columns['tcp.ack'] = readU32(bytes, 8);
    read.columns['tcp.flags'] = bytes[13];
    headerSize = Math.min(Math.max((bytes[12] >>> 4) * 4, sizeMin), bytes.length);
  }
  if (protocol === icmpProtocol) readIcmpColumns(read, bytes, protocol);
  read.payloadOffset += headerSize;
  return true;
}

function readIpv4Columns(read: ColumnsRead, packet: Ipv4Packet): string | null {
  const { columns } = read;
  columns['ipv4.proto'] = packet.protocol;
  columns['ipv4.ttl'] = packet.ttl;
  columns['ipv4.dscp'] = packet.dscp;
  columns['ipv4.src'] = packet.source;
  columns['ipv4.dst'] = packet.destination;
  columns['ipv4.fragment'] = packet.fragment;
  read.laterFragment = (packet.fragment & IPV4_OFFSET_MASK) !== 0;
  read.endOffset = read.payloadOffset + packet.totalLength;
  read.payloadOffset += packet.headerSize;
  if (isSourceRouted(packet.options)) return 'source-route';
  if (hasMalformedOption(packet.options)) return 'ipv4-options';
  if (read.laterFragment) return 'fragment';
  return readLayer4(read, packet.payload, packet.protocol, PROTOCOL_ICMP) ? null : 'l4-truncated';
}

function readIpv6Columns(read: ColumnsRead, body: Uint8Array): string {
  const refusal = refuseIpv6(body);
  if (refusal !== null) return refusal;
  const header = readIpv6Header(body);
  read.columns['ipv6.src'] = header.source;
  read.columns['ipv6.dst'] = header.destination;
  read.columns['ipv6.hops'] = header.hopLimit;
  const payload = body.subarray(IPV6_HEADER_SIZE, IPV6_HEADER_SIZE + readU16(body, 4));
  read.payloadOffset += IPV6_HEADER_SIZE;
  read.endOffset = read.payloadOffset + payload.length;
  const chain = walkIpv6Extensions(body[6], payload);
  read.columns['ipv6.next'] = chain.protocol;
  if (!chain.isWhole) return 'ipv6-extension';
  read.laterFragment = chain.isLaterFragment;
  read.payloadOffset += chain.size;
  if (!chain.isLaterFragment) {
    readLayer4(read, payload.subarray(chain.size), chain.protocol, PROTOCOL_ICMPV6);
  }
  return 'ipv6-not-forwarded';
}

function readBody(read: ColumnsRead, { type, payload }: EthernetFrame): string | null {
  if (type === ETHERTYPE_IPV4) {
    const packet = readIpv4(payload);
    return typeof packet === 'string' ? packet : readIpv4Columns(read, packet);
  }
  if (type === ETHERTYPE_IPV6) return readIpv6Columns(read, payload);
  if (type === ETHERTYPE_ARP && payload.length >= 28) {
    read.arp = { src: readU32(payload, 14), dst: readU32(payload, 24) };
  }
  return null;
}

/** What can be read of a frame that is cut inside its tags, the TPID of the cut one as its type. */
function readCutFrame(read: ColumnsRead, frame: Uint8Array): void {
  if (frame.length < ETHERNET_HEADER_SIZE) return;
  read.columns['eth.dst'] = readU48(frame, 0);
  read.columns['eth.src'] = readU48(frame, 6);
  read.tags = frame.length < ETHERNET_HEADER_SIZE + 4 ? 0 : 1;
  read.columns['eth.type'] = readU16(frame, 12 + read.tags * 4);
  if (read.tags === 1) read.columns['vlan.id'] = readU16(frame, 14) & 0x0fff;
}

/**
 * The columns of a frame (Ethernet destination first, no FCS) and the parse's verdict on it.
 * With a reason set, the columns of every header that passed stay; what follows it is 0.
 */
export function readColumns(frame: Uint8Array): ColumnsRead {
  const read: ColumnsRead = {
    reason: null,
    columns: { ...ZEROS, 'meta.length': frame.length },
    tags: 0,
    icmpId: 0,
    arp: null,
    laterFragment: false,
    payloadOffset: 0,
    endOffset: frame.length,
  };
  const ethernet = readEthernet(frame);
  if (typeof ethernet === 'string') {
    readCutFrame(read, frame);
    return { ...read, reason: ethernet };
  }
  read.columns['eth.dst'] = ethernet.destination;
  read.columns['eth.src'] = ethernet.source;
  read.columns['eth.type'] = ethernet.type;
  read.columns['vlan.id'] = ethernet.tags.length === 0 ? 0 : ethernet.tags[0].id;
  read.tags = ethernet.tags.length;
  read.payloadOffset = frame.length - ethernet.payload.length;
  read.reason = readBody(read, ethernet);
  return read;
}

/**
 * The `size` bytes of a window column: `payload` from the end of the layer-4 header, `frame` from
 * the frame's first byte. Both end with the IP packet (the frame if it is not IP); zeros follow.
 */
export function windowOf(
  frame: Uint8Array,
  read: ColumnsRead,
  kind: 'payload' | 'frame',
  size: number,
): Uint8Array<ArrayBuffer> {
  const start = kind === 'payload' ? read.payloadOffset : 0;
  const window = new Uint8Array(size);
  window.set(frame.subarray(start, Math.min(start + size, read.endOffset)));
  return window;
}
