/** Which connections have had their reply: replies leave the board in the order of connections. */
import { readU16, readU32 } from '../../netstack/byte-order.ts';
import type { Connection } from './workload.ts';

const IP = 14;
const PROTOCOL = IP + 9;
const SOURCE = IP + 12;
const DESTINATION = IP + 16;
const L4 = IP + 20;

function isReply(frame: Uint8Array, { proto, src, dst, sport, dport }: Connection): boolean {
  const hasAddresses = readU32(frame, SOURCE) === dst && readU32(frame, DESTINATION) === src;
  const hasPorts = readU16(frame, L4) === dport && readU16(frame, L4 + 2) === sport;
  return frame[PROTOCOL] === proto && hasAddresses && hasPorts;
}

export class Replies {
  private readonly connections: readonly Connection[];
  private readonly without: number[] = [];
  private next = 0;

  constructor(connections: readonly Connection[]) {
    this.connections = connections;
  }

  /** A frame has left; what is no reply stands for none, and those behind it count as missing. */
  see(frame: Uint8Array): void {
    const { connections, without } = this;
    while (this.next < connections.length && !isReply(frame, connections[this.next])) {
      without.push(this.next++);
    }
    this.next++;
  }

  /** Indices of the connections without a reply, once all frames have left. */
  missing(): readonly number[] {
    while (this.next < this.connections.length) this.without.push(this.next++);
    return this.without;
  }
}
