/**
 * The operator's file: interfaces, routes, the flows that the router may carry, and tests of them.
 */
import { createHash } from 'node:crypto';
import type { Cidr } from '../netstack/address.ts';
import type { MatchNode } from '../netstack/match/node.ts';
import { type Board, loadBoard } from './board.ts';
import { findBoard, findShippedBoard, shippedBoardNames } from './board-files.ts';
import { ConfigurationFile } from './configuration-file.ts';
import { ConfigError } from './diagnostics.ts';
import { readFlows, readTests } from './flow-checks.ts';
import { readInterfaces, ZONE_ROUTER } from './interface-checks.ts';
import { readRoutes } from './route-checks.ts';
import { type RouterData, routerSchema } from './router-schema.ts';
import { nearest } from './spelling.ts';
import { type RouterWire, readWires } from './wire-checks.ts';

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

/**
 * A static route: `port` is where the next router `via` is a neighbour. On-link routes have none
 * (null): their destinations are neighbours on the port's wire themselves.
 */
export interface Route {
  to: Cidr;
  via: number | null;
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
  wires: RouterWire[];
  /** SHA-256, in hex, of what the file means: not of its layout, comments, tests or wires. */
  digest: string;
}

/**
 * Reads a router file and its board. `options.board` is the path, or the name, of another board to
 * use. Throws ConfigError with all the mistakes in both.
 */
export function loadRouter(path: string, options: { board?: string } = {}): Router {
  const file = new ConfigurationFile(path, routerSchema);
  const board = readBoard(file, options.board);
  const interfaces = readInterfaces(file, board);
  const zones = [...new Set(interfaces.map(({ zone }) => zone))].filter(
    (zone) => zone !== ZONE_ROUTER,
  );
  const routes = readRoutes(file, interfaces);
  const flows = readFlows(file, zones);
  const tests = readTests(file, board);
  const wires = readWires(file, board, interfaces, routes);
  file.finish();
  // Without a board there was a mistake, and finish() has thrown.
  const meaning = {
    board: board!,
    interfaces,
    zones,
    routes,
    flows,
    options: { tcpPickup: file.data.options['tcp-pickup'] },
  };
  return { file: path, ...meaning, tests, wires, digest: digestOf(meaning) };
}

function readBoard(file: ConfigurationFile<RouterData>, override?: string): Board | null {
  const named = file.data.board;
  if (override === undefined && named === undefined) {
    const hint = 'add it, e.g. board: three-port';
    file.report('CONFIG_REQUIRED', [], 'missing "board"', hint);
    return null;
  }
  const path =
    override === undefined
      ? findBoard(file.file, named!)
      : (findShippedBoard(override) ?? override);
  if (path === null) {
    const message = `there is no board "${named}"`;
    const names = shippedBoardNames();
    const hint =
      nearest(named!, names) ??
      `name one that comes with Sluice (${names.join(', ')}), or a file beside this one`;
    file.report('CONFIG_NOT_FOUND', ['board'], message, hint);
    return null;
  }
  try {
    return loadBoard(path);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    file.adopt(error);
    return null;
  }
}

/** What is equal for two files gives the same digest: layout and comments do not count. */
function digestOf(meaning: Pick<Router, 'board' | 'interfaces' | 'routes' | 'flows' | 'options'>) {
  const { ports, frameSlots, flowCapacity } = meaning.board;
  const canonical = JSON.stringify([
    [ports.map(({ name, mac }) => [name, mac]), frameSlots, flowCapacity],
    meaning.interfaces.map((each) => [
      each.name,
      each.portName,
      each.zone,
      each.address,
      each.prefixLength,
      each.mtu,
    ]),
    // No two routes have the same destination, so their order means nothing.
    meaning.routes
      .map(({ to, via, port }) => [to.address, to.length, via ?? { port }] as const)
      .sort((a, b) => a[0] - b[0] || a[1] - b[1]),
    meaning.flows.map(({ name, from, to, matchText }) => {
      return [name, from, to, matchText.trim().replaceAll(/\s+/g, ' ')];
    }),
    [meaning.options.tcpPickup],
  ]);
  return createHash('sha256').update(canonical).digest('hex');
}
