import * as fs from 'node:fs';
import { CaptureError, systemCodeOf } from './capture-error.ts';
import { FrameCopier } from './frame-copier.ts';

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

  /** Creates or empties the file. */
  constructor(path: string) {
    this.file = path;
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

  /** Hands what is buffered to the operating system. */
  flush(): void {
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
