/**
 * Connections as a stateful firewall sees them, by the RFCs alone: which packets belong to one
 * that was permitted, and for how long it is remembered.
 */
import type { CapturedFrame, Ports } from './captured-frame.ts';

/** RFC 5382 REQ-5, RFC 4787 REQ-5, RFC 5508 REQ-2; ten minutes for anything else. */
const ESTABLISHED_S = 7440;
const TRANSITORY_S = 240;
const IDLE_S: Readonly<Record<number, number>> = { 1: 60, 17: 300 };
const OTHER_IDLE_S = 600;

const FIN = 1;
const SYN = 2;
const RST = 4;
const ACK = 16;

export function isOpening(flags: number): boolean {
  return (flags & (SYN | ACK)) === SYN;
}

/** RFC 9293 3.5.2: after a reset there is no connection to belong to. */
export function isAfterReset({ isReset }: Connection, flags: number): boolean {
  return isReset && (flags & RST) === 0 && !isOpening(flags);
}

/** SYN with FIN or RST, or none of SYN, ACK and RST. */
export function isInvalid(flags: number): boolean {
  return ((flags & SYN) !== 0 && (flags & (FIN | RST)) !== 0) || (flags & (SYN | ACK | RST)) === 0;
}

export interface Connection {
  flow: string;
  /** Who opened it, as an end. */
  opener: string;
  isClosing: boolean;
  /** Nothing of it is carried any more but another reset. */
  isReset: boolean;
  isEstablished: boolean;
  lastSeen: number;
}

const endOf = (address: number, port: number) => `${address}:${port}`;

export class Connections {
  private readonly known = new Map<string, Connection>();

  private keyOf(protocol: number, source: number, destination: number, ports: Ports): string {
    const ends = [endOf(source, ports.source), endOf(destination, ports.destination)];
    return `${protocol} ${ends.sort().join(' ')}`;
  }

  private find(key: string, now: number): Connection | null {
    const connection = this.known.get(key);
    if (connection === undefined) return null;
    const protocol = Number(key.split(' ')[0]);
    const isSettled = connection.isEstablished && !connection.isClosing;
    const idle = protocol === 6 ? (isSettled ? ESTABLISHED_S : TRANSITORY_S) : IDLE_S[protocol];
    return now - connection.lastSeen <= (idle ?? OTHER_IDLE_S) ? connection : null;
  }

  /** The connection that the packet belongs to. */
  of(frame: CapturedFrame, now: number): Connection | null {
    const { protocol, source, destination, ports } = frame;
    return this.find(this.keyOf(protocol, source, destination, ports), now);
  }

  /** The connection that an ICMP error quotes a packet of, on its way to that packet's sender. */
  quotedBy(frame: CapturedFrame, now: number): Connection | null {
    const { quoted } = frame;
    if (quoted === null || quoted.source !== frame.destination) return null;
    const { protocol, source, destination, ports } = quoted;
    return this.find(this.keyOf(protocol, source, destination, ports), now);
  }

  /** Remembers a connection that the packet opens; `isReversed`: from its other end. */
  open(frame: CapturedFrame, flow: string, isReversed: boolean, now: number): Connection {
    const { protocol, source, destination, ports, tcpFlags } = frame;
    const opener = isReversed ? endOf(destination, ports.destination) : endOf(source, ports.source);
    const connection: Connection = {
      flow,
      opener,
      isClosing: false,
      isReset: false,
      isEstablished: protocol === 6 && !isOpening(tcpFlags),
      lastSeen: now,
    };
    this.known.set(this.keyOf(protocol, source, destination, ports), connection);
    return connection;
  }

  isFromOpener(connection: Connection, frame: CapturedFrame): boolean {
    return connection.opener === endOf(frame.source, frame.ports.source);
  }

  /** A further packet of a connection. */
  follow(connection: Connection, frame: CapturedFrame, now: number): void {
    connection.lastSeen = now;
    if (frame.protocol !== 6) return;
    const { tcpFlags } = frame;
    // The last word on its state: a FIN after the reset of its other side is not carried.
    if ((tcpFlags & RST) !== 0) connection.isReset = true;
    if ((tcpFlags & (RST | FIN)) !== 0) connection.isClosing = true;
    else if ((tcpFlags & SYN) === 0) connection.isEstablished = true;
  }
}
