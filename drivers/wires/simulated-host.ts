/**
 * A host that is not there: it has one address, answers ARP for it (RFC 826) and echo requests to
 * it (RFC 792), and is deaf to all else. It shows that a router works without any rights.
 */
import { macOfIpv4 } from '../../netstack/address.ts';
import { ARP_REPLY, ARP_REQUEST, ARP_SIZE, buildArp, readArp } from '../../netstack/arp.ts';
import { readU16, readU48, writeU16, writeU32, writeU48 } from '../../netstack/byte-order.ts';
import { checksum } from '../../netstack/checksum.ts';
import { ICMP_ECHO_REPLY, ICMP_ECHO_REQUEST } from '../../netstack/icmp.ts';
import { IPV4_MORE_FRAGMENTS, IPV4_OFFSET_MASK, readIpv4 } from '../../netstack/ipv4.ts';
import { PROTOCOL_ICMP } from '../../netstack/protocols.ts';
import type { FrameSink } from '../raw-socket-sim.ts';
import { WIRE_BATCH, type Wire, type WireCounters, type WirePort } from './wire.ts';

const ETHERNET_SIZE = 14;
const FRAME_SIZE_MIN = 60;
const ETHER_IPV4 = 0x0800;
const ETHER_ARP = 0x0806;
const TTL = 64;
/** Answers that wait for the port; beyond them a request stays without one. */
const ANSWERS_MAX = 256;

export class SimulatedHost implements Wire {
  readonly counters: WireCounters = { rxDropped: 0, txDropped: 0 };
  private readonly nic: WirePort;
  private readonly address: number;
  private readonly mac: number;
  private readonly answers: Uint8Array[] = [];

  constructor(nic: WirePort, address: number) {
    this.nic = nic;
    this.address = address;
    this.mac = macOfIpv4(address);
  }

  isUp(): boolean {
    return true;
  }

  receive(seconds: number, nanoseconds: number): number {
    const { answers, nic } = this;
    const ready = answers.splice(0, WIRE_BATCH);
    for (const frame of ready) {
      nic.receive(frame, 0, frame.length, frame.length, 0, seconds, nanoseconds);
    }
    return ready.length;
  }

  readonly transmit: FrameSink = (address, length) => {
    const frame = this.nic.bytes.slice(address, address + length);
    const answer = this.answer(frame);
    if (answer === null) return;
    if (this.answers.length < ANSWERS_MAX) this.answers.push(answer);
    else this.counters.rxDropped++;
  };

  flush(): void {}

  private answer(frame: Uint8Array): Uint8Array | null {
    if (frame.length < ETHERNET_SIZE) return null;
    const type = readU16(frame, 12);
    if (type === ETHER_ARP) return this.answerArp(frame.subarray(ETHERNET_SIZE));
    return type === ETHER_IPV4 && readU48(frame, 0) === this.mac ? this.answerEcho(frame) : null;
  }

  private answerArp(body: Uint8Array): Uint8Array | null {
    const request = readArp(body);
    if (typeof request === 'string' || request.operation !== ARP_REQUEST) return null;
    if (request.targetAddress !== this.address) return null;
    const reply = buildArp({
      operation: ARP_REPLY,
      senderMac: this.mac,
      senderAddress: this.address,
      targetMac: request.senderMac,
      targetAddress: request.senderAddress,
    });
    const frame = new Uint8Array(Math.max(FRAME_SIZE_MIN, ETHERNET_SIZE + ARP_SIZE));
    this.writeEthernet(frame, request.senderMac, ETHER_ARP);
    frame.set(reply, ETHERNET_SIZE);
    return frame;
  }

  /** The request itself, turned round. */
  private answerEcho(frame: Uint8Array): Uint8Array | null {
    const packet = readIpv4(frame.subarray(ETHERNET_SIZE));
    if (typeof packet === 'string' || packet.protocol !== PROTOCOL_ICMP) return null;
    const isFragment = (packet.fragment & (IPV4_MORE_FRAGMENTS | IPV4_OFFSET_MASK)) !== 0;
    if (packet.destination !== this.address || isFragment) return null;
    const message = packet.payload;
    if (message.length < 8 || message[0] !== ICMP_ECHO_REQUEST || checksum(message) !== 0) {
      return null;
    }
    const header = frame.subarray(ETHERNET_SIZE, message.byteOffset - frame.byteOffset);
    writeU32(header, 12, this.address);
    writeU32(header, 16, packet.source);
    header[8] = TTL;
    writeU16(header, 10, 0);
    writeU16(header, 10, checksum(header));
    message[0] = ICMP_ECHO_REPLY;
    writeU16(message, 2, 0);
    writeU16(message, 2, checksum(message));
    this.writeEthernet(frame, readU48(frame, 6), ETHER_IPV4);
    return frame;
  }

  private writeEthernet(frame: Uint8Array, to: number, type: number): void {
    writeU48(frame, 0, to);
    writeU48(frame, 6, this.mac);
    writeU16(frame, 12, type);
  }
}
