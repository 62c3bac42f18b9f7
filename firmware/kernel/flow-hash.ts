/**
 * The hash of a flow's key: of addresses and ports, the same for both directions of a connection.
 * In 32-bit lanes, so that four keys are hashed at once, or the two ends of one.
 */
import { FACTORS } from './plain-constants';

// @ts-ignore: decorator
@inline function mix(value: v128, factor: usize): v128 {
  const product = i32x4.mul(value, v128.load(factor));
  return v128.xor(product, i32x4.shr_u(product, 15));
}

/** Of one end: its address and its port. */
// @ts-ignore: decorator
@inline export function hashOfEnd(address: v128, port: v128): v128 {
  return mix(i32x4.add(address, i32x4.mul(port, v128.load(FACTORS))), FACTORS + 16);
}

/** The lower half of a key's hash, of what `hashOfEnd` says of its ends. */
// @ts-ignore: decorator
@inline export function hashLow(one: v128, other: v128): v128 {
  return mix(i32x4.add(one, other), FACTORS + 32);
}

/** The upper half. */
// @ts-ignore: decorator
@inline export function hashHigh(one: v128, other: v128, low: v128): v128 {
  return mix(i32x4.add(v128.xor(one, other), low), FACTORS + 48);
}

/** The hash of one key: src | dst << 32, and sport | dport << 16. */
export function hashOf(pair: u64, ports: u32): u64 {
  const port = i64x2.splat((<u64>ports & 0xffff) | (<u64>(ports >> 16) << 32));
  const ends = hashOfEnd(i64x2.splat(pair), port), swapped = i32x4.shuffle(ends, ends, 1, 0, 3, 2);
  const low = hashLow(ends, swapped), high = hashHigh(ends, swapped, low);
  return i64x2.extract_lane(i32x4.shuffle(low, high, 0, 4, 1, 5), 0);
}
