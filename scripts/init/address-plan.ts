/**
 * The router's addresses and routes for the zones of a capture: a subnet is connected where most
 * of its hosts are, and on-link routes say where the others are.
 */
import { broadcastOf, type Cidr, cidrContains } from '../../netstack/address.ts';
import { type Group, routersOf } from './groups.ts';
import type { Host, Hosts } from './hosts.ts';
import { KINDS, type Kind } from './roles.ts';
import { type Layout, type Segment, stationOf } from './segments.ts';

/** Host routes of all zones; beyond them hosts stay with their subnet. */
export const HOST_ROUTES_MAX = 1024;
/** Subnets beside those that interfaces have; with host routes, what a router file can hold. */
const SUBNET_ROUTES_MAX = 512;
const MTU_DEFAULT = 1500;

/** A zone with its one interface. */
export interface ZonePlan {
  readonly kind: Kind;
  readonly zone: string;
  readonly interface: string;
  readonly port: string;
  address: Cidr;
  mtu: number;
  readonly addresses: ReadonlySet<number>;
  /** What a person should know of the address. */
  note: string;
}

/** A route: by a next router, or on link. */
export interface RoutePlan {
  readonly to: Cidr;
  readonly via?: number;
  readonly interface?: string;
  readonly note?: string;
}

export interface AddressPlan {
  readonly zones: readonly ZonePlan[];
  readonly routes: readonly RoutePlan[];
  /** Hosts that would need one host route too many, and stay with their subnet. */
  readonly unmoved: ReadonlySet<number>;
}

/** Addresses for the groups of a layout. */
export function planAddresses(groups: readonly Group[], layout: Layout, hosts: Hosts): AddressPlan {
  const planner = new Planner(groups, layout, hosts);
  return planner.plan();
}

class Planner {
  private readonly groups: readonly Group[];
  private readonly layout: Layout;
  private readonly hosts: Hosts;
  private readonly taken = new Set<number>();
  private readonly routes: RoutePlan[] = [];
  private readonly unmoved = new Set<number>();

  constructor(groups: readonly Group[], layout: Layout, hosts: Hosts) {
    this.groups = [...groups].sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
    this.layout = layout;
    this.hosts = hosts;
  }

  plan(): AddressPlan {
    const homes = new Map<Segment, Group>();
    for (const segment of this.layout.segments) {
      const home = this.homeOf(segment);
      if (home !== null) homes.set(segment, home);
    }
    const zones = this.groups.map((group, index) => this.zoneOf(group, index, homes));
    for (const [segment, home] of homes) this.moveHosts(segment, home, zones);
    this.routeOutside(zones, homes);
    return { zones, routes: this.routes, unmoved: this.unmoved };
  }

  /** The group of most of a subnet's hosts. */
  private homeOf(segment: Segment): Group | null {
    let best: Group | null = null;
    let most = 0;
    for (const group of this.groups) {
      const count = segment.hosts.filter(({ address }) => group.addresses.has(address)).length;
      // Of equals, who is not the Internet: routers' own addresses are no reason.
      if (count <= most) continue;
      most = count;
      best = group;
    }
    return best;
  }

  private zoneOf(group: Group, index: number, homes: ReadonlyMap<Segment, Group>): ZonePlan {
    const sameKind = this.groups.filter(({ kind }) => kind === group.kind).indexOf(group);
    const own = [...homes].filter(([, home]) => home === group).map(([segment]) => segment);
    own.sort((a, b) => packetsOf(b) - packetsOf(a));
    const name = `${group.kind}${sameKind}`;
    const [main, ...others] = own;
    const { address, note } = this.interfaceAddress(group, main ?? null);
    if (main !== undefined && address.length === 32) others.unshift(main);
    for (const { subnet, hosts } of others) {
      if (this.routes.length < SUBNET_ROUTES_MAX) this.routes.push({ to: subnet, interface: name });
      else for (const { address: host } of hosts) this.unmoved.add(host);
    }
    const members = [...group.addresses].map((one) => this.hosts.all.get(one)?.lengthMax ?? 0);
    return {
      kind: group.kind,
      zone: sameKind === 0 ? group.kind : `${group.kind}-${sameKind + 1}`,
      interface: name,
      port: `eth${index}`,
      address,
      mtu: members.reduce((most, length) => Math.max(most, length), MTU_DEFAULT),
      addresses: group.addresses,
      note,
    };
  }

  /** On its main subnet; else one address of the subnet that most of its hosts are in. */
  private interfaceAddress(group: Group, main: Segment | null): { address: Cidr; note: string } {
    if (main !== null) {
      const router = this.silentRouterOn(main);
      if (router !== null) {
        this.taken.add(router);
        const note = "that of the capture's router, which this one stands in for";
        return { address: { address: router, length: main.subnet.length }, note };
      }
      const free = this.freeAddress(main.subnet);
      if (free !== null) {
        const note = 'one that nobody has in the capture';
        return { address: { address: free, length: main.subnet.length }, note };
      }
    }
    const shared = main ?? this.segmentOf(group);
    const free = shared === null ? null : this.freeAddress(shared.subnet);
    const note =
      free === null
        ? 'made up, as all of the subnet are taken'
        : 'one of the subnet that nobody has';
    return { address: { address: free ?? this.linkLocal(), length: 32 }, note };
  }

