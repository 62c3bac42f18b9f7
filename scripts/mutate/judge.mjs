/**
 * Runs tests of a switched tree, in one process that stays: each time on modules loaded afresh, or,
 * where the change is in the kernel's program (`isKernel`), of which each board has an instance of
 * its own, on a fresh module of the tests alone.
 * In: `{ files: [{ file, tests }], check, variant, isKernel }`, all tests of a file where `tests`
 * is null, all of them or up to the first that fails (`isComplete`). Out: `{ outcomes }`, one for
 * each test that ran: file, name, ms, whether it failed and why, and the checks that it reached;
 * those of a file's own setting up under the name ''.
 */
import { register } from 'node:module';
import { startTests } from '@vitest/runner';

register(new URL('fresh-imports.mjs', import.meta.url));

/**
 * Every change is in at most one of two worlds: the board's, which is this one, and the kernel's.
 */
const world = { check: -1, variant: 0, reached: new Set(), kernels: [] };
globalThis.mutantAt = (check) => {
  world.reached.add(check);
  return check === world.check ? world.variant : 0;
};
const { Instance } = WebAssembly;
WebAssembly.Instance = class extends Instance {
  constructor(module, imports) {
    super(module, imports);
    const { exports } = this;
    if (exports.reachedAddress === undefined) return;
    exports.changedCheck.value = world.check;
    exports.changedVariant.value = world.variant;
    world.kernels.push(exports);
  }
};

/** The checks that were reached since this was last asked. */
function takeReached() {
  const reached = new Set(world.reached);
  for (const { memory, reachedAddress } of world.kernels) {
    const bytes = new Uint8Array(memory.buffer, reachedAddress(), 8192);
    for (let at = bytes.indexOf(1); at >= 0; at = bytes.indexOf(1, at + 1)) reached.add(at);
    bytes.fill(0);
  }
  world.reached.clear();
  return [...reached];
}

const config = {
  root: process.cwd(),
  setupFiles: [],
  name: '',
  passWithNoTests: true,
  allowOnly: false,
  sequence: { shuffle: false, concurrent: false, seed: 0, hooks: 'stack', setupFiles: 'list' },
  maxConcurrency: 1,
  testTimeout: 600_000,
  hookTimeout: 600_000,
  retry: 0,
  tags: [],
};

const nameOf = (task) => (task.suite ? `${nameOf(task.suite)} > ${task.name}` : task.name);
function* testsOf(task) {
  if (task.type === 'test') yield task;
  else for (const inner of task.tasks) yield* testsOf(inner);
}

let run = 0;
let stray = null;
process.on('unhandledRejection', (error) => {
  stray = error;
});
process.on('uncaughtException', (error) => {
  stray = error;
});

async function judge({ file, path, tests }, isComplete, isKernel) {
  const outcomes = [];
  let setUp = [];
  let all = [];
  let start = 0;
  const runner = {
    config,
    importFile: (filepath) => import(`${filepath}?${isKernel ? 'alone' : 'run'}=${run}`),
    onCollected(files) {
      all = [...files.flatMap((task) => [...testsOf(task)])];
      for (const test of all) {
        if (tests !== null && !tests.includes(nameOf(test)) && test.mode === 'run')
          test.mode = 'skip';
      }
    },
    onBeforeRunTask() {
      setUp = [...setUp, ...takeReached()];
      start = performance.now();
    },
    onAfterRunTask(test) {
      if (test.mode === 'skip') return;
      const failed = test.result?.state === 'fail' || stray !== null;
      const why = String(test.result?.errors?.[0]?.message ?? stray?.message ?? '').slice(0, 200);
      const ms = performance.now() - start;
      outcomes.push({ file, name: nameOf(test), ms, failed, why, reached: takeReached() });
      stray = null;
      if (!failed || isComplete) return;
      for (const other of all) if (other.mode === 'run') other.mode = 'skip';
    },
  };
  const files = await startTests([path], runner);
  // A file that does not load, or whose hooks fail, fails as a whole.
  for (const { result, name } of files) {
    if (result?.state !== 'fail' || outcomes.some(({ failed }) => failed)) continue;
    const why = String(result.errors?.[0]?.message ?? '').slice(0, 200);
    outcomes.push({ file, name, ms: 0, failed: true, why, reached: [] });
  }
  outcomes.push({ file, name: '', ms: 0, failed: false, why: '', reached: setUp });
  world.kernels.length = 0;
  return outcomes;
}

process.on('message', async ({ files, check, variant, isComplete, isKernel }) => {
  Object.assign(world, { check, variant });
  run++;
  const outcomes = [];
  for (const file of files) {
    outcomes.push(...(await judge(file, isComplete, isKernel)));
    if (!isComplete && outcomes.some(({ failed }) => failed)) break;
  }
  process.send({ outcomes });
});
process.on('disconnect', () => process.exit());
process.send({ isReady: true });
