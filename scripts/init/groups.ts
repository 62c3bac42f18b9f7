/**
 * Which hosts belong into one zone: a subnet where its hosts need no router among themselves, and
 * clients apart from servers where one subnet holds both.
 */
import type { Conversation } from './conversations.ts';
import type { Host } from './hosts.ts';
import { KINDS, type Kind, weightOf } from './roles.ts';
import { type Layout, type Segment, stationOf } from './segments.ts';

/** The part of all packets that a subnet's own traffic must have to be worth two zones. */
const SPLIT_SHARE_MIN = 0.05;
/** Groups that are compared pair by pair; beyond, those of a kind are joined first. */
const GROUPS_COMPARED_MAX = 64;

/** Hosts that belong together. */
export interface Group {
  kind: Kind;
  addresses: Set<number>;
}

/** The groups of a capture, at most `groupsMax`. */
export function groupHosts(
  layout: Layout,
  conversations: readonly Conversation[],
  kinds: ReadonlyMap<number, Kind>,
  groupsMax: number,
): Group[] {
  const packets = conversations.reduce((sum, one) => sum + one.packets, 0);
  const outside = [...layout.outside, ...routersOf(layout)].map(({ address }) => address);
  const groups: Group[] = [];
  if (layout.outside.length > 0) groups.push({ kind: 'internet', addresses: new Set(outside) });
  const isOutside = new Set(layout.outside.length > 0 ? outside : []);
  const weights = weightsOf(conversations);
  const kindAt = (address: number) => kinds.get(address) ?? 'office';
  for (const { members, inside } of insides(layout.segments, isOutside, conversations)) {
    for (const part of split(members, inside, kindAt, packets)) {
      groups.push({ kind: majority(part, kindAt, weights), addresses: new Set(part) });
    }
  }
  return joinGroups(groups, conversations, groupsMax);
}

/**
 * The routers' own addresses on the captured wires: they go where the routes through them go. By
 * ARP, or because others of the subnet are not behind the router.
 */
export function routersOf({ segments, outside, gatewayMacs }: Layout): Host[] {
  const stations = new Set(outside.map(stationOf).filter((mac) => gatewayMacs.has(mac)));
  return segments.flatMap(({ hosts }) =>
    hosts.filter((host) => {
      const station = stationOf(host);
      if (!stations.has(station)) return false;
      return host.isOnWire || hosts.some((other) => stationOf(other) !== station);
    }),
  );
}

/** The hosts of each subnet that are not outside, and the conversations among them. */
function insides(
  segments: readonly Segment[],
  isOutside: ReadonlySet<number>,
  conversations: readonly Conversation[],
): { members: number[]; inside: Conversation[] }[] {
  const found = segments.map(({ hosts }) => {
    const members = hosts.map(({ address }) => address).filter((one) => !isOutside.has(one));
    return { members, inside: [] as Conversation[] };
  });
  const home = new Map(found.flatMap((one) => one.members.map((address) => [address, one])));
  for (const conversation of conversations) {
    const segment = home.get(conversation.client);
    if (segment === home.get(conversation.server)) segment?.inside.push(conversation);
  }
  return found.filter(({ members }) => members.length > 0);
}

/** How much each host says. */
function weightsOf(conversations: readonly Conversation[]): Map<number, number> {
  const weights = new Map<number, number>();
  for (const one of conversations) {
    for (const address of [one.client, one.server]) {
      weights.set(address, (weights.get(address) ?? 0) + weightOf(one));
    }
  }
  return weights;
}

/** A subnet's hosts as one part, or several where enough of its own traffic can cross a router. */
function split(
  members: readonly number[],
  inside: readonly Conversation[],
  kindAt: (address: number) => Kind,
  packets: number,
): (readonly number[])[] {
  if (inside.length === 0) return [members];
  const byKind = KINDS.map((kind) => members.filter((address) => kindAt(address) === kind));
  const plans = [byKind, halves(members, inside)].map((parts) => parts.filter((p) => p.length > 0));
  const [kindCut, halfCut] = plans.map((parts) => cut(parts, inside));
  // What hosts are says more than who talks to whom, unless that leaves most of it inside.
  const isByKind = kindCut! * 2 >= halfCut!;
  const isWorth = (isByKind ? kindCut! : halfCut!) >= SPLIT_SHARE_MIN * packets;
  return isWorth ? plans[isByKind ? 0 : 1]! : [members];
}

/** Packets of conversations between different parts. */
function cut(parts: readonly (readonly number[])[], inside: readonly Conversation[]): number {
  const partOf = new Map(parts.flatMap((part, index) => part.map((address) => [address, index])));
  let sum = 0;
  for (const { client, server, packets } of inside) {
    if (partOf.get(client) !== partOf.get(server)) sum += packets;
  }
  return sum;
}

