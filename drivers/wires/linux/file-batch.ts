import type { Libc } from './libc.ts';

/** Calls that fit one batch. */
export const FILE_BATCH_CAPACITY = 256;

/**
 * Reads and writes of files of which one call moves one frame: asked for one by one, at most
 * FILE_BATCH_CAPACITY, and done when `run` returns. The bytes must be there until then, and files
 * must be open with O_NONBLOCK.
 */
export interface FileBatch {
  /** By the order in which they were asked for: bytes moved, negative where it could not be. */
  readonly results: Int32Array;
  /** Asks for a read of one frame, at most `size` bytes of it, to an address. */
  read(fd: number, address: number, size: number): void;
  /** Asks for a write of one frame. */
  write(fd: number, address: number, size: number): void;
  run(): void;
}

/** The same with a call each. */
export class CallByCall implements FileBatch {
  readonly results = new Int32Array(FILE_BATCH_CAPACITY);
  private readonly libc: Libc;
  private count = 0;
  private isEmpty = false;

  constructor(libc: Libc) {
    this.libc = libc;
  }

  /** Where a read has found nothing, those behind it are not tried. */
  read(fd: number, address: number, size: number): void {
    const result = this.isEmpty ? -1 : this.libc.read(fd, address, size);
    this.isEmpty = result < 0;
    this.results[this.count++] = result;
  }

  write(fd: number, address: number, size: number): void {
    this.results[this.count++] = this.libc.write(fd, address, size);
  }

  run(): void {
    this.count = 0;
    this.isEmpty = false;
  }
}
