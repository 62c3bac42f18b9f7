/** A frame as digests take it: see frame-digest.ts. */
export const DIGEST_HEADER_SIZE: u32 = 20;

/** At least 16 bytes; not one more is written than there are. */
// @ts-ignore: decorator
@inline export function copy(to: usize, from: usize, size: u32): void {
  let at: u32 = 0;
  for (; at + 16 <= size; at += 16) v128.store(to + at, v128.load(from + at));
  if (at < size) v128.store(to + size - 16, v128.load(from + size - 16));
}

/** Writes a digest's bytes of a frame; returns how many. */
// @ts-ignore: decorator
@inline export function digest(
  to: usize, seconds: u32, ns: u32, port: u32, frame: usize, size: u32,
): u32 {
  store<u32>(to, seconds);
  store<u32>(to, ns, 4);
  store<u32>(to, port, 8);
  store<u32>(to, size, 12);
  store<u32>(to, size, 16);
  copy(to + DIGEST_HEADER_SIZE, frame, size);
  return DIGEST_HEADER_SIZE + size;
}
