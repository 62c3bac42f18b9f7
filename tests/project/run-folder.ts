import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The environment variable that names the folder of this run. */
export const RUN_FOLDER = 'SLUICE_TESTS_FOLDER';

/**
 * A new folder that is gone after the run. Files of tests share a worker's modules, so no hook of
 * theirs could say when a module's own files are no longer needed.
 */
export function folderOfRun(prefix: string): string {
  return mkdtempSync(join(process.env[RUN_FOLDER] ?? tmpdir(), prefix));
}
