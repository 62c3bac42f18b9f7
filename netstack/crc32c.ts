/** CRC-32C (Castagnoli), SCTP's checksum (RFC 9260 appendix A). */

const POLYNOMIAL_REFLECTED = 0x82f6_3b78;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) {
    remainder = remainder & 1 ? (remainder >>> 1) ^ POLYNOMIAL_REFLECTED : remainder >>> 1;
  }
  return remainder;
});

/** The CRC-32C of the bytes as a number; SCTP stores its least significant byte first. */
export function crc32c(bytes: Uint8Array): number {
  let remainder = 0xffff_ffff;
  for (let offset = 0; offset < bytes.length; offset++) {
    remainder = (remainder >>> 8) ^ TABLE[(remainder ^ bytes[offset]) & 0xff];
  }
  return ~remainder >>> 0;
}
