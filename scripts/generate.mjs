/** `npm run generate`: writes the pages of docs/ that are made from code. */
import { compileTypeScript } from './launch/build.mjs';
import { ensureInstalled } from './launch/install.mjs';
import { inProject, runNode } from './launch/project.mjs';

await ensureInstalled();
const isCompiled = compileTypeScript();
const program = inProject('dist', 'scripts', 'generate', 'write-pages.js');
process.exitCode = isCompiled ? runNode(program, []) : 1;
