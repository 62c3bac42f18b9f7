import { symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { systemCodeOf } from '../../drivers/capture-error.ts';
import type { OutputThread } from '../../drivers/output-thread.ts';
import type { PcapngWriter } from '../../drivers/pcapng-writer.ts';
import { makeFolder } from '../make-folder.ts';
import { UsageError } from '../usage-error.ts';
import { LineWriter } from './line-writer.ts';
import { refuseOverwriting } from './overwrite-guard.ts';
import { type CapturedPort, createPortCapture } from './port-capture.ts';

/** What file systems say that have no links, or do not let us make one. */
const NO_LINKS = new Set(['EPERM', 'EACCES', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP']);

/** Removes what an earlier run has left under this name. @throws {UsageError} */
function remove(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === 'ENOENT') return;
    throw new UsageError(`${file} cannot be replaced (${code})`, 'remove it, or write elsewhere');
  }
}

/** The name that a capture had when it was written as pcap; scripts call it. */
function linkOldName(folder: string, port: string): void {
  try {
    symlinkSync(`${port}.pcapng`, join(folder, `${port}.pcap`));
  } catch (error) {
    if (!NO_LINKS.has(systemCodeOf(error))) throw error;
  }
}

/**
 * The folder of `--out`: `PORT.pcapng` with what each port sent, a link to it called `PORT.pcap`,
 * and the audit log.
 */
export class SentCaptures {
  readonly writers: PcapngWriter[] = [];
  readonly audit: LineWriter;

  /**
   * Makes the folder and creates or empties its files.
   * @throws {UsageError | CaptureError} when the disk refuses, or an input would be overwritten
   */
  constructor(
    folder: string,
    ports: readonly CapturedPort[],
    options: { nanosecond: boolean; inputs: readonly string[]; thread?: OutputThread | null },
  ) {
    const pathOf = ({ name }: CapturedPort, suffix: string) => join(folder, `${name}${suffix}`);
    const auditFile = join(folder, 'audit.jsonl');
    const files = ports.flatMap((port) => [pathOf(port, '.pcapng'), pathOf(port, '.pcap')]);
    refuseOverwriting(options.inputs, [...files, auditFile]);
    try {
      makeFolder(folder);
    } catch (error) {
      throw new UsageError(`--out ${folder}: no folder can be made (${systemCodeOf(error)})`);
    }
    for (const port of ports) {
      // First: where the old name is a file of its own, or a link to anywhere, it goes.
      remove(pathOf(port, '.pcap'));
      this.writers.push(createPortCapture(pathOf(port, '.pcapng'), port, options));
      linkOldName(folder, port.name);
    }
    this.audit = new LineWriter(auditFile);
  }

  /** Writes the rest and releases the files. Once. */
  close(): void {
    for (const writer of this.writers) writer.close();
    this.audit.close();
  }
}
