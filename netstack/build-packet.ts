/** Frames from packet specifications: what a router file's tests and examples send. */
import { MAC_BROADCAST, macOfIpv4 } from './address.ts';
import { ARP_REQUEST, buildArp } from './arp.ts';
import { pseudoHeaderSum } from './checksum.ts';
import { buildEthernet, ETHERNET_HEADER_SIZE, ETHERTYPE_ARP, ETHERTYPE_IPV4 } from './ethernet.ts';
import { buildIcmp, ICMP_HEADER_SIZE, isIcmpQuery } from './icmp.ts';
import { buildIpv4, IPV4_HEADER_SIZE_MIN } from './ipv4.ts';
import type { PacketSpec } from './packet-text.ts';
import { PROTOCOL_ICMP, PROTOCOL_TCP, PROTOCOL_UDP } from './protocols.ts';
import { buildTcp, TCP_HEADER_SIZE_MIN } from './tcp.ts';
import { buildUdp, UDP_HEADER_SIZE } from './udp.ts';

type Ipv4Spec = Exclude<PacketSpec, { kind: 'arp' }>;

/** The MAC addresses of a frame; one left out is spelled from the packet's IPv4 address. */
export interface FrameMacs {
  source?: number;
  destination?: number;
}

const NOTHING = new Uint8Array(0);
const WINDOW_DEFAULT = 64_240;
/** Identifier 1, sequence number 1. */
const QUERY_REST = 0x0001_0001;

/** The zeros that make a frame as long as the specification asks. */
function filling(spec: PacketSpec, headerSize: number): Uint8Array {
  const above = ETHERNET_HEADER_SIZE + IPV4_HEADER_SIZE_MIN + headerSize;
  return new Uint8Array(Math.max((spec.size ?? 0) - above, 0));
}

function buildLayer4(spec: Ipv4Spec): { protocol: number; payload: Uint8Array } {
  const { source, destination } = spec;
  const pseudoSum = (protocol: number) => (size: number) =>
    pseudoHeaderSum(source, destination, protocol, size);
  switch (spec.kind) {
    case 'tcp': {
      const fields = {
        sourcePort: spec.sport,
        destinationPort: spec.dport,
        sequence: 0,
        acknowledgement: 0,
        flags: spec.flags,
        window: WINDOW_DEFAULT,
        urgentPointer: 0,
        options: NOTHING,
        payload: filling(spec, TCP_HEADER_SIZE_MIN),
      };
      return { protocol: PROTOCOL_TCP, payload: buildTcp(fields, pseudoSum(PROTOCOL_TCP)) };
    }
    case 'udp': {
      const payload = filling(spec, UDP_HEADER_SIZE);
      const fields = { sourcePort: spec.sport, destinationPort: spec.dport, payload };
      return { protocol: PROTOCOL_UDP, payload: buildUdp(fields, pseudoSum(PROTOCOL_UDP)) };
    }
    case 'icmp': {
      const { type, code } = spec;
      const rest = isIcmpQuery(type) ? QUERY_REST : 0;
      const payload = filling(spec, ICMP_HEADER_SIZE);
      return { protocol: PROTOCOL_ICMP, payload: buildIcmp({ type, code, rest, payload }) };
    }
    case 'ip':
      return { protocol: spec.protocol, payload: filling(spec, 0) };
  }
}

function buildArpFrame(spec: PacketSpec, macs: FrameMacs): Uint8Array<ArrayBuffer> {
  const source = macs.source ?? macOfIpv4(spec.source);
  const body = buildArp({
    operation: ARP_REQUEST,
    senderMac: source,
    senderAddress: spec.source,
    targetMac: 0,
    targetAddress: spec.destination,
  });
  const payload = new Uint8Array(Math.max((spec.size ?? 0) - ETHERNET_HEADER_SIZE, body.length));
  payload.set(body);
  const destination = macs.destination ?? MAC_BROADCAST;
  return buildEthernet({ destination, source, tags: [], type: ETHERTYPE_ARP, payload });
}

/**
 * The frame that a specification describes, all checksums good, as long as its `size` or else its
 * headers; not padded to Ethernet's minimum. MAC addresses left out are `macOfIpv4` of the packet's
 * addresses; an ARP request is broadcast.
 */
export function buildPacket(spec: PacketSpec, macs: FrameMacs = {}): Uint8Array<ArrayBuffer> {
  if (spec.kind === 'arp') return buildArpFrame(spec, macs);
  const packet = buildIpv4({
    dscp: 0,
    ecn: 0,
    identification: 0,
    fragment: 0,
    ttl: spec.ttl,
    source: spec.source,
    destination: spec.destination,
    options: NOTHING,
    ...buildLayer4(spec),
  });
  return buildEthernet({
    destination: macs.destination ?? macOfIpv4(spec.destination),
    source: macs.source ?? macOfIpv4(spec.source),
    tags: [],
    type: ETHERTYPE_IPV4,
    payload: packet,
  });
}
