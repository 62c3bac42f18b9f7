#!/usr/bin/env node
/** The `sluice` command: builds where the tree has changed, then runs. */
import module from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inProject, runNode } from './launch/project.mjs';
import { builtEntry, isBuilt } from './launch/stamp.mjs';

// In a process of its own: the compilers' memory must not count as ours.
if (!isBuilt() && runNode(inProject('scripts', 'build.mjs'), [], ['ignore', 2, 2]) !== 0) {
  process.exit(70);
}
const entry = builtEntry();
// From Node 22.1 on the engine keeps what it compiles: beside the bundle, and it goes with it.
module.enableCompileCache?.(join(dirname(entry), 'cache'));
await import(pathToFileURL(entry).href);
