/**
 * SHA-256 over a stream of frames, fed in batches: a call of the hash costs as much as 300 bytes.
 */
import { createHash, type Hash } from 'node:crypto';

const BATCH_SIZE = 1 << 16;
/** Below this, copying byte by byte is faster than making a view of the bytes to copy. */
const COPY_MAX = 192;
const HEADER_SIZE = 20;

/**
 * The digest of frames with where and when. Before the bytes of each stands, in little endian:
 *
 *   0 u32 seconds    4 u32 nanoseconds    8 u16 port    10 u16 0    12 u32 length on the wire
 *   16 u32 bytes that follow
 */
export class FrameDigest {
  private readonly hash: Hash = createHash('sha256');
  private readonly batch = new Uint8Array(BATCH_SIZE);
  private readonly view = new DataView(this.batch.buffer);
  private used = 0;

  /** Adds the frame `data[start..end)`. */
  add(
    port: number,
    seconds: number,
    nanoseconds: number,
    data: Uint8Array,
    start: number,
    end: number,
    wireLength: number,
  ): void {
    const size = end - start;
    if (this.used + HEADER_SIZE > BATCH_SIZE) this.flush();
    const { view, used } = this;
    view.setUint32(used, seconds, true);
    view.setUint32(used + 4, nanoseconds, true);
    view.setUint16(used + 8, port, true);
    view.setUint16(used + 10, 0, true);
    view.setUint32(used + 12, wireLength, true);
    view.setUint32(used + 16, size, true);
    this.used = used + HEADER_SIZE;
    this.addBytes(data, start, end);
  }

  /** The digest, in hex. There is nothing to add after it. */
  finish(): string {
    this.flush();
    return this.hash.digest('hex');
  }

  private addBytes(data: Uint8Array, start: number, end: number): void {
    const size = end - start;
    if (this.used + size > BATCH_SIZE) this.flush();
    if (size > BATCH_SIZE) {
      this.hash.update(data.subarray(start, end));
      return;
    }
    if (size <= COPY_MAX) {
      const { batch, used } = this;
      for (let index = 0; index < size; index++) batch[used + index] = data[start + index];
    } else {
      this.batch.set(data.subarray(start, end), this.used);
    }
    this.used += size;
  }

  private flush(): void {
    if (this.used > 0) this.hash.update(this.batch.subarray(0, this.used));
    this.used = 0;
  }
}
