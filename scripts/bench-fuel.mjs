/** `npm run bench:fuel`: what the metering of modules costs. */
import { build } from './launch/build.mjs';
import { inProject, runNode } from './launch/project.mjs';

const isBuilt = await build();
const program = inProject('dist', 'scripts', 'project', 'fuel-bench.js');
process.exitCode = isBuilt ? runNode(program, []) : 1;
