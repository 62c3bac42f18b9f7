/**
 * The static routes of a router file: each must leave by a wire that an interface is on.
 */
import { type Cidr, cidrContains, formatCidr, formatIpv4, networkOf } from '../netstack/address.ts';
import { whyMartian, whyNotHost } from './address-range.ts';
import type { ConfigurationFile } from './configuration-file.ts';
import { ON_LINK_ROUTES_MAX } from './limits.ts';
import { Neighborhood } from './neighborhood.ts';
import type { Interface, Route } from './router.ts';
import type { RouterData } from './router-schema.ts';
import { didYouMean } from './spelling.ts';

type File = ConfigurationFile<RouterData>;

/** The routes, in file order, each with the port that it leaves by. */
export function readRoutes(file: File, interfaces: readonly Interface[]): Route[] {
  const { routes } = file.data;
  checkForms(file);
  const onLink = routes.flatMap(({ to, interface: name }, index) =>
    name === undefined ? [] : [{ to, port: portOf(file, index, name, interfaces) }],
  );
  if (onLink.length > ON_LINK_ROUTES_MAX) {
    const message = `${onLink.length} routes with "interface"; at most ${ON_LINK_ROUTES_MAX}`;
    file.report('CONFIG_LIMIT', ['routes'], message, 'join them to shorter prefixes');
  }
  const neighborhood = new Neighborhood(interfaces, onLink.slice(0, ON_LINK_ROUTES_MAX));
  const owners = new Map(
    interfaces
      .filter(({ prefixLength }) => prefixLength > 0)
      .map((each) => [formatCidr(subnetOf(each)), `the subnet of ${each.name}`]),
  );
  const viaPorts = new Map<number, number>();
  let onLinkIndex = 0;
  return routes.map(({ to, via, interface: name }, index) => {
    checkDestination(file, index, to, owners);
    if (name !== undefined) {
      checkOnLink(file, index, to, interfaces);
      return { to, via: null, port: onLink[onLinkIndex++]!.port };
    }
    if (via === undefined) return { to, via: null, port: -1 };
    let port = viaPorts.get(via);
    if (port === undefined) {
      port = viaPort(file, index, via, interfaces, neighborhood);
      // A mistake is told again for each route that makes it.
      if (port >= 0) viaPorts.set(via, port);
    }
    return { to, via, port };
  });
}

function subnetOf({ address, prefixLength }: Interface): Cidr {
  const cidr = { address, length: prefixLength };
  return { ...cidr, address: networkOf(cidr) };
}

function checkForms(file: File): void {
  for (const [index, { via, interface: name }] of file.data.routes.entries()) {
    const path = ['routes', index];
    if (via === undefined && name === undefined) {
      const hint = 'say where it leads: via: ADDRESS of the next router, or interface: NAME';
      file.report('CONFIG_REQUIRED', path, 'a route without "via" or "interface"', hint);
    } else if (via !== undefined && name !== undefined) {
      const message = 'a route with both "via" and "interface"';
      const hint = 'the interface of a next router follows from its address; leave one out';
      file.report('CONFIG_VIA', [...path, 'interface'], message, hint, { key: true });
    }
  }
}

function portOf(file: File, index: number, name: string, interfaces: readonly Interface[]): number {
  const found = interfaces.find((each) => each.name === name);
  if (found !== undefined) return found.port;
  if (!file.damaged.has('interfaces')) {
    const message = `there is no interface "${name}"`;
    const hint = didYouMean(
      name,
      interfaces.map((each) => each.name),
    );
    file.report('CONFIG_INTERFACE', ['routes', index, 'interface'], message, hint);
  }
  return -1;
}

/** Neighbours are asked for by ARP: the whole Internet, or the router itself, cannot be one. */
function checkOnLink(file: File, index: number, to: Cidr, interfaces: readonly Interface[]): void {
  const path = ['routes', index, 'to'];
  if (to.length === 0) {
    const message = 'a default route with "interface" would make every address a neighbour';
    file.report('CONFIG_ADDRESS', path, message, 'give the next router, via: ADDRESS');
  }
  const own = interfaces.find(({ address }) => to.length === 32 && address === to.address);
  if (own !== undefined && own.prefixLength !== 32) {
    const message = `${formatIpv4(own.address)} is the address of ${own.name} itself`;
    file.report('CONFIG_ADDRESS', path, message, 'leave it out');
  }
}

function viaPort(
  file: File,
  index: number,
  via: number,
  interfaces: readonly Interface[],
  neighborhood: Neighborhood,
): number {
  const path = ['routes', index, 'via'];
  const text = formatIpv4(via);
  const port = neighborhood.portOf(via);
  if (port === null) {
    if (file.damaged.has('interfaces') || file.damaged.has('routes')) return -1;
    const message = `via ${text} is on no subnet of an interface`;
    const known = interfaces
      .filter(({ prefixLength }) => prefixLength > 0)
      .map((each) => `${formatCidr(subnetOf(each))} (${each.name})`);
    const hint = known.length > 8 ? 'it must be a neighbour' : `these are: ${known.join(', ')}`;
    file.report('CONFIG_VIA', path, message, hint);
    return -1;
  }
  const why = whyNotVia(via, interfaces);
  if (why === undefined) return port;
  const message = `via ${text} is ${why}`;
  file.report('CONFIG_VIA', path, message, 'give the address of the next router');
  return -1;
}

function whyNotVia(via: number, interfaces: readonly Interface[]): string | undefined {
  const own = interfaces.find(({ address }) => address === via);
  if (own !== undefined) return `the address of ${own.name} itself`;
  const around = interfaces.find(
    ({ address, prefixLength }) =>
      prefixLength < 32 && cidrContains({ address, length: prefixLength }, via),
  );
  return around === undefined ? whyMartian(via) : whyNotHost(via, around.prefixLength);
}

function checkDestination(file: File, index: number, to: Cidr, owners: Map<string, string>): void {
  const path = ['routes', index, 'to'];
  const network = { address: networkOf(to), length: to.length };
  const text = formatCidr(network);
  if (network.address !== to.address) {
    const message = `${formatCidr(to)} has bits set beyond its length`;
    file.report('CONFIG_ADDRESS', path, message, `write ${text}`);
  }
  const why = to.length === 0 ? undefined : whyMartian(network.address);
  if (why !== undefined && to.length >= 4) {
    const message = `${text} is ${why}: nothing is ever forwarded there`;
    file.report('CONFIG_ADDRESS', path, message, 'leave it out');
  }
  const owner = owners.get(text);
  if (owner !== undefined) {
    const message = `${text} is ${owner} already`;
    file.report('CONFIG_DUPLICATE', path, message, 'leave one of them out');
  } else owners.set(text, `the destination of route ${index + 1}`);
}
