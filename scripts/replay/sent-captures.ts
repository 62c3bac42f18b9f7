import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemCodeOf } from '../../drivers/capture-error.ts';
import { CaptureWriter } from '../../drivers/capture-writer.ts';
import { UsageError } from '../usage-error.ts';
import { LineWriter } from './line-writer.ts';
import { refuseOverwriting } from './overwrite-guard.ts';

/** The folder of `--out`: a capture a port with what it sent, and the audit log. */
export class SentCaptures {
  readonly writers: CaptureWriter[] = [];
  readonly audit: LineWriter;

  /**
   * Makes the folder and creates or empties its files.
   * @throws {UsageError | CaptureError} when the disk refuses, or an input would be overwritten
   */
  constructor(
    folder: string,
    ports: readonly string[],
    options: { nanosecond: boolean; inputs: readonly string[] },
  ) {
    const files = ports.map((port) => join(folder, `${port}.pcap`));
    const auditFile = join(folder, 'audit.jsonl');
    refuseOverwriting(options.inputs, [...files, auditFile]);
    try {
      mkdirSync(folder, { recursive: true });
    } catch (error) {
      throw new UsageError(`--out ${folder}: no folder can be made (${systemCodeOf(error)})`);
    }
    for (const file of files) this.writers.push(new CaptureWriter(file, options));
    this.audit = new LineWriter(auditFile);
  }

  /** Writes the rest and releases the files. Once. */
  close(): void {
    for (const writer of this.writers) writer.close();
    this.audit.close();
  }
}
