/**
 * The frames of an example capture, told as a story: hosts that talk through one gateway.
 */
import { MAC_BROADCAST, macOfIpv4, parseIpv4 } from '../netstack/address.ts';
import { ARP_REQUEST, buildArp } from '../netstack/arp.ts';
import { pseudoHeaderSum } from '../netstack/checksum.ts';
import { buildEthernet, ETHERTYPE_ARP, ETHERTYPE_IPV4 } from '../netstack/ethernet.ts';
import { buildIcmp } from '../netstack/icmp.ts';
import { buildIpv4, IPV4_DONT_FRAGMENT } from '../netstack/ipv4.ts';
import { PROTOCOL_ICMP, PROTOCOL_TCP, PROTOCOL_UDP } from '../netstack/protocols.ts';
import { buildTcp } from '../netstack/tcp.ts';
import { buildUdp } from '../netstack/udp.ts';

/** A frame with its time, in microseconds after the capture's first second. */
export interface TimedFrame {
  timeUs: number;
  frame: Uint8Array;
}

/** The gateway that the router stands in for had one MAC address on all segments. */
const GATEWAY_MAC = 0x0200_5e10_0001;

const NOTHING = new Uint8Array(0);

function addressOf(text: string): number {
  const address = parseIpv4(text);
  if (address === null) throw new Error(`not an address: ${text}`);
  return address;
}

/** What happens, one frame after another; each story starts at a time of its own. */
export class Story {
  readonly frames: TimedFrame[] = [];
  readonly #macOf: (destination: number) => number;
  #identification = 1;

  /** `macOf` says to which MAC address packets for an IPv4 address go: else all to a gateway. */
  constructor(macOf: (destination: number) => number = () => GATEWAY_MAC) {
    this.#macOf = macOf;
  }

  add(timeUs: number, frame: Uint8Array): void {
    this.frames.push({ timeUs, frame });
  }

  packet(
    timeUs: number,
    ends: { from: string; to: string; ttl?: number; mac?: number },
    protocol: number,
    payload: Uint8Array,
  ): void {
    const source = addressOf(ends.from);
    const destination = addressOf(ends.to);
    const packet = buildIpv4({
      dscp: 0,
      ecn: 0,
      identification: this.#identification++,
      fragment: IPV4_DONT_FRAGMENT,
      ttl: ends.ttl ?? 64,
      protocol,
      source,
      destination,
      options: NOTHING,
      payload,
    });
    const macs = { destination: ends.mac ?? this.#macOf(destination), source: macOfIpv4(source) };
    this.add(timeUs, buildEthernet({ ...macs, tags: [], type: ETHERTYPE_IPV4, payload: packet }));
  }

  tcp(timeUs: number, from: Endpoint, to: Endpoint, segment: Segment): void {
    const sum = (size: number) =>
      pseudoHeaderSum(addressOf(from.host), addressOf(to.host), PROTOCOL_TCP, size);
    const fields = {
      sourcePort: from.port,
      destinationPort: to.port,
      sequence: segment.sequence,
      acknowledgement: segment.acknowledgement,
      flags: segment.flags,
      window: 64_240,
      urgentPointer: 0,
      options: NOTHING,
      payload: segment.payload ?? NOTHING,
    };
    this.packet(timeUs, { from: from.host, to: to.host }, PROTOCOL_TCP, buildTcp(fields, sum));
  }

  udp(timeUs: number, from: Endpoint, to: Endpoint, payload: Uint8Array, mac?: number): void {
    const sum = (size: number) =>
      pseudoHeaderSum(addressOf(from.host), addressOf(to.host), PROTOCOL_UDP, size);
    const fields = { sourcePort: from.port, destinationPort: to.port, payload };
    const ends = { from: from.host, to: to.host, ...(mac === undefined ? {} : { mac }) };
    this.packet(timeUs, ends, PROTOCOL_UDP, buildUdp(fields, sum));
  }

  echo(timeUs: number, ends: { from: string; to: string; ttl?: number }, echo: Echo): void {
    const payload = Uint8Array.from({ length: 48 }, (_, index) => index);
    const rest = echo.identifier * 0x1_0000 + echo.sequence;
    this.packet(
      timeUs,
      ends,
      PROTOCOL_ICMP,
      buildIcmp({ type: echo.type, code: 0, rest, payload }),
    );
  }

  whoHas(timeUs: number, target: string, sender: string): void {
    const senderAddress = addressOf(sender);
    const source = macOfIpv4(senderAddress);
    const payload = buildArp({
      operation: ARP_REQUEST,
      senderMac: source,
      senderAddress,
      targetMac: 0,
      targetAddress: addressOf(target),
    });
    const type = ETHERTYPE_ARP;
    this.add(
      timeUs,
      buildEthernet({ destination: MAC_BROADCAST, source, tags: [], type, payload }),
    );
  }
}

export interface Endpoint {
  host: string;
  port: number;
}

interface Segment {
  flags: number;
  sequence: number;
  acknowledgement: number;
  payload?: Uint8Array;
}

interface Echo {
  type: number;
  identifier: number;
  sequence: number;
}
