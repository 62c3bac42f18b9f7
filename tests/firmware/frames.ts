/** Looking into frames that were built or sent. Untagged IPv4 only. */

import { buildPacket } from '../../netstack/build-packet.ts';
import { writeU16 } from '../../netstack/byte-order.ts';
import { checksum } from '../../netstack/checksum.ts';
import { describeFrame } from '../../netstack/describe.ts';
import { buildEthernet } from '../../netstack/ethernet.ts';
import { buildIcmp } from '../../netstack/icmp.ts';
import { buildIpv4 } from '../../netstack/ipv4.ts';
import { parsePacketText } from '../../netstack/packet-text.ts';
import type { SentFrame, Step } from './board-under-test.ts';

const L3 = 14;

/** A view of the IPv4 header, options included, and all behind it. */
export function ipv4Header(frame: Uint8Array): Uint8Array {
  return frame.subarray(L3);
}

/** Sets the IPv4 header checksum right, in place. */
export function mend(frame: Uint8Array): Uint8Array {
  const size = Math.max(20, (frame[L3] & 15) * 4);
  writeU16(frame, L3 + 10, 0);
  writeU16(frame, L3 + 10, checksum(frame.subarray(L3, L3 + size)));
  return frame;
}

/** Frames that are not ARP, by port. */
export function sentBy(step: Step, port?: string): SentFrame[] {
  return step.sent.filter(
    ({ frame, port: by }) => frame[13] !== 6 && (port === undefined || by === port),
  );
}

/** What left by which port, a line a frame, ARP left out. */
export function linesOf(step: Step): string[] {
  return sentBy(step).map(({ port, frame }) => `${port} ${describeFrame(frame)}`);
}

/** The packet of a frame, as an ICMP error quotes it: at most `size` bytes from the IP header on. */
export function quoteOf(frame: Uint8Array, size = 28): Uint8Array {
  return frame.slice(L3, L3 + size);
}

/** An ICMP message around `payload`, from and to IPv4 addresses in text. */
export function icmpFrame(
  from: string,
  to: string,
  message: { type: number; code?: number; rest?: number; payload?: Uint8Array },
): Uint8Array {
  const { type, code = 0, rest = 0, payload = new Uint8Array(0) } = message;
  const spec = parsePacketText(`icmp ${from} > ${to}`);
  const packet = buildIpv4({
    ...{ dscp: 0, ecn: 0, identification: 0, fragment: 0, ttl: 64, protocol: 1 },
    source: spec.source,
    destination: spec.destination,
    options: new Uint8Array(0),
    payload: buildIcmp({ type, code, rest, payload }),
  });
  const macs = { destination: 0x020000000001, source: 0x020000000002 };
  return buildEthernet({ ...macs, tags: [], type: 0x0800, payload: packet });
}

/** The frame of a UDP packet text, with these bytes as its payload. */
export function udpFrame(text: string, payload: Uint8Array): Uint8Array {
  const spec = parsePacketText(text);
  if (spec.kind !== 'udp') throw new RangeError(`not UDP: ${text}`);
  const frame = buildPacket({ ...spec, size: 42 + payload.length });
  frame.set(payload, 42);
  frame.fill(0, 40, 42); // no checksum: RFC 768 allows it
  return frame;
}

/** The frame with `ids` as VLAN tags, outermost first. */
export function tagged(frame: Uint8Array, ...ids: number[]): Uint8Array {
  const tags = ids.flatMap((id) => [0x81, 0x00, 0xa0 | (id >> 8), id & 0xff]);
  return Uint8Array.from([...frame.subarray(0, 12), ...tags, ...frame.subarray(12)]);
}
