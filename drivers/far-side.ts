import { FRAME_UNCOUNTED } from './nic-ring.ts';
import type { FrameSink } from './raw-socket-sim.ts';
import type { WirePort } from './wires/wire.ts';

/*
 * ARP over Ethernet, RFC 826
 *
 *    0 destination MAC     14 hardware type 1       22 sender MAC
 *    6 source MAC          16 protocol type 0800    28 sender address
 *   12 type 0806           18 sizes 6 and 4         32 target MAC
 *                          20 operation             38 target address
 */
const ARP_FRAME_SIZE = 42;
/** The shortest Ethernet frame, without FCS; the rest is padding. */
const FRAME_SIZE_MIN = 60;
const MAC_SIZE = 6;
const SOURCE_MAC_OFFSET = 6;
const ARP_TYPES_OFFSET = 12;
const ARP_OPERATION_OFFSET = 20;
const SENDER_MAC_OFFSET = 22;
const SENDER_ADDRESS_OFFSET = 28;
const TARGET_MAC_OFFSET = 32;
const TARGET_ADDRESS_OFFSET = 38;

/** Bytes 12..22 of every ARP request for an IPv4 address, from the type to the operation. */
const REQUEST_TYPES = [0x08, 0x06, 0x00, 0x01, 0x08, 0x00, 6, 4, 0x00, 0x01];
const OPERATION_REPLY = 2;
/** A locally administered MAC: 02:00, then the host's IPv4 address. */
const HOST_MAC_FIRST = 0x02;

/** Addresses of hosts on a port's wire: from `first` to `last`, both included. */
export interface HostRange {
  first: number;
  last: number;
}

/**
 * The hosts at the far end of a port in a replay, where only the capture's frames are real: each
 * of the port's neighbours answers ARP with the MAC 02:00 and the four bytes of its address (RFC
 * 826). Answers arrive at once, flagged FRAME_UNCOUNTED.
 */
export class FarSide {
  /** Answers that the NIC took, and those that it refused. */
  answered = 0;
  refused = 0;
  private readonly nic: WirePort;
  private readonly firsts: Uint32Array;
  private readonly lasts: Uint32Array;
  private readonly reply = new Uint8Array(FRAME_SIZE_MIN);

  /** `nic` is where answers arrive. `hosts` are the port's neighbours, ascending, no overlaps. */
  constructor(nic: WirePort, hosts: readonly HostRange[]) {
    this.nic = nic;
    this.firsts = Uint32Array.from(hosts, ({ first }) => first);
    this.lasts = Uint32Array.from(hosts, ({ last }) => last);
    this.reply.set(REQUEST_TYPES, ARP_TYPES_OFFSET);
    this.reply[ARP_OPERATION_OFFSET + 1] = OPERATION_REPLY;
  }

  /** Watches one frame that the NIC transmits: a sink for `drain`, or a part of one. */
  readonly watch: FrameSink = (address, length, seconds, nanoseconds) => {
    if (length < ARP_FRAME_SIZE) return;
    const { bytes } = this.nic;
    for (let index = 0; index < REQUEST_TYPES.length; index++) {
      if (bytes[address + ARP_TYPES_OFFSET + index] !== REQUEST_TYPES[index]) return;
    }
    const at = address + TARGET_ADDRESS_OFFSET;
    const target =
      ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
    if (this.isHost(target)) this.answer(address, seconds, nanoseconds);
  };

  private isHost(target: number): boolean {
    const { firsts, lasts } = this;
    let low = 0;
    let high = firsts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (firsts[middle]! <= target) low = middle + 1;
      else high = middle;
    }
    return low > 0 && target <= lasts[low - 1]!;
  }

  /** Turns the request at `request` round: its target is the reply's sender. */
  private answer(request: number, seconds: number, nanoseconds: number): void {
    const { reply } = this;
    const { bytes } = this.nic;
    const target = request + TARGET_ADDRESS_OFFSET;
    for (let index = 0; index < MAC_SIZE; index++) {
      const asker = bytes[request + SENDER_MAC_OFFSET + index]!;
      const own = index === 0 ? HOST_MAC_FIRST : index === 1 ? 0 : bytes[target + index - 2]!;
      reply[index] = asker;
      reply[TARGET_MAC_OFFSET + index] = asker;
      reply[SOURCE_MAC_OFFSET + index] = own;
      reply[SENDER_MAC_OFFSET + index] = own;
    }
    for (let index = 0; index < 4; index++) {
      reply[SENDER_ADDRESS_OFFSET + index] = bytes[target + index]!;
      reply[TARGET_ADDRESS_OFFSET + index] = bytes[request + SENDER_ADDRESS_OFFSET + index]!;
    }
    const size = FRAME_SIZE_MIN;
    if (this.nic.receive(reply, 0, size, size, FRAME_UNCOUNTED, seconds, nanoseconds)) {
      this.answered++;
    } else this.refused++;
  }
}
