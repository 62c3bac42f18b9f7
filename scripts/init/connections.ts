/**
 * Connections and pseudo-connections of a capture, as the router's flow table will see them: who
 * began, how many packets went each way, and when.
 */
import { PROTOCOL_ICMP, PROTOCOL_TCP, PROTOCOL_UDP } from '../../netstack/protocols.ts';
import { TCP_FLAGS } from '../../netstack/tcp.ts';
import { serviceAt } from './services.ts';

/** Connections of a generation; there are two, so memory stays below about 40 MB. */
export const CONNECTIONS_MAX = 65_536;

/** A power of two. */
const RECENT_SLOTS = 4096;

/** Idle times of the kernel's flow table (RFC 4787 REQ-5, RFC 5508 REQ-2), in seconds. */
const UDP_IDLE_S = 300;
const ICMP_IDLE_S = 60;
const OTHER_IDLE_S = 600;

/** One packet: addresses and ports in host order; an ICMP query's identifier is both its ports. */
export interface PacketSeen {
  readonly protocol: number;
  readonly source: number;
  readonly destination: number;
  readonly sport: number;
  readonly dport: number;
  readonly tcpFlags: number;
  /** An ICMP reply, which begins nothing. */
  readonly isReply: boolean;
  /** Seconds since 1970. */
  readonly time: number;
}

/** `source` sent its first packet; `opener` is who sent a SYN, or got one acknowledged. */
export interface Connection {
  readonly protocol: number;
  readonly source: number;
  readonly destination: number;
  readonly sport: number;
  readonly dport: number;
  opener: 'source' | 'destination' | null;
  /** TCP that was first seen in its middle. */
  isPickedUp: boolean;
  isClosing: boolean;
  forward: number;
  backward: number;
  first: number;
  last: number;
}

/** Who is client and who is server of a connection, and the port that tells the service. */
export interface Direction {
  readonly client: number;
  readonly server: number;
  /** The server's port; 0 where the protocol has none. */
  readonly port: number;
  /** Set where the only packets are from the service's port to one that nobody knows. */
  readonly isAnswerOnly: boolean;
}

const SYN = TCP_FLAGS.syn;
const ACK = TCP_FLAGS.ack;

function idleOf(protocol: number): number {
  if (protocol === PROTOCOL_UDP) return UDP_IDLE_S;
  return protocol === PROTOCOL_ICMP ? ICMP_IDLE_S : OTHER_IDLE_S;
}

function keyOf({ protocol, source, destination, sport, dport }: PacketSeen): string {
  return source < destination || (source === destination && sport <= dport)
    ? `${protocol} ${source}:${sport} ${destination}:${dport}`
    : `${protocol} ${destination}:${dport} ${source}:${sport}`;
}

/**
 * The connections that are under way, in two generations: where the younger is full, the older is
 * told of as over. Each connection is told of once, when it is over.
 */
export class Connections {
  private older = new Map<string, Connection>();
  private younger = new Map<string, Connection>();
  /** Connections of the younger generation, by a hash: measured, 3 of 4 packets need no key. */
  private readonly recent: (Connection | undefined)[] = new Array(RECENT_SLOTS).fill(undefined);
  private readonly over: (connection: Connection) => void;

  constructor(over: (connection: Connection) => void) {
    this.over = over;
  }

  /** Takes one packet in; false: it is a reply to nothing. */
  add(packet: PacketSeen): boolean {
    const slot = slotOf(packet);
    let connection = this.recent[slot];
    if (connection === undefined || !isOf(connection, packet))
      connection = this.find(keyOf(packet));
    if (connection !== undefined && isNewOn(connection, packet)) {
      this.over(connection);
      connection = undefined;
    }
    if (connection === undefined) {
      if (packet.isReply) return false;
      connection = begin(packet);
      this.put(keyOf(packet), connection);
    }
    this.recent[slot] = connection;
    follow(connection, packet);
    return true;
  }

  /** Tells of all that are left. */
  finish(): void {
    for (const connection of [...this.older.values(), ...this.younger.values()]) {
      this.over(connection);
    }
    this.older.clear();
    this.younger.clear();
  }

  private find(key: string): Connection | undefined {
    const young = this.younger.get(key);
    if (young !== undefined) return young;
    const old = this.older.get(key);
    if (old === undefined) return undefined;
    this.older.delete(key);
    this.put(key, old);
    return old;
  }

