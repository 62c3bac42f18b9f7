import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { CaptureError, systemCodeOf } from './capture-error.ts';
import { FrameCopier } from './frame-copier.ts';
import type { OutputThread } from './output-thread.ts';

const BUFFER_SIZE = 1 << 20;

/**
 * A file to write, through a buffer of fixed size: who writes asks for `room`, fills the bytes
 * from `filled` on in place, and moves `filled`. Every method, the constructor too, throws
 * CaptureError when the disk refuses.
 */
export class OutputBuffer {
  readonly file: string;
  readonly bytes = new Uint8Array(BUFFER_SIZE);
  readonly view = new DataView(this.bytes.buffer);
  readonly copier = new FrameCopier(this.bytes);
  filled = 0;
  private descriptor: number;
  private written = 0;
  private readonly thread: OutputThread | null;

  /** Creates or empties the file. A thread writes it, if one is given: refusals are told later. */
  constructor(path: string, thread: OutputThread | null = null) {
    this.file = path;
    this.thread = thread;
    this.descriptor = -1;
    try {
      this.descriptor = fs.openSync(path, 'w');
    } catch (error) {
      throw this.unwritable(error);
    }
  }

  get isOpen(): boolean {
    return this.descriptor >= 0;
  }

  /** Makes sure that `size` bytes, at most 1 MiB, fit behind `filled`. */
  room(size: number): void {
    if (BUFFER_SIZE - this.filled < size) this.flush();
  }

  /** Writes what the thread makes of bytes that it was lent, behind what is buffered. */
  appendMade(bytes: Uint8Array): void {
    assert.ok(this.thread !== null);
    this.flush();
    this.thread.writeMade(this.descriptor, bytes);
  }

  /** Hands what is buffered to the operating system, or to the thread. */
  flush(): void {
    if (this.thread === null) this.writeOut();
    else this.handOver(this.thread);
  }

  private handOver(thread: OutputThread): void {
    thread.write(this.descriptor, this.bytes.subarray(0, this.filled));
    this.filled = 0;
    if (thread.hasFailed) this.settle(thread);
  }

  /** Waits for the thread, and tells what it was refused. */
  private settle(thread: OutputThread): void {
    const { written, why } = thread.settle(this.descriptor);
    this.written += written;
    if (why !== null) throw this.unwritable(Object.assign(new Error(why), { code: why }));
  }

  private writeOut(): void {
    let done = 0;
    try {
      while (done < this.filled) {
        done += fs.writeSync(this.descriptor, this.bytes, done, this.filled - done);
      }
    } catch (error) {
      this.written += done;
      // What was refused once is not offered again; the error has been told.
      this.filled = 0;
      throw this.unwritable(error);
    }
    this.written += done;
    this.filled = 0;
  }

  /** Writes the rest and releases the file. May be called twice. */
  close(): void {
    if (this.descriptor < 0) return;
    try {
      this.flush();
      if (this.thread !== null) this.settle(this.thread);
    } finally {
      const descriptor = this.descriptor;
      this.descriptor = -1;
      fs.closeSync(descriptor);
    }
  }

  private unwritable(error: unknown): CaptureError {
    const what = `the file cannot be written (${systemCodeOf(error)})`;
    return new CaptureError('CAPTURE_UNWRITABLE', this.file, this.written, what);
  }
}
