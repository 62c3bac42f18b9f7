/** Why a frame arrives on the port that a replay puts it on, in words. */
import type { Router } from '../../config/router.ts';
import {
  broadcastOf,
  type Cidr,
  formatCidr,
  formatIpv4,
  networkOf,
} from '../../netstack/address.ts';
import { NO_SOURCE } from '../replay/frame-source.ts';

function covers(cidr: Cidr, address: number): boolean {
  return networkOf(cidr) <= address && address <= broadcastOf(cidr);
}

/**
 * `source` is the frame's IPv4 source or ARP sender, or NO_SOURCE. The longest subnet or route that
 * covers it decides, a subnet before a route of the same length (replay/source-ports.ts).
 */
export function arrivalReason(router: Router, source: number): string {
  const subnets = router.interfaces.map(({ address, prefixLength, port }) => {
    const subnet = { address, length: prefixLength };
    const network = formatCidr({ ...subnet, address: networkOf(subnet) });
    const why = `${formatIpv4(source)} is on its subnet ${network}`;
    return { cidr: subnet, port, why };
  });
  const routes = router.routes.map(({ to, via, port }) => {
    const how = via === null ? 'on link' : `via ${formatIpv4(via)}`;
    const why = `${formatIpv4(source)} is routed there by ${formatCidr(to)} ${how}`;
    return { cidr: to, port, why };
  });
  const [best] = [...subnets, ...routes]
    .filter(({ cidr }) => source !== NO_SOURCE && covers(cidr, source))
    .sort((a, b) => b.cidr.length - a.cidr.length);
  if (best !== undefined) return best.why;
  const isDefault = router.routes.some(({ to }) => to.length === 0);
  const where = isDefault ? 'the port of the default route' : 'the first port';
  if (source === NO_SOURCE) return `it names no sender, and this is ${where}`;
  return `nothing covers ${formatIpv4(source)}, and this is ${where}`;
}