  private put(key: string, connection: Connection): void {
    if (this.younger.size >= CONNECTIONS_MAX) {
      for (const old of this.older.values()) this.over(old);
      this.recent.fill(undefined);
      this.older = this.younger;
      this.younger = new Map();
    }
    this.younger.set(key, connection);
  }
}

/** The same for both directions. */
function slotOf({ source, destination, sport, dport }: PacketSeen): number {
  const addresses = source ^ destination;
  return (addresses ^ (addresses >>> 12) ^ Math.imul(sport ^ dport, 0x9e37)) & (RECENT_SLOTS - 1);
}

function isOf(connection: Connection, packet: PacketSeen): boolean {
  const { protocol, source, destination, sport, dport } = packet;
  if (connection.protocol !== protocol) return false;
  const isForward = connection.source === source && connection.destination === destination;
  if (isForward) return connection.sport === sport && connection.dport === dport;
  return (
    connection.source === destination &&
    connection.destination === source &&
    connection.sport === dport &&
    connection.dport === sport
  );
}

function isOpening({ protocol, tcpFlags }: PacketSeen): boolean {
  return protocol === PROTOCOL_TCP && (tcpFlags & (SYN | ACK)) === SYN;
}

/** Whether the packet begins anew on the ports of a connection that is over. */
function isNewOn(connection: Connection, packet: PacketSeen): boolean {
  if (packet.protocol !== PROTOCOL_TCP) {
    return packet.time - connection.last > idleOf(packet.protocol);
  }
  if (!isOpening(packet)) return false;
  const sender = packet.source === connection.source ? 'source' : 'destination';
  return connection.isClosing || sender !== connection.opener;
}

function begin(packet: PacketSeen): Connection {
  const { protocol, source, destination, sport, dport, time } = packet;
  const isTcp = protocol === PROTOCOL_TCP;
  return {
    protocol,
    source,
    destination,
    sport,
    dport,
    opener: null,
    isPickedUp: isTcp && !isOpening(packet),
    isClosing: false,
    forward: 0,
    backward: 0,
    first: time,
    last: time,
  };
}

function follow(connection: Connection, packet: PacketSeen): void {
  const isForward =
    packet.source === connection.source &&
    (packet.sport === connection.sport || packet.source !== packet.destination);
  if (isForward) connection.forward++;
  else connection.backward++;
  connection.first = Math.min(connection.first, packet.time);
  connection.last = Math.max(connection.last, packet.time);
  if (packet.protocol !== PROTOCOL_TCP) return;
  if ((packet.tcpFlags & (TCP_FLAGS.fin | TCP_FLAGS.rst)) !== 0) connection.isClosing = true;
  if ((packet.tcpFlags & SYN) === 0 || connection.opener !== null) return;
  // SYN opens; SYN and ACK answers whoever opened.
  const isAnswer = (packet.tcpFlags & ACK) !== 0;
  connection.opener = isForward !== isAnswer ? 'source' : 'destination';
}

/** Whether the sender's port is the service's: known where the other is not, or else lower. */
function isServerFirst({ protocol, sport, dport }: Connection): boolean {
  const isKnown = (port: number) => serviceAt(protocol, port) !== undefined;
  if (isKnown(sport) !== isKnown(dport)) return isKnown(sport);
  const isLow = (port: number) => port < 1024;
  if (isLow(sport) !== isLow(dport)) return isLow(sport);
  // Both are services, or neither: of TCP seen in its middle the lower port is the older.
  return protocol === PROTOCOL_TCP && sport < dport;
}

/**
 * Who is client and who is server: of TCP, who sent the SYN, and where none was seen, who has the
 * service's port; of all else whoever sent first, unless it was a late answer from a known port.
 */
export function directionOf(connection: Connection): Direction {
  const { protocol, source, destination, sport, dport, opener } = connection;
  if (protocol === PROTOCOL_ICMP) {
    return { client: source, server: destination, port: 0, isAnswerOnly: false };
  }
  const isReversed = opener === null ? isServerFirst(connection) : opener === 'destination';
  if (!isReversed) return { client: source, server: destination, port: dport, isAnswerOnly: false };
  const isAnswerOnly = protocol !== PROTOCOL_TCP && connection.backward === 0;
  return { client: destination, server: source, port: sport, isAnswerOnly };
}
