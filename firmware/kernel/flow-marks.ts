/**
 * Marks: a byte of its key's hash for each entry of the flow table; 0: it has had no key yet. Which
 * entries may have a key is told by one cache line of this small array, where the entries are four
 * lines of a large one.
 */
import { allocate } from './arena';
import { WAYS } from './flow-states';

let marks: usize = 0;
let mask: u32 = 0;

export function openMarks(capacity: u32): void {
  marks = allocate(capacity);
  mask = capacity / WAYS - 1;
}

/** A key's first set is told by the lower half of its hash. */
// @ts-ignore: decorator
@inline export function firstSet(hash: u64): u32 { return <u32>hash & mask; }

/**
 * Its second set lies within 16 sets, so that the marks of both are in one cache line, and all its
 * entries in one page: measured, 4 % more new connections. A table fills nearly as far as with sets
 * that lie apart.
 */
// @ts-ignore: decorator
@inline export function secondSet(hash: u64): u32 { return firstSet(hash ^ (hash >> 32 & 15 | 1)); }

// Other bits of the hash than those that choose the sets.
// @ts-ignore: decorator
@inline function markOf(hash: u64): u8 { return <u8>(hash >> 56) | 1; }
// @ts-ignore: decorator
@inline function marksOf(set: u32): usize { return marks + <usize>set * WAYS; }

/** Entry number `n` has a key of this hash from now on. */
export function setMark(n: u32, hash: u64): void { store<u8>(marks + n, markOf(hash)); }

/** Which places of a hash have this mark, a bit each, in the order of `placeOf`. */
// @ts-ignore: decorator
@inline function placesWith(hash: u64, mark: u8): u32 {
  const one = v128.load32_zero(marksOf(firstSet(hash)));
  const other = v128.load32_zero(marksOf(secondSet(hash)));
  const inOrder = i16x8.shuffle(one, other, 0, 8, 1, 9, 2, 10, 3, 11);
  return <u32>i8x16.bitmask(i8x16.eq(inOrder, i8x16.splat(<i8>mark))) & 255;
}

/** Which places of a hash may have its key, a bit each. */
// @ts-ignore: decorator
@inline export function marked(hash: u64): u32 { return placesWith(hash, markOf(hash)); }
/** Which have never had a key. */
// @ts-ignore: decorator
@inline export function unmarked(hash: u64): u32 { return placesWith(hash, 0); }

/** Starts to bring a hash's marks from memory, long before they are looked at. */
// @ts-ignore: decorator
@inline export function touchMarks(hash: u64): u32 {
  return load<u32>(marksOf(firstSet(hash)));
}
