/** Kinds of traffic: what the router forwards, and what it must refuse as fast. */
import { writeU16 } from '../../netstack/byte-order.ts';
import { SYN } from './frame-templates.ts';
import { PROTO_TCP } from './workload.ts';

/** `spoil` makes of a frame that would be forwarded one that is refused for `reason`. */
export interface TrafficKind {
  readonly name: 'permitted' | 'denied' | 'malformed' | 'half IPv6';
  /** A drop reason, or null where nothing is refused. */
  readonly reason: string | null;
  /** Whether the n-th frame is one of those that are refused. */
  isRefused(index: number): boolean;
  spoil(frame: Uint8Array): void;
}

const ETHER_TYPE = 12;
const IP = 14;
const IPV4_PROTOCOL = IP + 9;
const IPV4_CHECKSUM = IP + 10;
const L4_DPORT = IP + 20 + 2;
const TCP_FLAGS = IP + 20 + 13;
/** Below the ports that the bench's policy permits. */
const DENIED_PORT = 1;
const ETHER_IPV6 = 0x86dd;
const IPV6_SIZE = 40;
/** RFC 8200 section 4.7: nothing follows the header. */
const NO_NEXT_HEADER = 59;

export const PERMITTED: TrafficKind = {
  name: 'permitted',
  reason: null,
  isRefused: () => false,
  spoil: () => {},
};

/** First packets of connections that no flow of the policy permits. */
export const DENIED: TrafficKind = {
  name: 'denied',
  reason: 'denied',
  isRefused: () => true,
  spoil(frame) {
    writeU16(frame, L4_DPORT, DENIED_PORT);
    if (frame[IPV4_PROTOCOL] === PROTO_TCP) frame[TCP_FLAGS] = SYN;
  },
};

/** IPv4 headers whose checksums are wrong. */
export const MALFORMED: TrafficKind = {
  name: 'malformed',
  reason: 'ipv4-checksum',
  isRefused: () => true,
  spoil(frame) {
    frame[IPV4_CHECKSUM] ^= 0xff;
  },
};

/** Every other frame is IPv6. */
export const HALF_IPV6: TrafficKind = {
  name: 'half IPv6',
  reason: 'ipv6-not-forwarded',
  isRefused: (index) => index % 2 === 1,
  spoil(frame) {
    writeU16(frame, ETHER_TYPE, ETHER_IPV6);
    frame.fill(0, IP);
    frame[IP] = 0x60;
    writeU16(frame, IP + 4, 60 - IP - IPV6_SIZE);
    frame[IP + 6] = NO_NEXT_HEADER;
    frame[IP + 7] = 64;
    // 2001:db8::1 to 2001:db8:1::1: unicast, and nobody's own.
    frame.set([0x20, 0x01, 0x0d, 0xb8], IP + 8);
    frame[IP + 23] = 1;
    frame.set([0x20, 0x01, 0x0d, 0xb8, 0x00, 0x01], IP + 24);
    frame[IP + 39] = 1;
  },
};

/** How many of frames 0..count-1 are refused, where `templates` frames come in turn. */
export function refusedOf(kind: TrafficKind, count: number, templates: number): number {
  const among = (frames: number) => {
    let refused = 0;
    for (let index = 0; index < frames; index++) if (kind.isRefused(index)) refused++;
    return refused;
  };
  return Math.floor(count / templates) * among(templates) + among(count % templates);
}
