import { MatchError } from './match-error.ts';

/** What a match needs to know of the router it runs on. */
export interface MatchBindings {
  /** The ports of each zone, by index. */
  readonly zonePorts: ReadonlyMap<string, readonly number[]>;
  /** The router's own IPv4 addresses. */
  readonly routerAddresses: readonly number[];
}

/** The ports of a zone. @throws MatchError naming the word when no zone has the name */
export function portsOfZone(
  bindings: MatchBindings,
  zone: { readonly name: string; readonly offset: number },
): readonly number[] {
  const ports = bindings.zonePorts.get(zone.name);
  if (ports !== undefined) return ports;
  const known = [...bindings.zonePorts.keys()].join(', ');
  const hint = known === '' ? 'this router has no zones' : `zones: ${known}`;
  throw new MatchError(`no zone is named "${zone.name}"`, zone.offset, hint);
}
