/**
 * IPv4 and MAC addresses and IPv4 prefixes as numbers, and their text.
 * An IPv4 address is 0..2^32-1; a MAC address is below 2^48, first wire byte in bits 47..40.
 */

/** An IPv4 prefix, or an address with its subnet's length: the host bits stay as given. */
export interface Cidr {
  address: number;
  /** Bits of the prefix, 0..32. */
  length: number;
}

export const IPV4_MAX = 0xffff_ffff;
export const MAC_MAX = 0xffff_ffff_ffff;
export const MAC_BROADCAST = MAC_MAX;

/** The number in a decimal text without sign, blanks or leading zeros; null if above `max`. */
function parseDecimal(text: string, max: number): number | null {
  if (!/^(0|[1-9]\d{0,9})$/.test(text)) return null;
  const value = Number(text);
  return value <= max ? value : null;
}

/**
 * Reads dotted decimal: exactly four numbers 0..255. Leading zeros (read as octal by some), short
 * forms and hexadecimal are refused. Null if the text is no address.
 */
export function parseIpv4(text: string): number | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  let address = 0;
  for (const part of parts) {
    const byte = parseDecimal(part, 255);
    if (byte === null) return null;
    address = address * 256 + byte;
  }
  return address;
}

/** Dotted decimal. */
export function formatIpv4(address: number): string {
  const bytes = [address >>> 24, address >>> 16, address >>> 8, address];
  return bytes.map((byte) => byte & 0xff).join('.');
}

/** Reads `ADDRESS/LENGTH` (RFC 4632 §3.1). The host bits may be set; null if it is no prefix. */
export function parseCidr(text: string): Cidr | null {
  const slash = text.indexOf('/');
  if (slash < 0) return null;
  const address = parseIpv4(text.slice(0, slash));
  const length = parseDecimal(text.slice(slash + 1), 32);
  return address === null || length === null ? null : { address, length };
}

/** `ADDRESS/LENGTH`, the address as it is. */
export function formatCidr(cidr: Cidr): string {
  return `${formatIpv4(cidr.address)}/${cidr.length}`;
}

/** The netmask of a prefix length: 24 gives 255.255.255.0. */
export function maskOf(length: number): number {
  // A shift by 32 is a shift by 0 in JavaScript.
  return length === 0 ? 0 : (IPV4_MAX << (32 - length)) >>> 0;
}

/** The first address of the prefix: all host bits 0. */
export function networkOf(cidr: Cidr): number {
  return (cidr.address & maskOf(cidr.length)) >>> 0;
}

/** The last address of the prefix: all host bits 1, the subnet's broadcast (RFC 919 §7). */
export function broadcastOf(cidr: Cidr): number {
  return (cidr.address | ~maskOf(cidr.length)) >>> 0;
}

/** Whether the prefix covers the address. */
export function cidrContains(cidr: Cidr, address: number): boolean {
  return (address & maskOf(cidr.length)) >>> 0 === networkOf(cidr);
}

/** Reads six two-digit hexadecimal bytes, all joined by `:` or all by `-`; null if it is no MAC. */
export function parseMac(text: string): number | null {
  if (!/^[\da-f]{2}([:-])(?:[\da-f]{2}\1){4}[\da-f]{2}$/i.test(text)) return null;
  return Number.parseInt(text.replaceAll(/[:-]/g, ''), 16);
}

/** Lower-case bytes joined by `:`. */
export function formatMac(mac: number): string {
  const digits = mac.toString(16).padStart(12, '0');
  return digits.replaceAll(/(..)(?=.)/g, '$1:');
}

/** Whether the group bit is clear (IEEE 802 §8.2.2): neither multicast nor broadcast. */
export function isUnicastMac(mac: number): boolean {
  return Math.floor(mac / 0x100_0000_0000) % 2 === 0;
}

/** A locally administered MAC that spells an IPv4 address: 02:00 and the address's four bytes. */
export function macOfIpv4(address: number): number {
  return 0x0200_0000_0000 + address;
}
