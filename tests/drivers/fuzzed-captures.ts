/** Damage to captures, and what has to hold of a reader whatever it is given. */
import type { ByteStream } from '../../drivers/byte-stream.ts';
import { ByteWindow } from '../../drivers/byte-window.ts';
import { CaptureError } from '../../drivers/capture-error.ts';
import { CAPTURED_LENGTH_MAX } from '../../drivers/capture-limits.ts';
import { readerOf } from '../../drivers/capture-reader.ts';

/** As xorshift32 has them: the same for a seed on any machine. */
export function* randomNumbers(seed: number): Generator<number, never> {
  let state = seed | 1;
  for (;;) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    yield state >>> 0;
  }
}

/** One byte changed, or up to eight; of a number that says how, and of no other. */
export function flipped(bytes: Uint8Array, seed: number): Uint8Array {
  const random = randomNumbers(seed * 2_654_435_761);
  for (let skipped = 0; skipped < 4; skipped++) random.next();
  const damaged = bytes.slice();
  const count = seed % 2 === 0 ? 1 : 1 + (random.next().value % 8);
  for (let flips = 0; flips < count; flips++) {
    // Half of them where formats have their headers.
    const { value } = random.next();
    const range = flips % 2 === 0 ? bytes.length : Math.min(bytes.length, 256);
    damaged[value % range] ^= 1 + (random.next().value % 255);
  }
  return damaged;
}

class MemoryStream implements ByteStream {
  readonly file = 'fuzzed';
  private readonly bytes: Uint8Array;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  read(target: Uint8Array, at: number): number {
    const count = Math.min(target.length - at, this.bytes.length - this.at);
    target.set(this.bytes.subarray(this.at, this.at + count), at);
    this.at += count;
    return count;
  }

  close(): void {
    this.at = this.bytes.length;
  }
}

/** Reads what there is. Returns what must not be, null if all is well. */
export function misbehaviourOf(bytes: Uint8Array): string | null {
  let captured = 0;
  let records = 0;
  try {
    const source = readerOf(new ByteWindow(new MemoryStream(bytes)));
    while (source.next()) {
      records++;
      captured += source.rawEnd - source.rawStart;
      const { start, end, data, wireLength, nanoseconds, hasTime, seconds } = source;
      if (start < 0 || end < start || end > data.length) return 'a frame outside its array';
      if (end - start > wireLength) return 'more bytes than were on the wire';
      if (end - start > CAPTURED_LENGTH_MAX + 14) return 'a frame beyond the limit';
      if (hasTime && !(nanoseconds >= 0 && nanoseconds < 1e9)) return `${nanoseconds} nanoseconds`;
      if (hasTime && !(seconds >= 0 && seconds <= 0xffff_ffff)) return `${seconds} seconds`;
      if (source.interfaces[source.interface] === undefined) return 'a record of no interface';
      // A record has a header of 16 bytes: more of them would not fit, nor would their bytes.
      if (captured + 16 * records > bytes.length) return 'more records than the file has room for';
    }
  } catch (error) {
    if (!(error instanceof CaptureError)) return `${error}`;
    if (error.message.includes('\n')) return 'an error of more than one line';
    if (!(error.offset >= 0 && error.offset <= bytes.length)) return `an offset of ${error.offset}`;
  }
  return null;
}
