/**
 * Where this project lies, from source under vitest and from dist/ alike.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROJECT_NAME = 'sluice';

function isProjectRoot(folder: string): boolean {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return false;
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return typeof parsed === 'object' && parsed !== null && 'name' in parsed
    ? parsed.name === PROJECT_NAME
    : false;
}

/** The absolute folder of the project: the nearest one above this file that is named so. */
export function findProjectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!isProjectRoot(folder)) {
    const above = dirname(folder);
    if (above === folder) throw new Error(`no folder of project ${PROJECT_NAME} above this file`);
    folder = above;
  }
  return folder;
}
