/**
 * Fills and copies of a few hundred bytes, 16 at a time. The engine's own memory.fill and
 * memory.copy leave WebAssembly for each call: measured, 30 fills a vector took 12 ns a packet.
 */

/** Sets `size` bytes, rounded up to 16: arrays of rows have room for that. */
// @ts-ignore: decorator
@inline export function fillRows(at: usize, value: u32, size: i32): void {
  const wide = i8x16.splat(<u8>value);
  for (const end = at + <usize>size; at < end; at += 16) v128.store(at, wide);
}

/** Copies `size` bytes exactly: what lies behind them may be another packet's. */
// @ts-ignore: decorator
@inline export function copyExactly(to: usize, from: usize, size: i32): void {
  const end = from + <usize>size;
  for (; from + 16 <= end; from += 16, to += 16) v128.store(to, v128.load(from));
  for (; from < end; from++, to++) store<u8>(to, load<u8>(from));
}
