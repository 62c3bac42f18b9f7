/**
 * A subnet for an interface whose own is taken, by the arithmetic of ip-num. Loading that takes
 * tens of milliseconds, so it is loaded only where a mistake asks for it.
 */
import { createRequire } from 'node:module';
import type * as IpNum from 'ip-num';
import { type Cidr, formatCidr, parseCidr } from '../netstack/address.ts';

/** RFC 1918 §3: what a plant may give itself. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

/**
 * The first subnet of the same length behind `wanted` that overlaps none of `taken`; null where
 * its block of private addresses has none left, or it is not in one.
 */
export function freeSubnet(wanted: Cidr, taken: readonly Cidr[]): Cidr | null {
  const { IPv4CidrRange, IPv4Prefix } = createRequire(import.meta.url)('ip-num') as typeof IpNum;
  const rangeOf = (cidr: Cidr) => IPv4CidrRange.fromCidr(formatCidr(cidr));
  const own = rangeOf(wanted);
  const block = PRIVATE.map(IPv4CidrRange.fromCidr).find((range) => own.inside(range));
  if (block === undefined) return null;
  const others = taken.map(rangeOf);
  const length = IPv4Prefix.fromNumber(BigInt(wanted.length));
  let range = new IPv4CidrRange(own.getFirst(), length).nextRange();
  while (range?.inside(block)) {
    const candidate = range;
    const other = others.find((each) => each.isOverlapping(candidate));
    if (other === undefined) return parseCidr(candidate.toCidrString());
    // Of two prefixes that overlap, one holds the other: what is next begins behind the larger.
    range = (
      other.contains(candidate) ? new IPv4CidrRange(other.getLast(), length) : candidate
    ).nextRange();
  }
  return null;
}
