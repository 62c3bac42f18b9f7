/**
 * What the thread that writes makes of records of digests (see frame-digest.ts): blocks of pcapng.
 * A program of its own, on the memory that both threads share.
 */
import { NS } from './clock';
import { DIGEST_HEADER_SIZE, copy } from './digest';

/** An enhanced packet block without the frame and its padding. */
const BLOCK_SIZE: u32 = 32;
const BLOCK_PACKET_ENHANCED: u32 = 6;

/**
 * The records in `size` bytes, of frames that are whole, as enhanced packet blocks of interface 0;
 * how many bytes these are. Stamps are in nanoseconds or microseconds.
 */
export function make(from: usize, size: u32, to: usize, isNanosecond: bool): u32 {
  let used: u32 = 0;
  for (let at: u32 = 0; at < size; ) {
    const record = from + at;
    const length = load<u32>(record, 16);
    const blockSize = BLOCK_SIZE + ((length + 3) & ~3);
    const seconds = <u64>load<u32>(record);
    const frame = record + DIGEST_HEADER_SIZE;
    writeBlock(to + used, blockSize, seconds, load<u32>(record, 4), frame, length, isNanosecond);
    used += blockSize;
    at += DIGEST_HEADER_SIZE + length;
  }
  return used;
}

// @ts-ignore: decorator
@inline function writeBlock(
  to: usize, size: u32, seconds: u64, ns: u32, frame: usize, length: u32, isNanosecond: bool,
): void {
  const stamp = isNanosecond ? seconds * NS + ns : seconds * 1000000 + ns / 1000;
  store<u32>(to, BLOCK_PACKET_ENHANCED);
  store<u32>(to, size, 4);
  store<u32>(to, 0, 8);
  store<u32>(to, <u32>(stamp >> 32), 12);
  store<u32>(to, <u32>stamp, 16);
  store<u32>(to, length, 20);
  store<u32>(to, length, 24);
  // The padding first: the bytes then overwrite what of this word is theirs.
  store<u32>(to + size - 8, 0);
  copy(to + 28, frame, length);
  store<u32>(to + size - 4, size);
}
