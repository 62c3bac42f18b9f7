/** Who used which service of whom: connections joined, whatever their clients' ports. */
import { PROTOCOL_TCP } from '../../netstack/protocols.ts';
import { type Connection, directionOf } from './connections.ts';
import { serviceAt } from './services.ts';

/** Conversations that are told apart; beyond them packets are counted as left out. */
export const CONVERSATIONS_MAX = 65_536;
/** Ports of one server that one client is known to use; beyond, it is a scan: any port. */
const PORTS_PER_PAIR_MAX = 64;

/** The port of a conversation that is about any number of them. */
export const PORT_ANY = -1;

export interface Conversation {
  readonly protocol: number;
  readonly client: number;
  readonly server: number;
  /** The server's port, 0 where the protocol has none, or PORT_ANY. */
  readonly port: number;
  /** The server's answers alone were captured: they open the flow, from the service's port. */
  readonly isAnswerOnly: boolean;
  /** Packets both ways. */
  packets: number;
  /** Packets of connections in which both sides spoke. */
  answered: number;
  connections: number;
  /** TCP connections that began before the capture. */
  pickedUp: number;
  /** Of PORT_ANY: one of the ports. */
  samplePort: number;
  first: number;
  last: number;
}

export class Conversations {
  readonly all = new Map<string, Conversation>();
  /** Packets of conversations beyond the limit. */
  leftOut = 0;
  /** Packets from a service's port that came before, or long after, any question. */
  lateAnswers = 0;
  /** TCP connections, and those of them that began before the capture. */
  tcpConnections = 0;
  tcpPickedUp = 0;
  private readonly portCounts = new Map<string, number>();

  /** Takes in a connection that is over. */
  add(connection: Connection): void {
    const { protocol } = connection;
    const { client, server, port, isAnswerOnly } = directionOf(connection);
    if (protocol === PROTOCOL_TCP) {
      this.tcpConnections++;
      if (connection.isPickedUp) this.tcpPickedUp++;
    }
    const packets = connection.forward + connection.backward;
    const conversation = this.find(protocol, client, server, port, isAnswerOnly);
    if (conversation === null) {
      this.leftOut += packets;
      return;
    }
    const isNew = conversation.connections === 0;
    conversation.packets += packets;
    if (connection.forward > 0 && connection.backward > 0) conversation.answered += packets;
    conversation.connections++;
    if (connection.isPickedUp) conversation.pickedUp++;
    conversation.first = isNew ? connection.first : Math.min(conversation.first, connection.first);
    conversation.last = isNew ? connection.last : Math.max(conversation.last, connection.last);
  }

  /** Answers whose questions are known as well are no flow of their own. */
  finish(): void {
    for (const [key, one] of this.all) {
      if (!one.isAnswerOnly) continue;
      const { protocol, client, server, port } = one;
      if (!this.all.has(keyOf(protocol, client, server, port, false))) continue;
      this.lateAnswers += one.packets;
      this.all.delete(key);
    }
  }

  /** Forgets what is not said to a host; how many packets that were. */
  removeServers(isNone: (address: number) => boolean): number {
    let packets = 0;
    for (const [key, one] of this.all) {
      if (!isNone(one.server)) continue;
      packets += one.packets;
      this.all.delete(key);
    }
    return packets;
  }

  private find(
    protocol: number,
    client: number,
    server: number,
    port: number,
    isAnswerOnly: boolean,
  ): Conversation | null {
    const key = keyOf(protocol, client, server, port, isAnswerOnly);
    const known = this.all.get(key);
    if (known !== undefined) return known;
    if (port !== PORT_ANY && serviceAt(protocol, port) === undefined && port !== 0) {
      const pair = `${protocol} ${client} ${server}`;
      const count = this.portCounts.get(pair) ?? 0;
      if (count >= PORTS_PER_PAIR_MAX) {
        const any = this.find(protocol, client, server, PORT_ANY, isAnswerOnly);
        if (any !== null) any.samplePort = port;
        return any;
      }
      this.portCounts.set(pair, count + 1);
    }
    if (this.all.size >= CONVERSATIONS_MAX) return null;
    const conversation: Conversation = {
      protocol,
      client,
      server,
      port,
      isAnswerOnly,
      packets: 0,
      answered: 0,
      connections: 0,
      pickedUp: 0,
      samplePort: port,
      first: 0,
      last: 0,
    };
    this.all.set(key, conversation);
    return conversation;
  }
}

function keyOf(
  protocol: number,
  client: number,
  server: number,
  port: number,
  isAnswerOnly: boolean,
): string {
  return `${protocol} ${client} ${server} ${port}${isAnswerOnly ? ' answer' : ''}`;
}
