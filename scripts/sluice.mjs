#!/usr/bin/env node
/** The `sluice` command: builds where the tree has changed, then runs. */
import module from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inProject, runNode } from './launch/project.mjs';
import { builtEntry, isBuilt } from './launch/stamp.mjs';

/** As scripts/exit-code.ts, which is not compiled yet. */
const USAGE = 2;
const BUG = 70;

try {
  process.cwd();
} catch {
  console.error('sluice: the working directory is gone; change to one that exists');
  process.exit(USAGE);
}
if (!isBuilt()) {
  // In a process of its own: the compilers' memory must not count as ours.
  const code = runNode(inProject('scripts', 'build.mjs'), [], ['ignore', 2, 2]);
  if (code !== 0) process.exit(code === USAGE ? USAGE : BUG);
}
const entry = builtEntry();
// From Node 22.1 on the engine keeps what it compiles: beside the bundle, and it goes with it.
module.enableCompileCache?.(join(dirname(entry), 'cache'));
await import(pathToFileURL(entry).href);
