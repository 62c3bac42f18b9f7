/**
 * Frames in a byte stream, as QEMU's `-netdev stream` has them (net/stream_data.c): the length in
 * four bytes, big endian, then the frame.
 */
export const FRAME_LENGTH_SIZE = 4;

/** The far end does not speak the format: a length that no frame has. */
export class StreamFormatError extends Error {
  override readonly name = 'StreamFormatError';
}

/** Takes one frame: bytes `start`..`end`, there until this returns. */
export type StreamSink = (bytes: Uint8Array, start: number, end: number) => void;

/** Puts frames together from chunks of any size; keeps one unfinished frame at most. */
export class StreamFramer {
  private readonly sink: StreamSink;
  private readonly sizeMax: number;
  private readonly rest: Uint8Array;
  private filled = 0;

  /** Frames of 1 to `sizeMax` bytes go to `sink`. */
  constructor(sizeMax: number, sink: StreamSink) {
    this.sink = sink;
    this.sizeMax = sizeMax;
    this.rest = new Uint8Array(FRAME_LENGTH_SIZE + sizeMax);
  }

  /** @throws {StreamFormatError} when a length cannot be one: nothing after it makes sense */
  push(chunk: Uint8Array): void {
    let at = this.filled > 0 ? this.complete(chunk) : 0;
    while (chunk.length - at >= FRAME_LENGTH_SIZE) {
      const size = this.lengthAt(chunk, at);
      const end = at + FRAME_LENGTH_SIZE + size;
      if (end > chunk.length) break;
      this.sink(chunk, at + FRAME_LENGTH_SIZE, end);
      at = end;
    }
    this.keep(chunk, at, chunk.length);
  }

  /** Fills up the unfinished frame; returns how much of the chunk that took. */
  private complete(chunk: Uint8Array): number {
    const { rest } = this;
    let at = this.keep(chunk, 0, Math.min(chunk.length, FRAME_LENGTH_SIZE - this.filled));
    if (this.filled < FRAME_LENGTH_SIZE) return at;
    const end = FRAME_LENGTH_SIZE + this.lengthAt(rest, 0);
    at = this.keep(chunk, at, Math.min(chunk.length, at + end - this.filled));
    if (this.filled < end) return at;
    this.filled = 0;
    this.sink(rest, FRAME_LENGTH_SIZE, end);
    return at;
  }

  /** Appends bytes `start`..`end` of the chunk, if any, to the unfinished frame. */
  private keep(chunk: Uint8Array, start: number, end: number): number {
    if (end <= start) return start;
    this.rest.set(chunk.subarray(start, end), this.filled);
    this.filled += end - start;
    return end;
  }

  private lengthAt(bytes: Uint8Array, at: number): number {
    const size =
      ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
    if (size >= 1 && size <= this.sizeMax) return size;
    throw new StreamFormatError(`a frame of ${size} bytes; at most ${this.sizeMax}`);
  }
}
