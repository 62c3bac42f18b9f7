import { statSync } from 'node:fs';
import { systemCodeOf } from '../../drivers/capture-error.ts';
import { UsageError } from '../usage-error.ts';

/** What a path leads to, whatever its name; null where there is no file that could be emptied. */
function identity(file: string): string | null {
  try {
    const stat = statSync(file);
    return stat.isFile() ? `${stat.dev}:${stat.ino}` : null;
  } catch (error) {
    // Whoever opens the file says what is wrong with it; our own bugs are not swallowed here.
    systemCodeOf(error);
    return null;
  }
}

/**
 * Refuses outputs that are inputs too, by whatever path: they would be emptied before they are
 * read. @throws {UsageError}
 */
export function refuseOverwriting(inputs: readonly string[], outputs: readonly string[]): void {
  const owners = new Map(
    inputs.filter((file) => file !== '-').map((file) => [identity(file), file]),
  );
  owners.delete(null);
  for (const output of outputs) {
    if (!owners.has(identity(output))) continue;
    throw new UsageError(`${output} would be written while it is read`, 'write somewhere else');
  }
}
