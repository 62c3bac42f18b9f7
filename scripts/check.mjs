/** `npm run check`: all that can be said of the project without running it. */
import { compileTypeScript } from './launch/build.mjs';
import { ensureInstalled } from './launch/install.mjs';
import { inProject, runNode, tsc } from './launch/project.mjs';

const biome = inProject('node_modules', '@biomejs', 'biome', 'bin', 'biome');
const vitest = inProject('node_modules', 'vitest', 'vitest.mjs');

const steps = [
  ['format and lint', () => runNode(biome, ['ci', '--log-level=warn']) === 0],
  ['types', () => runNode(tsc, ['-p', '.', '--noEmit']) === 0],
  ['tidiness', () => runNode(vitest, ['run', 'tests/project', '--reporter=dot']) === 0],
  [
    'trusted computing base',
    () =>
      compileTypeScript() &&
      runNode(inProject('dist', 'scripts', 'project', 'print-trusted-base.js'), []) === 0,
  ],
];

await ensureInstalled();
const failed = [];
for (const [name, run] of steps) {
  const before = performance.now();
  if (!run()) failed.push(name);
  const seconds = ((performance.now() - before) / 1000).toFixed(1);
  console.log(`check: ${name}: ${failed.at(-1) === name ? 'FAILED' : 'good'} (${seconds} s)`);
}
process.exitCode = failed.length === 0 ? 0 : 1;
