/**
 * The static routes of a router file: each must leave by a subnet that an interface is on.
 */
import { type Cidr, formatCidr, formatIpv4, networkOf } from '../netstack/address.ts';
import { rangeContains, rangeOf, whyMartian, whyNotHost } from './address-range.ts';
import type { ConfigurationFile } from './configuration-file.ts';
import type { Interface, Route } from './router.ts';
import type { RouterData } from './router-schema.ts';

/** The routes, in file order, each with the port of its next router. */
export function readRoutes(
  file: ConfigurationFile<RouterData>,
  interfaces: readonly Interface[],
): Route[] {
  const subnets = interfaces
    .filter(({ prefixLength }) => prefixLength > 0)
    .map((each) => {
      const cidr = { address: each.address, length: each.prefixLength };
      return {
        ...each,
        text: formatCidr({ ...cidr, address: networkOf(cidr) }),
        range: rangeOf(cidr),
      };
    });
  const owners = new Map(subnets.map(({ name, text }) => [text, `the subnet of ${name}`]));
  const viaPorts = new Map<number, number>();
  return file.data.routes.map(({ to, via }, index) => {
    checkDestination(file, index, to, owners);
    let port = viaPorts.get(via);
    if (port === undefined) {
      const subnet = subnets.find(({ range }) => rangeContains(range, via));
      const why = subnet === undefined ? undefined : whyNotVia(via, subnet);
      if (subnet !== undefined && why === undefined) {
        port = subnet.port;
        viaPorts.set(via, port);
      } else if (why !== undefined) {
        const message = `via ${formatIpv4(via)} is ${why}`;
        const hint = 'give the address of the next router';
        file.report('CONFIG_VIA', ['routes', index, 'via'], message, hint);
      } else if (!file.damaged.has('interfaces')) {
        const message = `via ${formatIpv4(via)} is on no subnet of an interface`;
        const known = subnets.map((each) => `${each.text} (${each.name})`);
        const hint = known.length > 8 ? 'it must be a neighbour' : `these are: ${known.join(', ')}`;
        file.report('CONFIG_VIA', ['routes', index, 'via'], message, hint);
      }
    }
    return { to, via, port: port ?? -1 };
  });
}

function whyNotVia(via: number, subnet: Interface): string | undefined {
  if (via === subnet.address) return `the address of ${subnet.name} itself`;
  return whyNotHost(via, subnet.prefixLength);
}

function checkDestination(
  file: ConfigurationFile<RouterData>,
  index: number,
  to: Cidr,
  owners: Map<string, string>,
): void {
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
