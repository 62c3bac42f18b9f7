import { closeSync, openSync, writeSync } from 'node:fs';
import { systemCodeOf } from '../../drivers/capture-error.ts';
import { UsageError } from '../usage-error.ts';

const BATCH_SIZE = 1 << 16;

/** Writes lines to a file, in batches. @throws {UsageError} when the disk refuses */
export class LineWriter {
  private readonly file: string;
  private readonly descriptor: number;
  private batch = '';

  constructor(file: string) {
    this.file = file;
    this.descriptor = this.guard(() => openSync(file, 'w'));
  }

  write(line: string): void {
    this.batch += `${line}\n`;
    if (this.batch.length >= BATCH_SIZE) this.flush();
  }

  /** Writes the rest and releases the file. Once. */
  close(): void {
    try {
      this.flush();
    } finally {
      closeSync(this.descriptor);
    }
  }

  /** Hands what is waiting to the operating system. */
  flush(): void {
    const bytes = Buffer.from(this.batch);
    this.batch = '';
    this.guard(() => {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.descriptor, bytes, done);
    });
  }

  private guard<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw new UsageError(`${this.file}: the file cannot be written (${systemCodeOf(error)})`);
    }
  }
}
