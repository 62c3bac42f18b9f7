import * as fs from 'node:fs';
import { Worker } from 'node:worker_threads';
import * as zlib from 'node:zlib';
import type { ByteStream, Extent, FileStream } from './byte-stream.ts';
import { CaptureError } from './capture-error.ts';

export type Compression = 'gzip' | 'zstd';

const SLOT_COUNT = 4;
/** What the thread needs to know of the memory that both share: words, then the slots. */
const LAYOUT = {
  /** Slots that the thread has filled, and that were emptied here, modulo 2^32. */
  written: 0,
  taken: 1,
  started: 2,
  /** Of the file, in units of `consumedUnit` bytes. */
  consumed: 3,
  /** Nobody wakes who waits for this word. */
  never: 4,
  /** By slot; negative for the thread's last message. */
  sizes: 8,
  wordCount: 16,
  slotCount: SLOT_COUNT,
  slotSize: 1 << 18,
  readSize: 1 << 16,
  consumedUnit: 1 << 16,
  retryMs: 2,
} as const;
const START_MS = 30_000;
/** The thread's last message: 0 f64 offset in the file · 8 why, empty at the end of a good file. */
const WHY_OFFSET = 8;

/** Tells what a file is compressed with by its first bytes; null: it is not. */
export function compressionOf(view: DataView): Compression | null {
  const magic = view.getUint32(0);
  if (magic >>> 16 === 0x1f8b) return 'gzip';
  return magic === 0x28b52ffd ? 'zstd' : null;
}

/** Throws CaptureError where the runtime cannot inflate it. */
export function checkCompression(compression: Compression, file: string): void {
  if (compression === 'gzip' || 'createZstdDecompress' in zlib) return;
  const what = `a Zstandard file is read by Node 22.15 and later, not by ${process.versions.node}`;
  throw new CaptureError('CAPTURE_UNSUPPORTED_FORMAT', file, 0, `${what}: decompress it first`);
}

/**
 * A compressed file as a stream of what is in it, in constant memory: a thread reads and inflates,
 * at most four slots ahead, and the reader waits for it where it stands. Gzip members behind one
 * another are one stream (RFC 1952 §2.2).
 */
export class InflatingStream implements ByteStream {
  readonly file: string;
  readonly isInflated = true;
  private readonly descriptor: number;
  private readonly size: number;
  private readonly words: Int32Array;
  private readonly slots: Uint8Array;
  private readonly thread: Worker;
  /** Of the slot that is being emptied: bytes that were taken. */
  private slotTaken = 0;
  private isClosed = false;
  private failure: CaptureError | null = null;

  /** Takes the file over, from which `head` has been read so far. */
  constructor(source: FileStream, head: Uint8Array, compression: Compression) {
    this.file = source.file;
    this.size = source.extent?.size ?? 0;
    this.descriptor = source.detach();
    const { wordCount, slotSize } = LAYOUT;
    const memory = new SharedArrayBuffer(wordCount * 4 + SLOT_COUNT * slotSize);
    this.words = new Int32Array(memory, 0, wordCount);
    this.slots = new Uint8Array(memory, wordCount * 4);
    const { descriptor } = this;
    this.thread = new Worker(new URL('./inflating-thread.mjs', import.meta.url), {
      workerData: { descriptor, format: compression, head: head.slice(), layout: LAYOUT, memory },
      execArgv: [],
    });
    // It ends with its file, or when it is told to: nobody has to wait for it.
    this.thread.unref();
  }

  get extent(): Extent | null {
    const read = (this.words[LAYOUT.consumed] >>> 0) * LAYOUT.consumedUnit;
    return this.size > 0 ? { read: Math.min(read, this.size), size: this.size } : null;
  }

  read(target: Uint8Array, at: number): number {
    if (this.failure !== null) throw this.failure;
    if (this.isClosed) return 0;
    this.waitForSlot();
    const slot = this.words[LAYOUT.taken] & (SLOT_COUNT - 1);
    const size = this.words[LAYOUT.sizes + slot];
    const start = slot * LAYOUT.slotSize;
    if (size < 0) return this.finish(this.slots.slice(start, start - size));
    const count = Math.min(size - this.slotTaken, target.length - at);
    target.set(this.slots.subarray(start + this.slotTaken, start + this.slotTaken + count), at);
    this.slotTaken += count;
    if (this.slotTaken === size) this.releaseSlot();
    return count;
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    const { descriptor } = this;
    // Not before the thread is gone: the number may be another file's soon.
    const release = () => (descriptor > 0 ? fs.closeSync(descriptor) : undefined);
    void this.thread.terminate().then(release);
  }

  private waitForSlot(): void {
    const { words } = this;
    const { written, taken, started } = LAYOUT;
    while (Atomics.load(words, written) === words[taken]) {
      const waited = Atomics.wait(words, written, words[taken], START_MS);
      if (waited === 'timed-out' && Atomics.load(words, started) === 0) {
        throw new Error('the thread that inflates does not start');
      }
    }
  }

  private releaseSlot(): void {
    this.slotTaken = 0;
    Atomics.add(this.words, LAYOUT.taken, 1);
    Atomics.notify(this.words, LAYOUT.taken);
  }

  private finish(message: Uint8Array): 0 {
    this.close();
    const why = new TextDecoder().decode(message.subarray(WHY_OFFSET));
    if (why === '') return 0;
    const offset = new DataView(message.buffer).getFloat64(0);
    const isSystem = /^E[A-Z0-9]+$/.test(why);
    const what = isSystem
      ? `the file cannot be read (${why})`
      : `the compressed data is cut or damaged (${why})`;
    const code = isSystem ? 'CAPTURE_UNREADABLE' : 'CAPTURE_BAD_COMPRESSION';
    this.failure = new CaptureError(code, this.file, offset, what);
    throw this.failure;
  }
}
