/** `npm run fuzz`: every damage to captures and modules that `npm test` tries a sample of. */
import { ensureInstalled } from './launch/install.mjs';
import { inProject, runNode } from './launch/project.mjs';

await ensureInstalled();
process.env.SLUICE_FUZZ = 'all';
const vitest = inProject('node_modules', 'vitest', 'vitest.mjs');
process.exitCode = runNode(vitest, [
  'run',
  // However busy the machine is: what is long here is short in `npm test`.
  '--testTimeout=3600000',
  'tests/config/mutation.test.ts',
  'tests/drivers/fuzz.test.ts',
  'tests/firmware/boot/random-modules.test.ts',
  'tests/hostile/damaged-modules.test.ts',
  'tests/firmware/short-cuts.test.ts',
  'tests/match/tcpdump-agreement.test.ts',
]);
