#!/usr/bin/env node
/** The `sluice` command: builds where the tree has changed, then runs. */
import { pathToFileURL } from 'node:url';
import { inProject, runNode } from './launch/project.mjs';
import { builtEntry, isBuilt } from './launch/stamp.mjs';

// In a process of its own: the compilers' memory must not count as ours.
if (!isBuilt() && runNode(inProject('scripts', 'build.mjs'), [], ['ignore', 2, 2]) !== 0) {
  process.exit(70);
}
await import(pathToFileURL(builtEntry()).href);
