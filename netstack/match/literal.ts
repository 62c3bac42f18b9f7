/** An IPv4 address or the leading part of one: `10.1` has 2 octets and address 10.1.0.0. */
export interface AddressLiteral {
  readonly address: number;
  readonly octets: number;
}

/** Reads 1 to 4 dotted decimal octets; null for anything else, leading zeros included. */
export function readAddressLiteral(text: string): AddressLiteral | null {
  if (!/^\d+(\.\d+){0,3}$/.test(text)) return null;
  const parts = text.split('.');
  let address = 0;
  for (const part of parts) {
    const octet = Number(part);
    if (octet > 255 || String(octet) !== part) return null;
    address = address * 256 + octet;
  }
  return { address: address * 256 ** (4 - parts.length), octets: parts.length };
}

/** Reads a decimal or 0x-hexadecimal number; null for anything else (`010` is ambiguous). */
export function readNumber(text: string): number | null {
  return /^(0|[1-9]\d{0,9}|0x[0-9a-fA-F]{1,8})$/.test(text) ? Number(text) : null;
}
