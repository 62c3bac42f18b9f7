/**
 * Tries changes one by one: which test notices.
 */
import type { JudgeProcess } from './judge-process.ts';
import type { KillMemory } from './kill-memory.ts';
import type { Survey, TimedChoice } from './survey.ts';
import type { Mutant } from './switched-source.ts';

/** `by` is the file of the test that failed, or what else happened. */
export interface Verdict {
  readonly mutant: Mutant;
  readonly fate: 'killed' | 'survived';
  readonly by: string;
}

/** A test may be so much slower with a change in it, and still end. */
const SLOWDOWN_MAX = 10;
const MS_MAX = 30_000;

export interface Trial {
  readonly judge: JudgeProcess;
  readonly survey: Survey;
  readonly memory: KillMemory;
  /** The files of tests that judge a source. */
  readonly testsOf: (path: string) => readonly string[];
}

/**
 * Tries one change: on the tests that are likely to notice, one by one, then on all that reach it,
 * file by file. A file is surveyed only when those before it have noticed nothing.
 * @throws RedTestsError where tests fail without it
 */
export async function tryMutant(mutant: Mutant, trial: Trial): Promise<Verdict> {
  const { survey, memory, testsOf } = trial;
  const files = testsOf(mutant.path);
  for (const { file, name } of memory.killers(mutant)) {
    if (!files.includes(file)) continue;
    const by = await killerAmong({ file, tests: [name], ms: 0 }, mutant, trial);
    if (by !== null) return { mutant, fate: 'killed', by };
  }
  let isReached = false;
  for (const file of files) {
    await survey.visit(file);
    const choice = survey.choice(mutant.check, file);
    if (choice === null) continue;
    isReached = true;
    const by = await killerAmong(choice, mutant, trial);
    if (by !== null) return { mutant, fate: 'killed', by };
  }
  return { mutant, fate: 'survived', by: isReached ? 'all tests pass' : 'no test reaches it' };
}

/** What notices the change: a file, or that the tests do not end. Null: nothing does. */
async function killerAmong(
  choice: TimedChoice,
  mutant: Mutant,
  { judge, survey, memory }: Trial,
): Promise<string | null> {
  const msMax = MS_MAX + choice.ms * SLOWDOWN_MAX;
  const outcomes = await judge.run([choice], mutant, { msMax });
  if (outcomes === null) return 'the tests do not end';
  const red = outcomes.find(({ failed }) => failed);
  if (red === undefined || !(await survey.isSound(red.file, red.name))) return null;
  memory.remember(mutant, red);
  return red.file;
}
