/** The Internet checksum (RFC 1071), its incremental update (RFC 1624) and pseudo-headers. */

/** Folds carries until 16 bits are left. */
function fold(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded % 0x10000) + Math.floor(folded / 0x10000);
  return folded;
}

/**
 * The 16-bit ones' complement sum of the bytes, not complemented, on top of `initial`
 * (RFC 1071 §1). An odd last byte is padded with a zero byte.
 */
export function onesComplementSum(bytes: Uint8Array, initial = 0): number {
  let sum = initial;
  const evenSize = bytes.length & ~1;
  for (let offset = 0; offset < evenSize; offset += 2) {
    sum += (bytes[offset] << 8) | bytes[offset + 1];
  }
  if (evenSize < bytes.length) sum += bytes[evenSize] << 8;
  return fold(sum);
}

/** The checksum to store where a zero was: the complement of the sum. 0 if the bytes verify. */
export function checksum(bytes: Uint8Array, initial = 0): number {
  return ~onesComplementSum(bytes, initial) & 0xffff;
}

/** The checksum after a 16-bit word changed from `before` to `after` (RFC 1624 §3, equation 3). */
export function updateChecksum(old: number, before: number, after: number): number {
  return ~fold((~old & 0xffff) + (~before & 0xffff) + after) & 0xffff;
}

/** The checksum after a 32-bit number at an even offset changed, such as an IPv4 address. */
export function updateChecksum32(old: number, before: number, after: number): number {
  const high = updateChecksum(old, before >>> 16, after >>> 16);
  return updateChecksum(high, before & 0xffff, after & 0xffff);
}

/** The sum of the IPv4 pseudo-header (RFC 9293 §3.1): `initial` for a layer-4 checksum. */
export function pseudoHeaderSum(
  source: number,
  destination: number,
  protocol: number,
  size: number,
): number {
  const addresses = [source, destination].flatMap((a) => [a >>> 16, a & 0xffff]);
  return fold(addresses.reduce((sum, word) => sum + word, protocol + size));
}

/** The sum of the IPv6 pseudo-header (RFC 8200 §8.1): `initial` for a layer-4 checksum. */
export function pseudoHeaderSum6(
  source: bigint,
  destination: bigint,
  protocol: number,
  size: number,
): number {
  let sum = protocol + (size >>> 16) + (size & 0xffff);
  for (const address of [source, destination]) {
    for (let shift = 0n; shift < 128n; shift += 16n) sum += Number((address >> shift) & 0xffffn);
  }
  return fold(sum);
}
