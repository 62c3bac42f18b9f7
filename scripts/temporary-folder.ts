import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from './usage-error.ts';

/** Makes a folder of this process's own, whose name begins so. @throws {UsageError} */
export function makeTemporaryFolder(prefix: string): string {
  try {
    return mkdtempSync(join(tmpdir(), prefix));
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code;
    const hint = 'set TMPDIR to one where files can be written';
    throw new UsageError(`no folder can be made in ${tmpdir()} (${why})`, hint);
  }
}
