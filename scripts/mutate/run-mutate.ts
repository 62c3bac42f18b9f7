/**
 * `npm run mutate`: deletes, inverts and weakens every check of the trusted code, one at a time,
 * and tells which test notices.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { explainError } from '../errors.ts';
import { ExitCode } from '../exit-code.ts';
import { findProjectRoot } from '../toolchain/project-root.ts';
import { UsageError } from '../usage-error.ts';
import { equivalentOf, staleEquivalents } from './equivalents.ts';
import { JudgeProcess } from './judge-process.ts';
import { CHANGED_SOURCES, testsOf } from './judged-sources.ts';
import { KillMemory } from './kill-memory.ts';
import { mutantLine, summary, verdictLine } from './mutant-report.ts';
import { HELP, isAt, type MutateOptions, parseOptions } from './options.ts';
import { RedTestsError, Survey } from './survey.ts';
import type { Mutant } from './switched-source.ts';
import { SwitchedTree } from './switched-tree.ts';
import { tryMutant, type Verdict } from './try-mutants.ts';

const MEMORY = 'build/mutate/kills.json';
/** After this many verdicts what was learned is written down. */
const SAVE_EVERY = 20;

function sourcesOf({ only, changed }: MutateOptions, root: string): readonly string[] {
  const sources = CHANGED_SOURCES.filter((path) => only === null || isAt(path, only.path));
  if (!changed) return sources;
  const git = spawnSync('git', ['diff', '--name-only', 'main'], { cwd: root, encoding: 'utf8' });
  if (git.status !== 0) throw new UsageError('--changed: git cannot compare with the branch main');
  const paths = git.stdout.split('\n');
  return sources.filter((path) => paths.includes(path));
}

function chosen(tree: SwitchedTree, options: MutateOptions, memory: KillMemory): Mutant[] {
  const { only, survivors } = options;
  return tree.mutants.filter(
    (mutant) =>
      (only === null || only.line === null || mutant.line === only.line) &&
      (!survivors || memory.hasSurvived(mutant)),
  );
}

function refuseStale(tree: SwitchedTree): void {
  const [stale] = staleEquivalents(tree.mutants);
  if (stale === undefined) return;
  const what = `no change of ${stale.path} is "${stale.change}"`;
  throw new UsageError(`equivalents.ts: ${what}`, 'remove the entry, or mend it');
}

/** Progress, where somebody looks. */
function tell(progress: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${progress} `);
}

async function tryAll(mutants: readonly Mutant[], judge: JudgeProcess, memory: KillMemory) {
  const trial = { judge, survey: new Survey(judge), memory, testsOf };
  const verdicts: Verdict[] = [];
  try {
    for (const mutant of mutants) {
      const verdict = await tryMutant(mutant, trial);
      verdicts.push(verdict);
      memory.note(mutant, verdict.fate === 'survived');
      if (verdict.fate === 'killed') console.log(verdictLine(verdict));
      else console.error(`mutate: ${verdictLine(verdict)}`);
      tell(`${verdicts.length} of ${mutants.length}`);
      if (verdicts.length % SAVE_EVERY === 0) memory.save();
    }
  } finally {
    memory.save();
  }
  return verdicts;
}

async function run(options: MutateOptions): Promise<ExitCode> {
  const root = findProjectRoot();
  const memory = new KillMemory(join(root, MEMORY));
  const tree = new SwitchedTree(root, sourcesOf(options, root));
  const judge = new JudgeProcess(tree);
  // Nothing is left behind, however this ends.
  process.on('exit', () => {
    judge.end();
    tree.remove();
  });
  process.on('SIGINT', () => process.exit(130));
  process.on('SIGTERM', () => process.exit(143));
  refuseStale(tree);
  const all = chosen(tree, options, memory);
  const { only } = options;
  if (only !== null && only.line !== null && all.length === 0) {
    throw new UsageError(`--only ${only.path}:${only.line}: no check stands there`, 'try --list');
  }
  const mutants = all.filter((mutant) => equivalentOf(mutant) === undefined);
  if (options.list) {
    for (const mutant of all) console.log(mutantLine(mutant));
    return ExitCode.Done;
  }
  console.error(`mutate: compiling ${mutants.length} changes`);
  if (mutants.length > 0) tree.compile();
  const verdicts = await tryAll(mutants, judge, memory);
  console.log(summary(verdicts, all.length - mutants.length));
  return verdicts.every(({ fate }) => fate === 'killed') ? ExitCode.Done : ExitCode.No;
}

/** What to do with the words of the command line, and what to make of errors. */
async function main(words: string[]): Promise<ExitCode> {
  try {
    const options = parseOptions(words);
    if (!options.help) return await run(options);
    console.log(HELP);
    return ExitCode.Done;
  } catch (error) {
    const isRed = error instanceof RedTestsError;
    const { lines, exitCode } = isRed
      ? { lines: [`mutate: tests fail while nothing is changed: ${error.message}`], exitCode: 2 }
      : explainError(error);
    for (const line of lines) console.error(line);
    return exitCode as ExitCode;
  }
}

// The process that runs tests would keep this one alive.
process.exit(await main(process.argv.slice(2)));
