/** A host of a test at the far end of a wire: frames out, frames in, and what they say. */
import { setTimeout as wait } from 'node:timers/promises';
import { macOfIpv4 } from '../../netstack/address.ts';
import { ARP_REPLY, ARP_REQUEST, buildArp, readArp } from '../../netstack/arp.ts';
import { buildPacket, type FrameMacs } from '../../netstack/build-packet.ts';
import { readU16, writeU16, writeU48 } from '../../netstack/byte-order.ts';
import { describeFrame } from '../../netstack/describe.ts';
import { parsePacketText } from '../../netstack/packet-text.ts';

const ANSWER_MS_MAX = 5000;
const POLL_MS = 5;
const ETHER_ARP = 0x0806;

export class FarHost {
  readonly received: string[] = [];
  private readonly send: (frame: Uint8Array) => void;
  private readonly address: number;

  constructor(address: number, send: (frame: Uint8Array) => void) {
    this.address = address;
    this.send = send;
  }

  /** A frame has come. It answers who asks for its address. */
  readonly arrive = (frame: Uint8Array): void => {
    this.received.push(describeFrame(frame));
    const arp = readU16(frame, 12) === ETHER_ARP ? readArp(frame.subarray(14)) : null;
    if (arp === null || typeof arp === 'string' || arp.operation !== ARP_REQUEST) return;
    if (arp.targetAddress !== this.address) return;
    const reply = new Uint8Array(42);
    writeU48(reply, 0, arp.senderMac);
    writeU48(reply, 6, macOfIpv4(this.address));
    writeU16(reply, 12, ETHER_ARP);
    reply.set(
      buildArp({
        operation: ARP_REPLY,
        senderMac: macOfIpv4(this.address),
        senderAddress: this.address,
        targetMac: arp.senderMac,
        targetAddress: arp.senderAddress,
      }),
      14,
    );
    this.send(reply);
  };

  /** Sends a packet by its text. */
  say(text: string, macs: FrameMacs = {}): void {
    this.send(buildPacket(parsePacketText(text), macs));
  }

  /** Sends a packet by its text, and waits for a frame that says `answer`. */
  async ask(text: string, answer: string, macs: FrameMacs = {}): Promise<string> {
    const from = this.received.length;
    this.say(text, macs);
    for (const end = Date.now() + ANSWER_MS_MAX; Date.now() < end; await wait(POLL_MS)) {
      const found = this.received.slice(from).find((line) => line.includes(answer));
      if (found !== undefined) return found;
    }
    throw new Error(`no "${answer}" in ${JSON.stringify(this.received)}`);
  }
}
