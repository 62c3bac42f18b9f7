/**
 * The flows of a capture, as an operator would write them: one entry for a service, its clients
 * and its servers; most used first.
 */
import type { Cidr } from '../../netstack/address.ts';
import { type Conversation, PORT_ANY } from './conversations.ts';
import { type HostTerm, hostTermBoxes, hostTermOf } from './host-term.ts';
import { serviceAt } from './services.ts';

/** Entries in the file: what no person reads is no help. Those used least are left out. */
export const FLOWS_LISTED_MAX = 500;
/** Entries of one service between two zones; beyond, they are one with all hosts. */
const SERVICE_FLOWS_MAX = 12;
/** Ports of one pair of hosts; beyond, they are one entry of any port. */
const PAIR_PORTS_MAX = 12;
/** Hosts that one side of an entry names. */
const HOSTS_NAMED_MAX = 24;
/** Boxes of all entries: a third of what the policy compiler takes (firmware/boot). */
const BOXES_MAX = 20_000;

/** One entry under `flows:`. */
export interface FlowPlan {
  readonly from: string;
  readonly to: string;
  readonly protocol: number;
  readonly port: number;
  readonly isAnswerOnly: boolean;
  readonly clients: readonly number[];
  readonly servers: readonly number[];
  readonly client: HostTerm;
  readonly server: HostTerm;
  /** Every client was seen with every server. */
  readonly isExact: boolean;
  readonly packets: number;
  readonly connections: number;
  readonly first: number;
  readonly last: number;
  /** The busiest of the conversations in it. */
  readonly sample: Conversation;
}

export interface FlowPlans {
  readonly flows: readonly FlowPlan[];
  /** Packets and conversations that no entry stands for: beyond FLOWS_LISTED_MAX. */
  readonly leftOut: { readonly flows: number; readonly packets: number };
  /** Packets between hosts of one zone, which cross no router. */
  readonly withinZone: number;
}

/** Conversations that one entry stands for. */
interface Bundle {
  readonly zones: readonly [from: string, to: string];
  readonly conversations: Conversation[];
  readonly isExact: boolean;
}

/** The entries for conversations; `zoneOf` knows the zone of every host in them. */
export function planFlows(
  conversations: readonly Conversation[],
  zoneOf: (address: number) => string,
  subnets: readonly Cidr[],
): FlowPlans {
  let withinZone = 0;
  const byService = new Map<string, Conversation[]>();
  for (const one of withoutScans(conversations)) {
    const [from, to] = zonesOf(one, zoneOf);
    if (from === to) {
      withinZone += one.packets;
      continue;
    }
    push(byService, [from, to, one.protocol, one.port, one.isAnswerOnly].join(' '), one);
  }
  const bundles = [...byService.values()].flatMap((list): Bundle[] => {
    const zones = zonesOf(list[0]!, zoneOf);
    const parts = byClients(list).map((part) => ({ zones, conversations: part, isExact: true }));
    if (parts.length <= SERVICE_FLOWS_MAX) return parts;
    return [{ zones, conversations: list, isExact: false }];
  });
  let hostsMax = HOSTS_NAMED_MAX;
  let flows = bundles.map((bundle) => flowOf(bundle, subnets, hostsMax));
  while (boxesOf(flows) > BOXES_MAX && hostsMax > 1) {
    hostsMax = Math.floor(hostsMax / 2);
    flows = bundles.map((bundle) => flowOf(bundle, subnets, hostsMax));
  }
  flows.sort((a, b) => b.packets - a.packets || a.first - b.first || compare(a.sample, b.sample));
  const rest = flows.splice(FLOWS_LISTED_MAX);
  const packets = rest.reduce((sum, flow) => sum + flow.packets, 0);
  return { flows, leftOut: { flows: rest.length, packets }, withinZone };
}

