import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProjectRoot } from './toolchain/project-root.ts';

/** The version of package.json. */
export function version(): string {
  const text = readFileSync(join(findProjectRoot(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
