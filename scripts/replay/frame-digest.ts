/**
 * SHA-256 over a stream of frames, fed in batches: a call of the hash costs as much as 300 bytes.
 */
import { createHash } from 'node:crypto';
import type { OutputThread } from '../../drivers/output-thread.ts';

const BATCH_SIZE = 1 << 16;
/** From here on a call more costs less than a copy. */
const DIRECT_SIZE_MIN = 1 << 13;
/** Up to here, copying word by word is faster than making a view of the bytes to copy. */
const COPY_MAX = 192;
const HEADER_SIZE = 20;

function ownHash() {
  const hash = createHash('sha256');
  return { update: (bytes: Uint8Array) => hash.update(bytes), digest: () => hash.digest('hex') };
}

function hashOf(thread: OutputThread) {
  const hash = thread.openHash();
  return {
    update: (bytes: Uint8Array) => thread.update(hash, bytes),
    digest: () => thread.digest(hash),
  };
}

/**
 * The digest of frames with where and when. Before the bytes of each stands, in little endian:
 *
 *   0 u32 seconds    4 u32 nanoseconds    8 u16 port    10 u16 0    12 u32 length on the wire
 *   16 u32 bytes that follow
 */
export class FrameDigest {
  private readonly hash: { update(bytes: Uint8Array): unknown; digest(): string };
  private readonly batch = new Uint8Array(BATCH_SIZE);
  private readonly view = new DataView(this.batch.buffer);
  private used = 0;
  /** The array that the last frame lay in, and a view of it: mostly the next one lies there too. */
  private source: Uint8Array = new Uint8Array(0);
  private sourceView: DataView = new DataView(this.source.buffer);

  /** With a thread, it is the thread that hashes. */
  constructor(thread: OutputThread | null = null) {
    this.hash = thread === null ? ownHash() : hashOf(thread);
  }

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

  /** Adds frames that stand behind one another, each with its header as above. */
  addRecords(records: Uint8Array): void {
    const isLarge = records.length >= DIRECT_SIZE_MIN;
    if (isLarge || this.used + records.length > BATCH_SIZE) this.flush();
    if (isLarge) {
      this.hash.update(records);
      return;
    }
    this.batch.set(records, this.used);
    this.used += records.length;
  }

  /** The digest, in hex. There is nothing to add after it. */
  finish(): string {
    this.flush();
    return this.hash.digest();
  }

  private addBytes(data: Uint8Array, start: number, end: number): void {
    const size = end - start;
    if (this.used + size > BATCH_SIZE) this.flush();
    if (size > BATCH_SIZE) {
      this.hash.update(data.subarray(start, end));
      return;
    }
    if (size <= COPY_MAX) {
      this.copyWords(data, start, size);
    } else {
      this.batch.set(data.subarray(start, end), this.used);
    }
    this.used += size;
  }

  /** Measured: 40 ns for 60 bytes, against 85 byte by byte and 60 with a view of them. */
  private copyWords(data: Uint8Array, start: number, size: number): void {
    if (data !== this.source) {
      this.source = data;
      this.sourceView = new DataView(data.buffer, data.byteOffset, data.byteLength);
    }
    const { batch, view, used, sourceView } = this;
    const wordsEnd = size & ~3;
    for (let offset = 0; offset < wordsEnd; offset += 4) {
      view.setUint32(used + offset, sourceView.getUint32(start + offset, true), true);
    }
    for (let offset = wordsEnd; offset < size; offset++)
      batch[used + offset] = data[start + offset];
  }

  private flush(): void {
    if (this.used > 0) this.hash.update(this.batch.subarray(0, this.used));
    this.used = 0;
  }
}
