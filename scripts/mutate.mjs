/** `npm run mutate`: changes every check of the trusted code, and tells which test notices. */
import { build } from './launch/build.mjs';
import { inProject, runNode } from './launch/project.mjs';

const isBuilt = await build();
const program = inProject('dist', 'scripts', 'mutate', 'run-mutate.js');
process.exitCode = isBuilt ? runNode(program, process.argv.slice(2)) : 1;
