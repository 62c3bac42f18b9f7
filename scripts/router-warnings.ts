/**
 * What a router file may say, but nobody can have meant: flows that can never match.
 */
import type { PolicyFlow, Router } from '../config/router.ts';
import { addressMap } from '../firmware/boot/address-map.ts';
import { bindingsOf } from '../firmware/boot/class-tables.ts';
import type { RangeMap } from '../firmware/boot/range-map.ts';
import { ADDRESS_CONNECTED, ADDRESS_OWN } from '../firmware/boot/table-layout.ts';
import { ETHERTYPE_IPV4 } from '../netstack/ethernet.ts';
import { matchSet } from '../netstack/match/set.ts';
import { type PacketSet, PacketSpace } from '../netstack/sets/packet-space.ts';
import type { Host } from './host.ts';

/** Beyond these a check would take longer than the boot itself, so it is not made. */
const FLOWS_CHECKED_MAX = 2048;
const RANGES_CHECKED_MAX = 2048;
/** Flows that share a space: nodes of thousands would fill it. */
const FLOWS_PER_SPACE = 128;
const ZONE_ROUTER = 'router';

/** One line for each flow that can never match, `file:line:column: warning: …; hint`. */
export function flowWarnings(router: Router): string[] {
  const { flows, file } = router;
  if (flows.length > FLOWS_CHECKED_MAX) return [];
  const map = addressMap(router);
  const addresses = map.starts.length > RANGES_CHECKED_MAX ? null : map;
  const warnings: string[] = [];
  for (let at = 0; at < flows.length; at += FLOWS_PER_SPACE) {
    const check = new FlowCheck(router, addresses);
    for (const flow of flows.slice(at, at + FLOWS_PER_SPACE)) {
      const why = check.whyNever(flow);
      if (why === null) continue;
      const { line, column, name } = flow;
      warnings.push(`${file}:${line}:${column}: warning: flow "${name}" can never match: ${why}`);
    }
  }
  return warnings;
}

/** Says on stderr what is odd about a router file. */
export function warnOf(router: Router, host: Host): void {
  for (const line of flowWarnings(router)) host.stderr.write(`${line}\n`);
}

class FlowCheck {
  private readonly space = new PacketSpace();
  private readonly router: Router;
  private readonly addresses: RangeMap | null;
  private readonly ends = new Map<string, PacketSet>();

  constructor(router: Router, addresses: RangeMap | null) {
    this.router = router;
    this.addresses = addresses;
  }

  /** Why no packet is of this flow, or null where one may be. */
  whyNever({ match, from, to }: PolicyFlow): string | null {
    const { space } = this;
    const forwarded = space.and(
      space.range('etherType', ETHERTYPE_IPV4, ETHERTYPE_IPV4),
      space.range('laterFragment', 0, 0),
    );
    const set = match === null ? space.all : matchSet(space, match, bindingsOf(this.router));
    const whole = space.and(forwarded, set);
    if (whole === space.none) return 'no IPv4 packet is all that its match says; mend the match';
    if (this.addresses === null) return null;
    const sent = from === ZONE_ROUTER ? whole : space.and(whole, this.end('src', from));
    if (sent === space.none) {
      return `no host of zone ${from} sends what its match says; check from and the addresses`;
    }
    if (space.and(sent, this.end('dst', to)) === space.none) {
      return `nobody in zone ${to} has an address that its match says; check to and the addresses`;
    }
    return null;
  }

  /** Packets whose source, or destination, is a host that lives in the zone. */
  private end(field: 'src' | 'dst', zone: string): PacketSet {
    const known = this.ends.get(`${field} ${zone}`);
    if (known !== undefined) return known;
    const { space } = this;
    const { starts, values } = this.addresses!;
    const ports = this.router.interfaces.filter((face) => face.zone === zone);
    let set = space.none;
    for (const [index, first] of starts.entries()) {
      const kind = values[index]! >> 8;
      const port = values[index]! & 0xff;
      const isOwn = (kind & ADDRESS_OWN) !== 0;
      // Hosts are what is connected, or behind a next router: no broadcast, no multicast.
      const isHost = kind === 0 || kind === ADDRESS_CONNECTED;
      const isIn = ports.some((face) => face.port === port);
      if (zone === ZONE_ROUTER ? !isOwn : !isHost || !isIn) continue;
      set = space.or(set, space.range(field, first, (starts[index + 1] ?? 2 ** 32) - 1));
    }
    const arrives = ports.map(({ port }) => space.range('ingress', port, port));
    const isSource = field === 'src' && zone !== ZONE_ROUTER;
    if (isSource)
      set = space.and(
        set,
        arrives.reduce((a, b) => space.or(a, b), space.none),
      );
    this.ends.set(`${field} ${zone}`, set);
    return set;
  }
}
