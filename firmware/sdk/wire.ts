/**
 * Numbers in wire order (most significant byte first), at any address.
 */

// @ts-ignore: decorator
@inline export function wire16(at: usize): u32 { return bswap<u16>(load<u16>(at)); }
// @ts-ignore: decorator
@inline export function wire32(at: usize): u32 { return bswap<u32>(load<u32>(at)); }
/** A MAC address as columns hold it: first wire byte in bits 47..40. */
// @ts-ignore: decorator
@inline export function wireMac(at: usize): u64 {
  return (<u64>wire16(at) << 32) | <u64>wire32(at + 2);
}
// @ts-ignore: decorator
@inline export function setWire16(at: usize, value: u32): void {
  store<u16>(at, bswap<u16>(<u16>value));
}
// @ts-ignore: decorator
@inline export function setWire32(at: usize, value: u32): void {
  store<u32>(at, bswap<u32>(value));
}
// @ts-ignore: decorator
@inline export function setWireMac(at: usize, mac: u64): void {
  setWire16(at, <u32>(mac >> 32));
  setWire32(at + 2, <u32>mac);
}
