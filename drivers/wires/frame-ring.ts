/**
 * A bounded queue of frames between two threads: one writes, one reads, nobody waits. In shared
 * memory:
 *
 *    0 u32 head    bytes written so far, modulo 2^32
 *    4 u32 tail    bytes read so far
 *   64 records     u32 size of the frame, u32 tag, u32 seconds, u32 nanoseconds, the frame, padded
 *                  to 8; size SKIP: go on at 0
 */
const HEAD = 0;
const TAIL = 1;
const RECORDS_OFFSET = 64;
const RECORD_HEADER_SIZE = 16;
const SKIP = 0xffff_ffff;

/** The longest frame that a stream wire speaks of, headers included (QEMU's NET_BUFSIZE). */
export const RING_FRAME_SIZE_MAX = 69_632;

/** Shared memory for a ring of `capacity` bytes, a power of two. */
export function allocateFrameRing(capacity: number): SharedArrayBuffer {
  return new SharedArrayBuffer(RECORDS_OFFSET + capacity);
}

/** Takes a frame out of a ring: bytes `start`..`end`, there until this returns. */
export type RingSink = (
  bytes: Uint8Array,
  start: number,
  end: number,
  tag: number,
  seconds: number,
  nanoseconds: number,
) => void;

export class FrameRing {
  private readonly ends: Uint32Array;
  private readonly words: Uint32Array;
  private readonly bytes: Uint8Array;
  private readonly capacity: number;

  constructor(shared: SharedArrayBuffer) {
    this.capacity = shared.byteLength - RECORDS_OFFSET;
    this.ends = new Uint32Array(shared, 0, 2);
    this.words = new Uint32Array(shared, RECORDS_OFFSET);
    this.bytes = new Uint8Array(shared, RECORDS_OFFSET);
  }

  /** The writer: queues bytes `start`..`end` and what goes with them; false: there is no room. */
  push(
    source: Uint8Array,
    start: number,
    end: number,
    tag = 0,
    seconds = 0,
    nanoseconds = 0,
  ): boolean {
    const { ends, words, capacity } = this;
    const size = end - start;
    if (size > RING_FRAME_SIZE_MAX) return false;
    const needed = RECORD_HEADER_SIZE + ((size + 7) & ~7);
    const head = ends[HEAD]!;
    let at = head & (capacity - 1);
    const skipped = capacity - at < needed ? capacity - at : 0;
    const used = (head - Atomics.load(ends, TAIL)) >>> 0;
    if (used + skipped + needed > capacity) return false;
    if (skipped > 0) {
      words[at >>> 2] = SKIP;
      at = 0;
    }
    words[at >>> 2] = size;
    words[(at >>> 2) + 1] = tag;
    words[(at >>> 2) + 2] = seconds;
    words[(at >>> 2) + 3] = nanoseconds;
    this.bytes.set(source.subarray(start, end), at + RECORD_HEADER_SIZE);
    Atomics.store(ends, HEAD, (head + skipped + needed) >>> 0);
    return true;
  }

  /** The reader: hands the oldest frame to `sink`; false: there is none. */
  take(sink: RingSink): boolean {
    const { ends, words, capacity } = this;
    let tail = ends[TAIL]!;
    if (tail === Atomics.load(ends, HEAD)) return false;
    let at = tail & (capacity - 1);
    if (words[at >>> 2] === SKIP) {
      tail = (tail + capacity - at) >>> 0;
      at = 0;
    }
    const word = at >>> 2;
    const size = words[word]!;
    const start = at + RECORD_HEADER_SIZE;
    const end = start + size;
    sink(this.bytes, start, end, words[word + 1]!, words[word + 2]!, words[word + 3]!);
    Atomics.store(ends, TAIL, (tail + RECORD_HEADER_SIZE + ((size + 7) & ~7)) >>> 0);
    return true;
  }

  /** The reader: forgets everything that waits. */
  clear(): void {
    Atomics.store(this.ends, TAIL, Atomics.load(this.ends, HEAD));
  }
}