/** Two halves: each host, busiest first, goes where it has less to do with who is there. */
function halves(addresses: readonly number[], inside: readonly Conversation[]): number[][] {
  const talks = new Map<number, Map<number, number>>();
  const note = (a: number, b: number, packets: number) => {
    const of = talks.get(a) ?? new Map<number, number>();
    talks.set(a, of);
    of.set(b, (of.get(b) ?? 0) + packets);
  };
  for (const { client, server, packets } of inside) {
    note(client, server, packets);
    note(server, client, packets);
  }
  const busy = (address: number) => [...(talks.get(address)?.values() ?? [])].reduce(sum, 0);
  const order = addresses
    .map((address) => ({ address, packets: busy(address) }))
    .sort((a, b) => b.packets - a.packets || a.address - b.address);
  const sides = [new Set<number>(), new Set<number>()] as const;
  for (const { address } of order) {
    const weights = sides.map((side) => {
      const peers = talks.get(address) ?? new Map<number, number>();
      return [...peers].reduce((all, [peer, packets]) => all + (side.has(peer) ? packets : 0), 0);
    });
    sides[weights[0]! <= weights[1]! ? 0 : 1].add(address);
  }
  return sides.map((side) => [...side]);
}

function sum(a: number, b: number): number {
  return a + b;
}

/** The kind that most of what the hosts say is of. */
function majority(
  addresses: readonly number[],
  kindAt: (address: number) => Kind,
  weights: ReadonlyMap<number, number>,
): Kind {
  const ofKind = new Map<Kind, number>();
  for (const address of addresses) {
    const kind = kindAt(address);
    ofKind.set(kind, (ofKind.get(kind) ?? 0) + (weights.get(address) ?? 0));
  }
  const kinds = KINDS.filter((kind) => ofKind.has(kind));
  return kinds.reduce((best, kind) => (ofKind.get(kind)! > ofKind.get(best)! ? kind : best));
}

/** Joins groups until there are no more than `groupsMax`: those with the least to say first. */
function joinGroups(
  groups: readonly Group[],
  conversations: readonly Conversation[],
  groupsMax: number,
): Group[] {
  let left = [...groups];
  if (left.length > GROUPS_COMPARED_MAX) left = joinSmallOfKind(left, conversations);
  while (left.length > groupsMax) {
    const [a, b] = leastTalking(left, conversations);
    left = left.filter((group) => group !== b);
    for (const address of b.addresses) a.addresses.add(address);
  }
  return left;
}

/** All but the busiest groups of each kind are one. */
function joinSmallOfKind(groups: Group[], conversations: readonly Conversation[]): Group[] {
  const packets = new Map<number, number>();
  for (const { client, server, packets: count } of conversations) {
    for (const end of [client, server]) packets.set(end, (packets.get(end) ?? 0) + count);
  }
  const weight = (group: Group) =>
    [...group.addresses].reduce((all, address) => all + (packets.get(address) ?? 0), 0);
  return KINDS.flatMap((kind) => {
    const weights = groups
      .filter((group) => group.kind === kind)
      .map((group) => ({ group, packets: weight(group) }))
      .sort((a, b) => b.packets - a.packets);
    const keep = Math.floor(GROUPS_COMPARED_MAX / KINDS.length) - 1;
    const [rest, ...others] = weights.slice(keep).map(({ group }) => group);
    for (const other of others) {
      for (const address of other.addresses) rest!.addresses.add(address);
    }
    return [...weights.slice(0, keep).map(({ group }) => group), ...(rest ? [rest] : [])];
  });
}

/** The two groups that lose least if they are one; of one kind if there are any. */
function leastTalking(
  groups: readonly Group[],
  conversations: readonly Conversation[],
): [Group, Group] {
  const indexOf = new Map(
    groups.flatMap(({ addresses }, index) => [...addresses].map((one) => [one, index] as const)),
  );
  const between = new Map<number, number>();
  const keyOf = (a: number, b: number) => Math.min(a, b) * groups.length + Math.max(a, b);
  for (const { client, server, packets } of conversations) {
    const key = keyOf(indexOf.get(client) ?? -1, indexOf.get(server) ?? -1);
    between.set(key, (between.get(key) ?? 0) + packets);
  }
  let best: [number, number] = [0, 1];
  let bestCost = Number.POSITIVE_INFINITY;
  const total = conversations.reduce((all, one) => all + one.packets, 0);
  for (let a = 0; a < groups.length; a++) {
    for (let b = a + 1; b < groups.length; b++) {
      const isAlike = groups[a]!.kind === groups[b]!.kind;
      const isInternet = groups[a]!.kind === 'internet' || groups[b]!.kind === 'internet';
      const cost = (between.get(keyOf(a, b)) ?? 0) + (isAlike ? 0 : isInternet ? 0.2 : 0.1) * total;
      if (cost >= bestCost) continue;
      bestCost = cost;
      best = [a, b];
    }
  }
  return [groups[best[0]]!, groups[best[1]]!];
}
