/**
 * A hash table over memory that the module owns: sets of eight keys, one cache line each. A key is
 * a u64 that is never 0; what belongs to it lies in the module's own arrays, at the key's slot.
 * A full set is the module's to decide: it chooses which slot to give away.
 */

export const WAYS: u32 = 8;
export const SLOT_NONE: u32 = 0xffffffff;

/** The first slot of a key's set, in a table with 2^bits sets. */
// @ts-ignore: decorator
@inline export function firstSlot(key: u64, bits: u32): u32 {
  return <u32>((key * 0x9e3779b97f4a7c15) >> (64 - bits)) * WAYS;
}

/** The key's slot, or SLOT_NONE. */
// @ts-ignore: decorator
@inline export function findSlot(keys: usize, bits: u32, key: u64): u32 {
  const first = firstSlot(key, bits);
  // Most sets hold one key: its compare is the only one in the common case.
  if (load<u64>(keys + <usize>first * 8) == key) return first;
  return findOther(keys, first, key);
}

function findOther(keys: usize, first: u32, key: u64): u32 {
  for (let slot = first + 1; slot < first + WAYS; slot++) {
    if (load<u64>(keys + <usize>slot * 8) == key) return slot;
  }
  return SLOT_NONE;
}

/** The key at a slot; 0 where it is free. */
// @ts-ignore: decorator
@inline export function keyAt(keys: usize, slot: u32): u64 {
  return load<u64>(keys + <usize>slot * 8);
}

/** Gives a slot of the key's set to the key. */
// @ts-ignore: decorator
@inline export function setKey(keys: usize, slot: u32, key: u64): void {
  store<u64>(keys + <usize>slot * 8, key);
}
