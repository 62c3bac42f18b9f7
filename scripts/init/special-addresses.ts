/** What an IPv4 address can be to a router that does not know its subnets yet. */

export type AddressKind = 'host' | 'multicast' | 'broadcast' | 'martian';

/** RFC 1122 §3.2.1.3, RFC 5771, RFC 1112 §4: as the kernel's address map has it. */
export function addressKind(address: number): AddressKind {
  const first = address >>> 24;
  if (first === 0 || first === 127) return 'martian';
  if (first < 224) return 'host';
  if (first < 240) return 'multicast';
  return address === 0xffff_ffff ? 'broadcast' : 'martian';
}

/** RFC 1918, link-local (RFC 3927) and shared (RFC 6598) addresses: never of the Internet. */
export function isPrivate(address: number): boolean {
  const first = address >>> 24;
  const second = (address >>> 16) & 0xff;
  if (first === 10) return true;
  if (first === 172) return second >= 16 && second < 32;
  if (first === 192 || first === 169) return second === (first === 192 ? 168 : 254);
  return first === 100 && second >= 64 && second < 128;
}

/** Bits of the prefix that a subnet is taken to have, for a capture shows no masks. */
export const SUBNET_LENGTH = 24;

/** The /24 that an address lies in, as its first address. */
export function subnet24Of(address: number): number {
  return (address & 0xffff_ff00) >>> 0;
}
