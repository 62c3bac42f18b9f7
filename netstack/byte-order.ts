/**
 * Numbers in network byte order (big-endian, RFC 791 appendix B) at an offset of a byte array.
 * The caller has checked that the bytes are there: this is the door's hinge, not the door.
 */

/** The 16-bit number at `offset`. */
export function readU16(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] << 8) | bytes[offset + 1];
}

/** The unsigned 32-bit number at `offset`. */
export function readU32(bytes: Uint8Array, offset: number): number {
  return readU16(bytes, offset) * 0x10000 + readU16(bytes, offset + 2);
}

/** The 48-bit number at `offset`: a MAC address, first wire byte in bits 47..40. */
export function readU48(bytes: Uint8Array, offset: number): number {
  return readU16(bytes, offset) * 0x1_0000_0000 + readU32(bytes, offset + 2);
}

/** The 128-bit number at `offset`: an IPv6 address. */
export function readU128(bytes: Uint8Array, offset: number): bigint {
  let value = 0n;
  for (let word = 0; word < 4; word++) {
    value = (value << 32n) | BigInt(readU32(bytes, offset + word * 4));
  }
  return value;
}

/** Writes the low 16 bits of `value`. */
export function writeU16(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 8;
  bytes[offset + 1] = value;
}

/** Writes the low 32 bits of `value`. */
export function writeU32(bytes: Uint8Array, offset: number, value: number): void {
  writeU16(bytes, offset, value >>> 16);
  writeU16(bytes, offset + 2, value);
}

/** Writes a number below 2^48: a MAC address. */
export function writeU48(bytes: Uint8Array, offset: number, value: number): void {
  writeU16(bytes, offset, Math.floor(value / 0x1_0000_0000));
  writeU32(bytes, offset + 2, value % 0x1_0000_0000);
}

/** Writes a number below 2^128: an IPv6 address. */
export function writeU128(bytes: Uint8Array, offset: number, value: bigint): void {
  for (let word = 0; word < 4; word++) {
    const shift = BigInt(96 - word * 32);
    writeU32(bytes, offset + word * 4, Number((value >> shift) & 0xffff_ffffn));
  }
}
