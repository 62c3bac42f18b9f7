/** One side of a flow's match: its hosts one by one, the subnets that they are in, or its zone. */
import { type Cidr, cidrContains, formatCidr, formatIpv4 } from '../../netstack/address.ts';

/** Subnets of one side; beyond them the zone alone says who. */
const NETS_MAX = 8;

export type HostTerm =
  | { readonly kind: 'hosts'; readonly addresses: readonly number[] }
  | { readonly kind: 'nets'; readonly nets: readonly Cidr[] }
  | { readonly kind: 'zone' };

/** Up to `hostsMax` hosts by name, more by their subnets, and where these are many by the zone. */
export function hostTermOf(
  addresses: readonly number[],
  subnets: readonly Cidr[],
  hostsMax: number,
): HostTerm {
  if (addresses.length <= hostsMax) {
    return { kind: 'hosts', addresses: [...addresses].sort((a, b) => a - b) };
  }
  const nets: Cidr[] = [];
  for (const address of addresses) {
    if (nets.some((net) => cidrContains(net, address))) continue;
    const net = subnets.find((subnet) => cidrContains(subnet, address));
    if (net === undefined || nets.length === NETS_MAX) return { kind: 'zone' };
    nets.push(net);
  }
  return { kind: 'nets', nets: nets.sort((a, b) => a.address - b.address) };
}

/** The term in the match language; empty where it says nothing. */
export function hostTermText(direction: 'src' | 'dst', term: HostTerm): string {
  if (term.kind === 'zone') return '';
  const words = term.kind === 'hosts' ? term.addresses.map(formatIpv4) : term.nets.map(formatCidr);
  const text = `${direction} ${term.kind === 'hosts' ? 'host' : 'net'} ${words.join(' or ')}`;
  return words.length > 1 ? `(${text})` : text;
}

/** Whether the term covers an address of its zone. */
export function hostTermCovers(term: HostTerm, address: number): boolean {
  switch (term.kind) {
    case 'hosts':
      return term.addresses.includes(address);
    case 'nets':
      return term.nets.some((net) => cidrContains(net, address));
    case 'zone':
      return true;
  }
}

/** Boxes that the policy compiler needs for it. */
export function hostTermBoxes(term: HostTerm): number {
  return term.kind === 'hosts'
    ? term.addresses.length
    : term.kind === 'nets'
      ? term.nets.length
      : 1;
}
