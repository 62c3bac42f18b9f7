/** Arithmetic on IPv4 ranges while configuration is read. */
import { broadcastOf, type Cidr, networkOf } from '../netstack/address.ts';

/** Addresses from `first` to `last`, both included. */
export interface AddressRange {
  first: number;
  last: number;
}

/** The range that a prefix covers; host bits do not matter. */
export function rangeOf(cidr: Cidr): AddressRange {
  return { first: networkOf(cidr), last: broadcastOf(cidr) };
}

/** Whether two ranges have an address in common. */
export function rangesOverlap(a: AddressRange, b: AddressRange): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/** Whether an address lies in a range. */
export function rangeContains(range: AddressRange, address: number): boolean {
  return range.first <= address && address <= range.last;
}

/**
 * What no host on a wire may be called: RFC 1122 §3.2.1.3 (this network, loopback), RFC 5771
 * (multicast), RFC 1112 §4 (class E) with the limited broadcast.
 */
const MARTIANS: readonly { range: AddressRange; what: string }[] = [
  { range: rangeOf({ address: 0, length: 8 }), what: 'of "this network" (0.0.0.0/8)' },
  { range: rangeOf({ address: 0x7f00_0000, length: 8 }), what: 'a loopback address' },
  { range: rangeOf({ address: 0xe000_0000, length: 4 }), what: 'a multicast address' },
  { range: rangeOf({ address: 0xf000_0000, length: 4 }), what: 'reserved (240.0.0.0/4)' },
];

/** Why no host may have this address, or undefined where one may. */
export function whyMartian(address: number): string | undefined {
  return MARTIANS.find(({ range }) => rangeContains(range, address))?.what;
}

/**
 * Why no host of the subnet may have this address: its first address is the network, its last
 * the broadcast (RFC 919 §7). Subnets of /31 (RFC 3021) and /32 have neither.
 */
export function whyNotHost(address: number, length: number): string | undefined {
  if (length > 30) return undefined;
  const { first, last } = rangeOf({ address, length });
  if (address === first) return "the subnet's network address";
  return address === last ? "the subnet's broadcast address" : undefined;
}
