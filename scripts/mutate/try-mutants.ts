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

/** Tries one change. @throws RedTestsError where tests fail without it */
export async function tryMutant(mutant: Mutant, trial: Trial): Promise<Verdict> {
  const { judge, survey, memory, testsOf } = trial;
  const files = testsOf(mutant.path);
  for (const file of files) await survey.visit(file);
  const choices = survey.choices(mutant.check, files);
  if (choices.length === 0) return { mutant, fate: 'survived', by: 'no test reaches it' };
  for (const attempt of attempts(choices, memory.killers(mutant))) {
    const outcomes = await judge.run([attempt], mutant, {
      msMax: MS_MAX + attempt.ms * SLOWDOWN_MAX,
    });
    if (outcomes === null) return { mutant, fate: 'killed', by: 'the tests do not end' };
    const red = outcomes.find(({ failed }) => failed);
    if (red === undefined || !(await survey.isSound(red.file, red.name))) continue;
    memory.remember(mutant, red);
    return { mutant, fate: 'killed', by: red.file };
  }
  return { mutant, fate: 'survived', by: 'all tests pass' };
}

/** The tests that are likely to notice, one by one; then all that reach the check, by files. */
function* attempts(
  choices: readonly TimedChoice[],
  likely: readonly { file: string; name: string }[],
): Generator<TimedChoice> {
  for (const { file, name } of likely) {
    const choice = choices.find((one) => one.file === file && one.tests.includes(name));
    if (choice !== undefined) yield { ...choice, tests: [name] };
  }
  yield* choices;
}
