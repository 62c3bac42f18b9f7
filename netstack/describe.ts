/** One line about a frame, for reports and error messages. */
import { formatIpv4 } from './address.ts';
import { formatIpv6 } from './address6.ts';
import { describeArp, readArp } from './arp.ts';
import { readU16 } from './byte-order.ts';
import { type ColumnsRead, readColumns } from './columns.ts';
import {
  describeEthernet,
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  type EthernetFrame,
  readEthernet,
} from './ethernet.ts';
import { describeIcmp, readIcmp } from './icmp.ts';
import { describeIcmpv6, readIcmpv6 } from './icmpv6.ts';
import { describeIpv4, readIpv4 } from './ipv4.ts';
import { describeIpv6, readIpv6 } from './ipv6.ts';
import {
  describeProtocol,
  hasPorts,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  PROTOCOL_SCTP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
} from './protocols.ts';
import { describeSctp, readSctp } from './sctp.ts';
import { describeTcp, readTcp } from './tcp.ts';
import { describeUdp, readUdp } from './udp.ts';

/** Both ends of a packet. Ports mean nothing where the protocol has none. */
export interface Endpoints {
  readonly protocol: number;
  readonly source: number;
  readonly destination: number;
  readonly sport: number;
  readonly dport: number;
}

/** Such as `tcp 10.1.0.21:4000 > 10.2.0.7:502`. */
export function describeEndpoints(ends: Endpoints): string {
  const { protocol } = ends;
  const [sport, dport] = hasPorts(protocol) ? [`:${ends.sport}`, `:${ends.dport}`] : ['', ''];
  const source = formatIpv4(ends.source);
  const destination = formatIpv4(ends.destination);
  return `${describeProtocol(protocol)} ${source}${sport} > ${destination}${dport}`;
}

/** The line of a value, or a refusal in parentheses. */
function lineOf<Value extends object>(read: Value | string, describe: (value: Value) => string) {
  return typeof read === 'string' ? `(${read})` : describe(read);
}

function describeLayer4(bytes: Uint8Array, protocol: number, icmpProtocol: number): string {
  switch (protocol) {
    case PROTOCOL_TCP:
      return lineOf(readTcp(bytes), describeTcp);
    case PROTOCOL_UDP:
      return lineOf(readUdp(bytes), describeUdp);
    case PROTOCOL_SCTP:
      return lineOf(readSctp(bytes), describeSctp);
    case icmpProtocol:
      return protocol === PROTOCOL_ICMP
        ? lineOf(readIcmp(bytes), describeIcmp)
        : lineOf(readIcmpv6(bytes), describeIcmpv6);
    default:
      return `length ${bytes.length}`;
  }
}

function describeQuoted({ columns }: ColumnsRead): string {
  if (columns['quoted.ipv4.src'] === 0 && columns['quoted.ipv4.dst'] === 0) return '';
  return ` about ${describeEndpoints({
    protocol: columns['quoted.ipv4.proto'],
    source: columns['quoted.ipv4.src'],
    destination: columns['quoted.ipv4.dst'],
    sport: columns['quoted.l4.sport'],
    dport: columns['quoted.l4.dport'],
  })}`;
}

/** The ports of a layer 4 that has some and is there to read; null otherwise. */
function portsOf(bytes: Uint8Array, protocol: number): { sport: number; dport: number } | null {
  if (!hasPorts(protocol) || bytes.length < 4) return null;
  return { sport: readU16(bytes, 0), dport: readU16(bytes, 2) };
}

function describeIpv4Frame(frame: Uint8Array, body: Uint8Array): string | null {
  const packet = readIpv4(body);
  if (typeof packet === 'string') return null;
  const read = readColumns(frame);
  const { protocol, payload } = packet;
  const ports = read.laterFragment ? null : portsOf(payload, protocol);
  const endpoint = (address: number, port: number | undefined) =>
    port === undefined ? formatIpv4(address) : `${formatIpv4(address)}:${port}`;
  const source = endpoint(packet.source, ports?.sport);
  const destination = endpoint(packet.destination, ports?.dport);
  const layer4 = read.laterFragment
    ? `length ${payload.length}`
    : describeLayer4(payload, protocol, PROTOCOL_ICMP);
  const about = describeQuoted(read);
  const name = describeProtocol(protocol);
  return `${name} ${source} > ${destination} ${layer4}${about} ${describeIpv4(packet)}`;
}

function describeIpv6Frame(body: Uint8Array): string | null {
  const packet = readIpv6(body);
  if (typeof packet === 'string') return null;
  const { protocol, payload, isLaterFragment } = packet;
  const ports = isLaterFragment ? null : portsOf(payload, protocol);
  const endpoint = (address: bigint, port: number | undefined) =>
    port === undefined ? formatIpv6(address) : `[${formatIpv6(address)}]:${port}`;
  const source = endpoint(packet.source, ports?.sport);
  const destination = endpoint(packet.destination, ports?.dport);
  const layer4 = isLaterFragment
    ? `length ${payload.length}`
    : describeLayer4(payload, protocol, PROTOCOL_ICMPV6);
  const name = describeProtocol(protocol);
  return `${name} ${source} > ${destination} ${layer4} ${describeIpv6(packet)}`;
}

function describeBody(frame: Uint8Array, ethernet: EthernetFrame): string | null {
  switch (ethernet.type) {
    case ETHERTYPE_IPV4:
      return describeIpv4Frame(frame, ethernet.payload);
    case ETHERTYPE_IPV6:
      return describeIpv6Frame(ethernet.payload);
    case ETHERTYPE_ARP: {
      const packet = readArp(ethernet.payload);
      return typeof packet === 'string' ? null : describeArp(packet);
    }
    default:
      return null;
  }
}

/**
 * Such as `tcp 10.1.0.20:4000 > 10.2.0.7:502 flags syn seq 0 ack 0 win 64240 length 0 ttl 64`,
 * with `vlan ID` before it if it is tagged. A frame of another type, or refused by its reader, is
 * described by its Ethernet header, with the drop reason that parse gives it in parentheses.
 */
export function describeFrame(frame: Uint8Array): string {
  const ethernet = readEthernet(frame);
  if (typeof ethernet === 'string') return `${frame.length} bytes (${ethernet})`;
  const body = describeBody(frame, ethernet);
  if (body !== null) return `${ethernet.tags.map(({ id }) => `vlan ${id} `).join('')}${body}`;
  const { reason } = readColumns(frame);
  return `${describeEthernet(ethernet)}${reason === null ? '' : ` (${reason})`}`;
}
