/**
 * The wires of a router file: each belongs to a port, and what it names can stand there.
 */
import { formatIpv4 } from '../netstack/address.ts';
import type { Board } from './board.ts';
import type { ConfigurationFile } from './configuration-file.ts';
import { Neighborhood } from './neighborhood.ts';
import type { Interface, Route } from './router.ts';
import type { RouterData } from './router-schema.ts';
import { didYouMean } from './spelling.ts';
import { parseWire, type WireSpec, WireTextError } from './wire.ts';

/** What a port is plugged into: `port` is its index on the board. */
export interface RouterWire {
  port: number;
  spec: WireSpec;
}

/** The wires, in file order. */
export function readWires(
  file: ConfigurationFile<RouterData>,
  board: Board | null,
  interfaces: readonly Interface[],
  routes: readonly Route[],
): RouterWire[] {
  const ports = board?.ports.map(({ name }) => name) ?? [];
  const wires: RouterWire[] = [];
  for (const [name, text] of Object.entries(file.data.wires)) {
    const path = ['wires', name];
    const port = interfaces.find((entry) => entry.name === name)?.port ?? ports.indexOf(name);
    if (port < 0) {
      const message = `there is no port or interface "${name}"`;
      const hint = didYouMean(name, [...ports, ...interfaces.map((entry) => entry.name)]);
      if (board !== null) file.report('CONFIG_UNKNOWN_PORT', path, message, hint, { key: true });
      continue;
    }
    if (wires.some((wire) => wire.port === port)) {
      const message = `port ${ports[port]} has two wires`;
      file.report('CONFIG_DUPLICATE', path, message, 'give it one', { key: true });
    }
    const spec = readWire(file, path, text);
    if (spec === null) continue;
    const mistake = wireMistake({ port, spec }, { interfaces, routes });
    if (mistake === null) wires.push({ port, spec });
    else file.report('CONFIG_WIRE', path, mistake.message, mistake.hint);
  }
  return wires;
}

function readWire(
  file: ConfigurationFile<RouterData>,
  path: string[],
  text: string,
): WireSpec | null {
  try {
    return parseWire(text);
  } catch (error) {
    if (!(error instanceof WireTextError)) throw error;
    file.report('CONFIG_WIRE', path, error.message, error.hint);
    return null;
  }
}

/** Why a wire cannot stand on its port: a simulated host is a neighbour there; null if it can. */
export function wireMistake(
  { port, spec }: RouterWire,
  router: { readonly interfaces: readonly Interface[]; readonly routes: readonly Route[] },
): { message: string; hint: string } | null {
  if (spec.kind !== 'host') return null;
  const onLink = router.routes.filter(({ via }) => via === null);
  const isNeighbor =
    new Neighborhood(router.interfaces, onLink).portOf(spec.address) === port &&
    router.interfaces.every(({ address }) => address !== spec.address);
  if (isNeighbor) return null;
  const face = router.interfaces.find((entry) => entry.port === port);
  const hint =
    face === undefined
      ? 'a simulated host needs a port with an interface'
      : `choose a free address on the wire of ${face.name}`;
  return { message: `${formatIpv4(spec.address)} is no neighbour of that port`, hint };
}