  /** The capture's router on this subnet, where nobody talks to it and nothing leads through it. */
  private silentRouterOn({ subnet }: Segment): number | null {
    if (this.layout.outside.length > 0) return null;
    for (const { address, isOnWire, mac, sent, received } of this.hosts.all.values()) {
      if (!cidrContains(subnet, address) || !isOnWire || sent + received > 0) continue;
      if (this.layout.gatewayMacs.has(mac) && !this.taken.has(address)) return address;
    }
    return null;
  }

  /** The subnet that most of the hosts are in, or the busiest. */
  private segmentOf(group: Group): Segment | null {
    let best: Segment | null = null;
    let most = -1;
    for (const segment of this.layout.segments) {
      const count = segment.hosts.filter(({ address }) => group.addresses.has(address)).length;
      const weight = count * 1e12 + packetsOf(segment);
      if (weight <= most) continue;
      most = weight;
      best = segment;
    }
    return best;
  }

  private freeAddress(subnet: Cidr): number | null {
    const first = subnet.address + 1;
    const last = broadcastOf(subnet) - 1;
    const isFree = (address: number) => !this.taken.has(address) && !this.hosts.all.has(address);
    // As people number routers: the first address, or from the last one down.
    for (let address = isFree(first) ? first : last; address >= first; address--) {
      if (!isFree(address)) continue;
      this.taken.add(address);
      return address;
    }
    return null;
  }

  /** 169.254.0.1 and on. */
  private linkLocal(): number {
    let address = 0xa9fe_0001;
    while (this.taken.has(address) || this.hosts.all.has(address)) address++;
    this.taken.add(address);
    return address;
  }

  /** Host routes for the hosts of a subnet that are in other zones than most. */
  private moveHosts(segment: Segment, home: Group, zones: readonly ZonePlan[]): void {
    const moved = segment.hosts
      .filter(({ address }) => !home.addresses.has(address))
      .sort((a, b) => b.sent + b.received - (a.sent + a.received) || a.address - b.address);
    const plans: { host: Host; zone: ZonePlan }[] = [];
    for (const host of moved) {
      const zone = zones.find(({ addresses }) => addresses.has(host.address));
      if (zone === undefined) continue;
      if (this.routes.length + plans.length >= HOST_ROUTES_MAX) this.unmoved.add(host.address);
      else plans.push({ host, zone });
    }
    plans.sort((a, b) => a.host.address - b.host.address);
    for (const { host, zone } of plans) {
      this.routes.push({ to: { address: host.address, length: 32 }, interface: zone.interface });
    }
  }

  /** The default route, by the capture's router; where its address is not seen, by a guess. */
  private routeOutside(zones: readonly ZonePlan[], homes: ReadonlyMap<Segment, Group>): void {
    const uplink = zones.find(({ addresses }) => {
      return this.layout.outside.some(({ address }) => addresses.has(address));
    });
    if (uplink === undefined) return;
    const to = { address: 0, length: 0 };
    const router = this.busiestRouter();
    if (router !== null && this.isNeighborOf(uplink, router, homes)) {
      const how = router.isOnWire ? 'by ARP' : 'by its MAC address';
      this.routes.push({ to, via: router.address, note: `the capture's router, known ${how}` });
      return;
    }
    const near = this.layout.segments.reduce<Segment | null>((best, segment) => {
      return best === null || packetsOf(segment) > packetsOf(best) ? segment : best;
    }, null);
    const guess = near === null ? null : this.freeAddress(near.subnet);
    const via = guess ?? this.linkLocal();
    this.routes.push({ to: { address: via, length: 32 }, interface: uplink.interface });
    const note = "a guess: the capture does not show the router's own address";
    this.routes.push({ to, via, note });
  }

  /** The router of the most outside hosts, if one of its own addresses is known. */
  private busiestRouter(): Host | null {
    const counts = new Map<number, number>();
    for (const host of this.layout.outside) {
      const station = stationOf(host);
      counts.set(station, (counts.get(station) ?? 0) + 1);
    }
    // A silent router is in no segment: it has spoken ARP only.
    const silent = [...this.hosts.all.values()].filter(
      ({ isOnWire, mac }) => isOnWire && this.layout.gatewayMacs.has(mac),
    );
    const known = [...routersOf(this.layout), ...silent].filter(
      ({ address }) => !this.taken.has(address) && !this.isEdge(address),
    );
    const weight = (host: Host) => counts.get(stationOf(host)) ?? 0;
    known.sort(
      (a, b) =>
        weight(b) - weight(a) || Number(b.isOnWire) - Number(a.isOnWire) || a.address - b.address,
    );
    return known.find((host) => weight(host) > 0) ?? null;
  }

  /** Whether the address is a subnet's own, or its broadcast: no next router has one. */
  private isEdge(address: number): boolean {
    return this.layout.segments.some(({ subnet }) => {
      return address === subnet.address || address === broadcastOf(subnet);
    });
  }

  /** Makes the router a neighbour of the uplink, unless it is one. */
  private isNeighborOf(
    uplink: ZonePlan,
    { address }: Host,
    homes: ReadonlyMap<Segment, Group>,
  ): boolean {
    const to = { address, length: 32 };
    const isMoved = this.routes.some((route) => {
      return route.to.length === 32 && route.to.address === address;
    });
    const segment = [...homes].find(([{ subnet }]) => cidrContains(subnet, address));
    const isHome = segment?.[1].addresses === uplink.addresses;
    if (!isMoved && !isHome) this.routes.push({ to, interface: uplink.interface });
    return true;
  }
}

function packetsOf({ hosts }: Segment): number {
  return hosts.reduce((all, { sent, received }) => all + sent + received, 0);
}
