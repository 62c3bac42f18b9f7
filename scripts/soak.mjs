/** `npm run soak`: needs root on Linux; makes namespaces of its own. */
import { build } from './launch/build.mjs';
import { inProject, runNode } from './launch/project.mjs';

if (await build()) {
  process.exitCode = runNode(
    inProject('dist', 'scripts', 'bench', 'wires', 'run-soak.js'),
    process.argv.slice(2),
  );
} else {
  process.exitCode = 1;
}
