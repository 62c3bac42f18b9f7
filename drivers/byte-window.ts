import type { ByteStream, Extent } from './byte-stream.ts';

/** Holds the longest record with room to spare, so one window is all the memory a reader takes. */
export const WINDOW_SIZE = 1 << 20;

/** A stream through a window of fixed size: the bytes from `position` to `filled` are in it. */
export class ByteWindow {
  readonly file: string;
  /** Offsets are those of what was compressed, not of the file. */
  readonly isInflated: boolean;
  bytes: Uint8Array = new Uint8Array(WINDOW_SIZE);
  view = new DataView(this.bytes.buffer);
  /** In the window: where the reader stands, and where what was read so far ends. */
  position = 0;
  filled = 0;
  private readonly stream: ByteStream;
  /** The stream's offset of the window's first byte. */
  private firstOffset = 0;

  constructor(stream: ByteStream) {
    this.stream = stream;
    this.file = stream.file;
    this.isInflated = stream.isInflated ?? false;
  }

  /** How far the reader has come in the file; of one that is compressed, about. */
  get extent(): Extent | null {
    const { extent } = this.stream;
    if (extent == null) return null;
    const taken = this.offset / Math.max(1, this.firstOffset + this.filled);
    return { read: extent.read * taken, size: extent.size };
  }

  /** The stream's offset where the reader stands. */
  get offset(): number {
    return this.firstOffset + this.position;
  }

  /** Bytes in the window from where the reader stands. */
  get left(): number {
    return this.filled - this.position;
  }

  /** From now on the window is these WINDOW_SIZE bytes; what has been read moves there. */
  moveTo(bytes: Uint8Array): void {
    bytes.set(this.bytes.subarray(0, this.filled));
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, WINDOW_SIZE);
  }

  /**
   * Makes `size` bytes (up to WINDOW_SIZE) from `position` on available; false if the stream ends
   * before. What is in the window may move: `position` moves with it. Throws CaptureError.
   */
  fill(size: number): boolean {
    if (WINDOW_SIZE - this.position < size) {
      this.bytes.copyWithin(0, this.position, this.filled);
      this.firstOffset += this.position;
      this.filled -= this.position;
      this.position = 0;
    }
    while (this.filled - this.position < size) {
      const count = this.stream.read(this.bytes, this.filled);
      if (count === 0) {
        this.stream.close();
        return false;
      }
      this.filled += count;
    }
    return true;
  }

  /** Passes over `size` bytes, however many; false if the stream ends before. */
  skip(size: number): boolean {
    let rest = size;
    while (rest > this.left) {
      rest -= this.left;
      this.position = this.filled;
      if (!this.fill(1)) return false;
    }
    this.position += rest;
    return true;
  }

  /** Releases the file and forgets what was read. May be called twice. */
  close(): void {
    this.stream.close();
    this.firstOffset += this.position;
    this.position = 0;
    this.filled = 0;
  }
}
