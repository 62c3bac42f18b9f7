/**
 * The operator's file: interfaces, routes, the flows that the router may carry, and tests of them.
 */
import type { Cidr } from '../netstack/address.ts';
import type { MatchNode } from '../netstack/match/parse.ts';
import type { Board } from './board.ts';

/** An interface: `port` is the index of the board's port, `address` a host on the subnet. */
export interface Interface {
  name: string;
  port: number;
  portName: string;
  zone: string;
  address: number;
  prefixLength: number;
  mtu: number;
}

/** A static route: `port` is where the subnet of `via` is connected. */
export interface Route {
  to: Cidr;
  via: number;
  port: number;
}

/** A flow that the router may carry: `match` is null where the file gives none (everything). */
export interface PolicyFlow {
  name: string;
  from: string;
  to: string;
  match: MatchNode | null;
  matchText: string;
  line: number;
  column: number;
}

/** A packet (netstack/packet-text.ts) and a flow's name, `denied` or a drop reason. */
export interface RouterTest {
  packet: string;
  in?: string;
  expect: string;
  line: number;
  column: number;
}

/** A router file as loaded. Connected subnets are not in `routes`, `router` is not in `zones`. */
export interface Router {
  file: string;
  board: Board;
  interfaces: Interface[];
  /** In order of first use. */
  zones: string[];
  routes: Route[];
  flows: PolicyFlow[];
  options: { tcpPickup: boolean };
  tests: RouterTest[];
  /** SHA-256, in hex, of what the file means: not of its layout, comments or tests. */
  digest: string;
}
