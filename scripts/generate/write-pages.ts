/**
 * `npm run generate`: writes the files that are made from code. A test fails while one is stale.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProjectRoot } from '../toolchain/project-root.ts';
import { pages } from './pages.ts';

for (const [path, make] of Object.entries(pages)) {
  writeFileSync(join(findProjectRoot(), path), make());
  console.error(`wrote ${path}`);
}
