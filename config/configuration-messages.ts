/** The router file as messages: what `$routes` and the others in the system description mean. */

import { FUEL_PER_CALL_MAX } from './limits.ts';
import { recordsMax, writeRecords } from './message-record.ts';
import type { Router } from './router.ts';
import type { System } from './system.ts';

/** One inboxful of configuration for a module. */
export interface ConfigurationMessage {
  readonly module: number;
  readonly type: number;
  readonly records: Uint8Array;
  readonly count: number;
}

type Row = Readonly<Record<string, number>>;

/** All configuration messages, in file order. `neighbors` are ranges of addresses by port. */
export function configurationMessages(
  system: System,
  router: Router,
  neighbors: readonly Row[],
): ConfigurationMessage[] {
  const sources: Readonly<Record<string, () => readonly Row[]>> = {
    $routes: () => routeRows(router),
    $neighbors: () => neighbors,
    $interfaces: () => interfaceRows(router),
  };
  return system.messages.flatMap(({ from, to }) => {
    const source = sources[to];
    if (source === undefined) return [];
    const [moduleName, message] = from.split('.');
    const module = system.modules.findIndex(({ name }) => name === moduleName);
    const { limits, messages } = system.modules[module].manifest;
    const { receives } = messages;
    const type = receives.findIndex(({ name }) => name === message);
    const rows = source();
    // No more than a call has fuel for, if each takes what it may.
    const affordable = Math.floor(FUEL_PER_CALL_MAX / Math.max(1, limits.fuelPerMessage));
    const size = Math.min(recordsMax(receives[type]), affordable);
    const parts: ConfigurationMessage[] = [];
    for (let at = 0; at < rows.length; at += size) {
      const part = rows.slice(at, at + size);
      const records = writeRecords(receives[type], part);
      parts.push({ module, type, records, count: part.length });
    }
    return parts;
  });
}

/** Connected and static routes, short prefixes first. A next hop of 0: on link. */
function routeRows(router: Router): Row[] {
  const connected = router.interfaces.map(({ address, prefixLength, port }) => ({
    prefix: prefixLength === 0 ? 0 : (address & (-1 << (32 - prefixLength))) >>> 0,
    length: prefixLength,
    port,
    nexthop: 0,
  }));
  const stat = router.routes.map(({ to, via, port }) => ({
    prefix: to.address,
    length: to.length,
    port,
    nexthop: via ?? 0,
  }));
  return [...stat, ...connected].sort((a, b) => a.length - b.length);
}

function interfaceRows(router: Router): Row[] {
  return router.interfaces.map(({ port, address, prefixLength, mtu }) => ({
    port,
    address,
    length: prefixLength,
    mac: router.board.ports[port].mac,
    mtu,
  }));
}
