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

/** Reads an IPv6 address (RFC 4291 §2.2) as 32 hexadecimal digits; null for anything else. */
export function readAddress6Literal(text: string): string | null {
  const halves = text.split('::');
  if (!text.includes(':') || halves.length > 2) return null;
  const head = readGroups(halves[0], halves.length === 1);
  const tail = readGroups(halves[1] ?? '', true);
  if (head === null || tail === null) return null;
  const missing = 32 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 4) return null;
  return head + '0'.repeat(missing) + tail;
}

/** Groups of 16 bits as hexadecimal digits; only the last may be a dotted IPv4 address. */
function readGroups(text: string, isLast: boolean): string | null {
  if (text === '') return '';
  let digits = '';
  const groups = text.split(':');
  for (const [index, group] of groups.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(group)) {
      digits += group.toLowerCase().padStart(4, '0');
      continue;
    }
    const embedded = readAddressLiteral(group);
    if (!isLast || index !== groups.length - 1 || embedded?.octets !== 4) return null;
    digits += embedded.address.toString(16).padStart(8, '0');
  }
  return digits;
}
