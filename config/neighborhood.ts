/**
 * Who is a neighbour on which wire: the subnets of interfaces, and the on-link routes within and
 * beside them.
 */
import { type Cidr, cidrContains } from '../netstack/address.ts';
import type { Interface } from './router.ts';

/** The longest prefix decides, as for every route (RFC 1812 §5.2.4.3). */
export class Neighborhood {
  /** Long prefixes first. */
  readonly #prefixes: readonly { cidr: Cidr; port: number }[];

  constructor(interfaces: readonly Interface[], onLink: readonly { to: Cidr; port: number }[]) {
    const subnets = interfaces
      .filter(({ prefixLength }) => prefixLength > 0)
      .map(({ address, prefixLength, port }) => ({
        cidr: { address, length: prefixLength },
        port,
      }));
    const routes = onLink.map(({ to, port }) => ({ cidr: to, port }));
    this.#prefixes = [...subnets, ...routes].sort((a, b) => b.cidr.length - a.cidr.length);
  }

  /** The port on whose wire the address is a neighbour, or null. */
  portOf(address: number): number | null {
    return this.#prefixes.find(({ cidr }) => cidrContains(cidr, address))?.port ?? null;
  }
}
