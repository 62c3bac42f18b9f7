/**
 * What kind of address a number is. MAC: first wire byte in bits 47..40; IPv4: host order.
 */

export const MAC_BROADCAST: u64 = 0xffffffffffff;

/** Whether the group bit is set: a broadcast or multicast address. */
// @ts-ignore: decorator
@inline export function isGroupMac(mac: u64): bool { return ((mac >> 40) & 1) != 0; }

/** The subnet mask of a prefix length 0..32. */
// @ts-ignore: decorator
@inline export function maskOf(length: u32): u32 {
  return length == 0 ? 0 : <u32>0xffffffff << (32 - length);
}

/** Multicast (class D), class E and the limited broadcast. */
// @ts-ignore: decorator
@inline export function isGroupOrReserved(address: u32): bool { return address >= 0xe0000000; }

/** Networks 0 and 127, which no packet on a wire may come from. */
// @ts-ignore: decorator
@inline export function isThisOrLoopback(address: u32): bool {
  const network = address >> 24;
  return network == 0 || network == 127;
}