/** The zone that opens the flow, and the other. */
function zonesOf(
  { client, server, isAnswerOnly }: Conversation,
  zoneOf: (address: number) => string,
): [string, string] {
  return isAnswerOnly ? [zoneOf(server), zoneOf(client)] : [zoneOf(client), zoneOf(server)];
}

/** Of pairs of hosts with very many unknown ports, one conversation of any port. */
function withoutScans(conversations: readonly Conversation[]): Conversation[] {
  const pairs = new Map<string, Conversation[]>();
  const kept: Conversation[] = [];
  for (const one of conversations) {
    if (one.port === 0) kept.push(one);
    else push(pairs, [one.protocol, one.client, one.server, one.isAnswerOnly].join(' '), one);
  }
  for (const list of pairs.values()) {
    const isPolled = ({ protocol, port, answered }: Conversation) =>
      answered > 0 && serviceAt(protocol, port)?.isIndustrial === true;
    const scanned = list.filter((one) => !isPolled(one));
    const hasAny = scanned.some(({ port }) => port === PORT_ANY);
    if (scanned.length <= PAIR_PORTS_MAX && !hasAny) kept.push(...list);
    else {
      kept.push(...list.filter((one) => !scanned.includes(one)));
      kept.push(joinConversations(scanned));
    }
  }
  return kept;
}

function joinConversations(list: readonly Conversation[]): Conversation {
  const sum = (of: (one: Conversation) => number) => list.reduce((all, one) => all + of(one), 0);
  const busiest = list.reduce((best, one) => (one.packets > best.packets ? one : best));
  return {
    ...busiest,
    port: PORT_ANY,
    samplePort: busiest.samplePort,
    packets: sum(({ packets }) => packets),
    answered: sum(({ answered }) => answered),
    connections: sum(({ connections }) => connections),
    pickedUp: sum(({ pickedUp }) => pickedUp),
    first: list.reduce((least, { first }) => Math.min(least, first), Number.POSITIVE_INFINITY),
    last: list.reduce((most, { last }) => Math.max(most, last), 0),
  };
}

/** Servers with the very same clients, together: nothing is joined that was not seen. */
function byClients(list: readonly Conversation[]): Conversation[][] {
  const byServer = new Map<number, Conversation[]>();
  for (const one of list) push(byServer, one.server, one);
  const bySet = new Map<string, Conversation[]>();
  for (const part of byServer.values()) {
    const clients = part.map(({ client }) => client).sort((a, b) => a - b);
    const key = clients.join(' ');
    bySet.set(key, [...(bySet.get(key) ?? []), ...part]);
  }
  return [...bySet.values()];
}

function flowOf(bundle: Bundle, subnets: readonly Cidr[], hostsMax: number): FlowPlan {
  const { zones, conversations, isExact } = bundle;
  const [from, to] = zones;
  const { protocol, port, isAnswerOnly } = conversations[0]!;
  const clients = [...new Set(conversations.map(({ client }) => client))];
  const servers = [...new Set(conversations.map(({ server }) => server))];
  const all = joinConversations(conversations);
  return {
    from,
    to,
    protocol,
    port,
    isAnswerOnly,
    clients,
    servers,
    client: hostTermOf(clients, subnets, hostsMax),
    server: hostTermOf(servers, subnets, hostsMax),
    isExact,
    packets: all.packets,
    connections: all.connections,
    first: all.first,
    last: all.last,
    sample: conversations.reduce((best, one) => (one.packets > best.packets ? one : best)),
  };
}

function boxesOf(flows: readonly FlowPlan[]): number {
  return flows.reduce(
    (sum, { client, server }) => sum + hostTermBoxes(client) * hostTermBoxes(server),
    0,
  );
}

function compare(a: Conversation, b: Conversation): number {
  return a.protocol - b.protocol || a.port - b.port || a.client - b.client || a.server - b.server;
}

function push<K>(map: Map<K, Conversation[]>, key: K, one: Conversation): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [one]);
  else list.push(one);
}
