import * as fs from 'node:fs';
import { CaptureError, systemCodeOf } from './capture-error.ts';

/** Nobody wakes who waits for this word. */
const NEVER = new Int32Array(new SharedArrayBuffer(4));
const RETRY_MS = 2;

/** How far a file has been read: `read` of its `size` bytes. */
export interface Extent {
  readonly read: number;
  readonly size: number;
}

/** Bytes in their order, from a file or from whatever stands in for one. */
export interface ByteStream {
  /** What an error names. */
  readonly file: string;
  /**
   * Reads what there is into `target` from byte `at` on, at least one byte: their count, 0 at the
   * end. Throws CaptureError where nothing can be read any more, and again if asked again.
   */
  read(target: Uint8Array, at: number): number;
  /** Of a file whose size is known; null where nobody knows what is to come. */
  readonly extent?: Extent | null;
  /** Offsets are those of what was compressed, not of the file. */
  readonly isInflated?: boolean;
  /** Releases the file; there is nothing to read after it. May be called twice. */
  close(): void;
}

/** A file, read where the caller stands. */
export class FileStream implements ByteStream {
  readonly file: string;
  private descriptor: number;
  private readonly size: number;
  private offset = 0;
  private failure: CaptureError | null = null;

  /** Takes the open file over. */
  constructor(descriptor: number, file: string) {
    this.descriptor = descriptor;
    this.file = file;
    const stat = fs.fstatSync(descriptor);
    this.size = stat.isFile() ? stat.size : 0;
  }

  get extent(): Extent | null {
    return this.size > 0 ? { read: this.offset, size: this.size } : null;
  }

  read(target: Uint8Array, at: number): number {
    if (this.failure !== null) throw this.failure;
    if (this.descriptor < 0) return 0;
    try {
      const count = this.readOn(target, at);
      this.offset += count;
      return count;
    } catch (error) {
      this.close();
      const what = `the file cannot be read (${systemCodeOf(error)})`;
      this.failure = new CaptureError('CAPTURE_UNREADABLE', this.file, this.offset, what);
      throw this.failure;
    }
  }

  /** Gives the open file away. */
  detach(): number {
    const { descriptor } = this;
    this.descriptor = -1;
    return descriptor;
  }

  /** A pipe that does not block and has nothing at the moment is asked again. */
  private readOn(target: Uint8Array, at: number): number {
    for (;;) {
      try {
        return fs.readSync(this.descriptor, target, at, target.length - at, null);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
        Atomics.wait(NEVER, 0, 0, RETRY_MS);
      }
    }
  }

  close(): void {
    if (this.descriptor > 0) fs.closeSync(this.descriptor);
    this.descriptor = -1;
  }
}
