/**
 * `npm test [-- FILTER…]`: builds, runs the tests once, and ends with the one line that counts.
 * The engine's options in package.json: `tests/README.md`, *Limits*.
 */
import { ensureInstalled } from './launch/install.mjs';
import { inProject, root, runNode } from './launch/project.mjs';

/** Tests by outcome. A file that does not even load is one that failed. */
function count(vitest) {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  for (const file of vitest.state.getTestModules()) {
    let failures = 0;
    for (const test of file.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed') totals.passed++;
      else if (state === 'skipped') totals.skipped++;
      else failures++;
    }
    totals.failed += failures === 0 && !file.ok() ? 1 : failures;
  }
  totals.failed += vitest.state.getUnhandledErrors().length;
  return totals;
}

async function runTests(filters) {
  const { startVitest } = await import('vitest/node');
  const vitest = await startVitest('test', filters, { run: true, watch: false, root });
  const totals = count(vitest);
  await vitest.close();
  return totals;
}

await ensureInstalled();
const isBuilt = runNode(inProject('scripts', 'build.mjs'), []) === 0;
const filters = process.argv.slice(2);
const totals = isBuilt ? await runTests(filters) : { passed: 0, failed: 1, skipped: 0 };
const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : '';
const line = `${totals.passed} passed, ${totals.failed} failed${skipped}\n`;
const isGood = totals.failed === 0 && totals.passed > 0;
// Whatever a test left running must not print after this line, nor keep the process alive.
process.stdout.write(line, () => process.exit(isGood ? 0 : 1));
