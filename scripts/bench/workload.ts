/**
 * What a bench forwards: a router of so many routes and policy flows, and seeded traffic of so many
 * connections that it permits. Sources lie behind port 0, destinations behind port 1.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FLOW_CAPACITY_MAX, FLOW_CAPACITY_MIN } from '../../config/limits.ts';
import { loadRouter, type Route, type Router } from '../../config/router.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { SeededRandom } from './seeded-random.ts';

/** How large a workload is. */
export interface WorkloadSize {
  readonly flows: number;
  readonly routes: number;
  readonly rules: number;
}

/** One connection, addresses and ports in host order. `gateway` is the next hop's address. */
export interface Connection {
  readonly proto: number;
  readonly src: number;
  readonly dst: number;
  readonly sport: number;
  readonly dport: number;
  readonly gateway: number;
}

export interface Workload extends WorkloadSize {
  readonly router: Router;
  readonly connections: readonly Connection[];
}

/** Source ports are of this many from the first on. */
export const SOURCE_PORT_MIN = 1024;
export const SOURCE_PORTS = 64_512;
export const PROTO_TCP = 6;
export const PROTO_UDP = 17;
/** The next hop of the sources. */
export const INSIDE_GATEWAY = 0xc0a80002; // 192.168.0.2
const OUTSIDE = 0xac100000; // 172.16.0.0/16, where the other next hops are
const GATEWAYS = 255;
/** Source networks that rules tell apart: 10.0.0.0/16 to 10.255.0.0/16. */
const SOURCE_NETWORKS = 256;
const SEED = 20160929;

function gatewayOf(route: number): number {
  return OUTSIDE + 256 + 1 + (route % GATEWAYS);
}

/** The port that a rule permits; with its network, no two rules are alike. */
function portOf(rule: number): number {
  return 1024 + Math.floor(rule / SOURCE_NETWORKS) * 8 + (rule % 8);
}

function routerText({ rules }: WorkloadSize): string {
  const lines = [
    'board: board.yaml',
    'interfaces:',
    '  inside0: { port: eth0, zone: inside, address: 192.168.0.1/30 }',
    '  outside0: { port: eth1, zone: outside, address: 172.16.0.1/16 }',
    'routes: [{ to: 10.0.0.0/8, via: 192.168.0.2 }]',
    'flows:',
  ];
  for (let rule = 0; rule < rules; rule++) {
    const network = `10.${rule % SOURCE_NETWORKS}.0.0/16`;
    const match = `(tcp or udp) and dst port ${portOf(rule)} and src net ${network}`;
    lines.push(`  - { name: rule ${rule}, from: inside, to: outside, match: ${match} }`);
  }
  return `${lines.join('\n')}\n`;
}

/** Four times the connections, as a power of two. */
function flowCapacity(flows: number): number {
  let capacity = FLOW_CAPACITY_MIN;
  while (capacity < 4 * flows && capacity < FLOW_CAPACITY_MAX) capacity *= 2;
  return capacity;
}

function routerOf(size: WorkloadSize): Router {
  const folder = makeTemporaryFolder('sluice-bench-');
  try {
    const capacity = flowCapacity(size.flows);
    const board = `name: bench\nports: { eth0: {}, eth1: {} }\nflow-capacity: ${capacity}\n`;
    writeFileSync(join(folder, 'board.yaml'), board);
    const file = join(folder, 'router.yaml');
    writeFileSync(file, routerText(size));
    return loadRouter(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Lengths of prefixes, over and over: a thousand small ones, or as the Internet has them. */
const FEW_LENGTHS = [16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26];
const MANY_LENGTHS = [24, 24, 24, 24, 24, 24, 23, 22, 22, 21, 20, 19];
const MANY = 10_000;

/** First octets of what is not public, or that an interface of the bench is on. */
const NOT_PUBLIC = new Set([127, 169, 172, 192]);

/** A public unicast address that no interface of the bench is on. */
function publicAddress(random: SeededRandom): number {
  for (;;) {
    const address = random.u32();
    const first = address >>> 24;
    if (first >= 11 && first < 224 && !NOT_PUBLIC.has(first)) return address;
  }
}

/** Distinct prefixes behind port 1, by way of 255 next hops. */
function routesOf(count: number, random: SeededRandom): Route[] {
  const lengths = count > MANY ? MANY_LENGTHS : FEW_LENGTHS;
  const seen = new Set<number>();
  const routes: Route[] = [];
  while (routes.length < count) {
    const length = lengths[routes.length % lengths.length];
    const prefix = (publicAddress(random) & (-1 << (32 - length))) >>> 0;
    const key = prefix * 64 + length;
    if (seen.has(key)) continue;
    seen.add(key);
    const via = gatewayOf(routes.length);
    routes.push({ to: { address: prefix, length }, via, port: 1 });
  }
  return routes;
}

/** The next hop of a destination: the longest prefix wins, found the plain way. */
class NextHops {
  private readonly byLength = new Map<number, Map<number, number>>();

  constructor(routes: readonly Route[]) {
    for (const { to, via } of routes) {
      if (via === null) continue;
      const known = this.byLength.get(to.length) ?? new Map<number, number>();
      this.byLength.set(to.length, known.set(to.address, via));
    }
  }

  of(address: number): number {
    for (let length = 32; length > 0; length--) {
      const prefix = (address & (-1 << (32 - length))) >>> 0;
      const via = this.byLength.get(length)?.get(prefix);
      if (via !== undefined) return via;
    }
    throw new RangeError('no route');
  }
}

function connectionsOf(size: WorkloadSize, routes: readonly Route[]): Connection[] {
  const random = new SeededRandom(SEED);
  const nextHops = new NextHops(routes);
  return Array.from({ length: size.flows }, () => {
    const rule = random.below(size.rules);
    const { to } = routes[random.below(routes.length)];
    const host = to.length === 32 ? 0 : random.u32() & ~(-1 << (32 - to.length));
    const dst = (to.address | host) >>> 0;
    return {
      proto: random.below(2) === 0 ? PROTO_TCP : PROTO_UDP,
      src: ((10 << 24) | ((rule % SOURCE_NETWORKS) << 16) | random.below(65536)) >>> 0,
      dst,
      sport: SOURCE_PORT_MIN + random.below(SOURCE_PORTS),
      dport: portOf(rule),
      gateway: nextHops.of(dst),
    };
  });
}

/** The same size gives the same workload. */
export function workloadOf(size: WorkloadSize): Workload {
  const router = routerOf(size);
  const routes = routesOf(size.routes, new SeededRandom(SEED + 1));
  // Beside the file: half a million routes are minutes of YAML, and no part of what is measured.
  for (const route of routes) router.routes.push(route);
  return { ...size, router, connections: connectionsOf(size, routes) };
}

/** So many connections are there before the last of the next hops has been seen. */
export function untilAllNextHops(connections: readonly Connection[]): number {
  const seen = new Set<number>();
  let count = 0;
  for (const [index, { gateway }] of connections.entries()) {
    if (!seen.has(gateway)) count = index + 1;
    seen.add(gateway);
  }
  return count;
}
