/** Routers and firmwares for tests, each loaded once. */
import { loadRouter, type Router } from '../../config/router.ts';
import type { Firmware } from '../../firmware/boot/assemble.ts';
import { loadFirmware } from '../../scripts/toolchain/load-firmware.ts';
import { folderOfRun } from '../project/run-folder.ts';
import { smallSystemPath } from './small-router.ts';
import { writeBelow } from './write-below.ts';

/** A folder that is gone after the tests. */
export function scratchFolder(): string {
  return folderOfRun('firmware-');
}

/** Three ports, small enough to boot in no time. */
export const BOARD = `
name: test
ports: { eth0: {}, eth1: {}, eth2: {} }
frame-slots: 4096
flow-capacity: 1024
`;

const INTERFACES = `
board: board.yaml
interfaces:
  plant0: { port: eth0, zone: plant, address: 10.2.0.1/24 }
  office0: { port: eth1, zone: office, address: 10.1.0.1/24 }
  uplink0: { port: eth2, zone: internet, address: 203.0.113.2/30 }
`;

/** Interfaces, static routes and `rest`: flows and options, as the router file has them. */
export function routerYaml(rest: string, interfaces = INTERFACES): string {
  const routes = 'routes: [{ to: 198.51.100.0/24, via: 203.0.113.1 }]';
  return `${interfaces}${rest.includes('routes:') ? '' : routes}\n${rest}`;
}

/** Everything that office, plant and internet may send one another, and ICMP to the router. */
export const OPEN = `
flows:
  - { name: office to plant, from: office, to: plant, match: ip }
  - { name: plant to internet, from: plant, to: internet, match: udp }
  - { name: office to internet, from: office, to: internet, match: ip }
  - { name: office to router, from: office, to: router, match: icmp }
  - { name: internet to router, from: internet, to: router, match: icmp }
`;

const routers = new Map<string, Router>();

/** The router of a router file's text. */
export function routerOf(yaml: string, board = BOARD): Router {
  const text = `${board}---${yaml}`;
  const known = routers.get(text) ?? loadRouterText(yaml, board);
  routers.set(text, known);
  return known;
}

function loadRouterText(yaml: string, board: string): Router {
  const folder = scratchFolder();
  writeBelow(folder, 'board.yaml', board);
  return loadRouter(writeBelow(folder, 'router.yaml', yaml));
}

const firmwares = new Map<string, Promise<Firmware>>();

/** The firmware of a system description; the router's with a small `route` if none is given. */
export function firmwareOf(systemPath = smallSystemPath()): Promise<Firmware> {
  const known = firmwares.get(systemPath) ?? loadFirmware(systemPath);
  firmwares.set(systemPath, known);
  return known;
}
