import { statSync } from 'node:fs';
import { UsageError } from '../usage-error.ts';

function identity(file: string): string | null {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat === undefined || !stat.isFile() ? null : `${stat.dev}:${stat.ino}`;
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
