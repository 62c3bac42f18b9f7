/** Where the project is, and how its launchers run other programs of Node. */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder, absolute. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A path of the project, from its parts. */
export function inProject(...parts) {
  return join(root, ...parts);
}

/**
 * Runs a JavaScript program with this Node and waits for it. `stdio` as in node:child_process;
 * the exit code, or 1 for a program that a signal ended.
 */
export function runNode(program, args, stdio = 'inherit') {
  const { error, status } = spawnSync(process.execPath, [program, ...args], { cwd: root, stdio });
  if (error !== undefined) throw error;
  return status ?? 1;
}

/** TypeScript's compiler as a program for runNode. */
export const tsc = inProject('node_modules', 'typescript', 'bin', 'tsc');
