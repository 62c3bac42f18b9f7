/**
 * The subnets of a capture. It shows no masks, so a subnet is a /24, or what ARP shows to be one
 * wire; and what a router's MAC address sends for many subnets is outside.
 */
import { type Cidr, networkOf } from '../../netstack/address.ts';
import type { Conversation } from './conversations.ts';
import type { Host, Hosts } from './hosts.ts';
import { isPrivate, SUBNET_LENGTH, subnet24Of } from './special-addresses.ts';

/** The shortest prefix that a subnet is believed to have. */
const SUBNET_LENGTH_MIN = 16;

/** A subnet and its hosts. */
export interface Segment {
  readonly subnet: Cidr;
  readonly hosts: Host[];
}

export interface Layout {
  readonly segments: readonly Segment[];
  /** Hosts behind a router of the capture, not of its own subnets: where a default route leads. */
  readonly outside: readonly Host[];
  /** MAC addresses of the routers that the capture shows. */
  readonly gatewayMacs: ReadonlySet<number>;
}

/** Whose station a host's packets come from, or go to where it sent none. */
export function stationOf({ mac, macTo }: Host): number {
  return mac === 0 ? macTo : mac;
}

/** Hosts by their station; hosts without one are under 0. */
function byStation(hosts: Iterable<Host>): Map<number, Host[]> {
  const stations = new Map<number, Host[]>();
  for (const host of hosts) {
    const station = stationOf(host);
    const list = stations.get(station);
    if (list === undefined) stations.set(station, [host]);
    else list.push(host);
  }
  return stations;
}

/** A station that sends for several subnets, or for others beside the one that it has by ARP. */
function isGateway(hosts: readonly Host[]): boolean {
  const subnets = new Set(hosts.map(({ address }) => subnet24Of(address)));
  return subnets.size > 1 && hosts.some(({ isOnWire }) => !isOnWire);
}

/**
 * Divides the hosts of a capture into subnets and what is outside. Hosts that talk to somebody are
 * all that counts, unless there are none.
 */
export function layOut(hosts: Hosts, conversations: readonly Conversation[]): Layout {
  const talkers = new Set(conversations.flatMap(({ client, server }) => [client, server]));
  // Who talks to a private address over the Internet does so by some router.
  const calledFromInside = new Set(
    conversations.flatMap(({ client, server }) => {
      return isPrivate(client) ? [server] : isPrivate(server) ? [client] : [];
    }),
  );
  const all = [...hosts.all.values()]
    .filter(({ address }) => talkers.size === 0 || talkers.has(address))
    .sort((a, b) => a.address - b.address);
  const stations = byStation(all);
  stations.delete(0);
  const gateways = [...stations].filter(([, list]) => isGateway(list));
  // A station that sends for everybody tells nothing: a loopback, or a capture without Ethernet.
  const isTelling = stations.size > 1;
  const gatewayMacs = new Set(isTelling ? gateways.map(([mac]) => mac) : []);
  const isOutside = (host: Host) => {
    if (host.isOnWire || isPrivate(host.address)) return false;
    return gatewayMacs.has(stationOf(host)) || calledFromInside.has(host.address);
  };
  let outside = all.filter(isOutside);
  if (outside.length === all.length) outside = farSide(outside, gatewayMacs);
  const far = new Set(outside);
  const inside = all.filter((host) => !far.has(host));
  const segments = segmentsOf(inside, hosts.sharedWires);
  // Whose address lies in a subnet is a host of it to routing, wherever its packets come from.
  for (const host of outside) {
    segments.find(({ subnet }) => covers(subnet, host.address))?.hosts.push(host);
  }
  return { segments, outside, gatewayMacs };
}

/**
 * Of a wire between routers only: the hosts of the station that stands for the most; the others
 * are inside, or nothing would be.
 */
function farSide(hosts: readonly Host[], gatewayMacs: ReadonlySet<number>): Host[] {
  if (gatewayMacs.size < 2) return [];
  const stations = [...byStation(hosts).values()];
  return stations.reduce((most, list) => (list.length > most.length ? list : most));
}

/** The subnets of hosts, in the order of their addresses. */
function segmentsOf(hosts: readonly Host[], sharedWires: ReadonlySet<number>): Segment[] {
  const prefixes = joined(hosts, sharedWires);
  const segments = new Map<string, Segment>();
  for (const host of hosts) {
    const subnet = prefixes.find((prefix) => covers(prefix, host.address)) ?? {
      address: subnet24Of(host.address),
      length: SUBNET_LENGTH,
    };
    const key = `${subnet.address}/${subnet.length}`;
    const segment = segments.get(key);
    if (segment === undefined) segments.set(key, { subnet, hosts: [host] });
    else segment.hosts.push(host);
  }
  return [...segments.values()];
}

function covers({ address, length }: Cidr, host: number): boolean {
  return networkOf({ address: host, length }) === address;
}

/** Shorter prefixes than /24: of two subnets on one wire, and where a host sits at an edge. */
function joined(hosts: readonly Host[], sharedWires: ReadonlySet<number>): Cidr[] {
  const present = new Set(hosts.map(({ address }) => subnet24Of(address)));
  const wanted: Cidr[] = [];
  for (const key of sharedWires) {
    const low = Math.floor(key / 2 ** 24) * 256;
    const high = (key % 2 ** 24) * 256;
    if (!present.has(low) || !present.has(high)) continue;
    const prefix = commonPrefix(low, high);
    if (prefix.length >= SUBNET_LENGTH_MIN) wanted.push(prefix);
  }
  for (const { address, sent } of hosts) {
    const last = address & 0xff;
    if (sent > 0 && (last === 0 || last === 255)) wanted.push(...roundEdge(address));
  }
  // Prefixes nest or are apart, so the shortest of those that nest is the subnet.
  const shortFirst = wanted.sort((a, b) => a.length - b.length || a.address - b.address);
  const kept: Cidr[] = [];
  for (const prefix of shortFirst) {
    if (!kept.some((outer) => covers(outer, prefix.address))) kept.push(prefix);
  }
  return kept;
}

function commonPrefix(a: number, b: number): Cidr {
  let length = SUBNET_LENGTH;
  while (networkOf({ address: a, length }) !== networkOf({ address: b, length })) length--;
  return { address: networkOf({ address: a, length }), length };
}

/** The longest subnet in which a host may have this address. */
function roundEdge(address: number): Cidr[] {
  for (let length = SUBNET_LENGTH - 1; length >= SUBNET_LENGTH_MIN; length--) {
    const network = networkOf({ address, length });
    const last = network + 2 ** (32 - length) - 1;
    if (address !== network && address !== last) return [{ address: network, length }];
  }
  return [];
}
