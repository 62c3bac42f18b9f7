/**
 * A port that listens to who says what address is whose (RFC 826), as a person with a protocol
 * analyser would: for display only. What the router believes is its module's own business.
 */
import { readArp } from '../../netstack/arp.ts';
import type { FrameReceiver, WirePort } from './wire.ts';

/** Hosts remembered a port; beyond them the one heard first is forgotten. */
export const HEARD_MAX = 1024;

const ETHER_TYPE_OFFSET = 12;
const ETHERNET_SIZE = 14;
const ARP_FRAME_SIZE = 42;

/** Who was heard, and when: seconds since boot. */
export interface Heard {
  readonly mac: number;
  readonly seconds: number;
}

export class ArpListener implements WirePort {
  readonly bytes: Uint8Array;
  /** By address, the one heard longest ago first. */
  readonly heard = new Map<number, Heard>();
  private readonly port: WirePort;

  constructor(port: WirePort) {
    this.port = port;
    this.bytes = port.bytes;
  }

  readonly receive: FrameReceiver = (
    frame,
    start,
    end,
    wireLength,
    flags,
    seconds,
    nanoseconds,
  ) => {
    const type = start + ETHER_TYPE_OFFSET;
    if (frame[type] === 0x08 && frame[type + 1] === 0x06) this.listen(frame, start, end, seconds);
    return this.port.receive(frame, start, end, wireLength, flags, seconds, nanoseconds);
  };

  private listen(frame: Uint8Array, start: number, end: number, seconds: number): void {
    if (end - start < ARP_FRAME_SIZE) return;
    const arp = readArp(frame.subarray(start + ETHERNET_SIZE, end));
    // A probe names no sender (RFC 5227).
    if (typeof arp === 'string' || arp.senderAddress === 0) return;
    const { heard } = this;
    heard.delete(arp.senderAddress);
    heard.set(arp.senderAddress, { mac: arp.senderMac, seconds });
    if (heard.size <= HEARD_MAX) return;
    const [first] = heard.keys();
    heard.delete(first!);
  }
}
