/**
 * What tests reach while nothing is changed: which of them can notice a change to which check.
 */
import { type JudgeProcess, type TestChoice, UNCHANGED } from './judge-process.ts';

const SURVEY_MS_MAX = 600_000;

/** What to run of a file, and how long it takes while nothing is changed. */
export interface TimedChoice extends TestChoice {
  readonly tests: readonly string[];
  readonly ms: number;
}

interface SurveyedTest {
  readonly name: string;
  readonly ms: number;
}

/** Thrown where tests fail although nothing is changed: nothing can be learned from them. */
export class RedTestsError extends Error {
  override readonly name = 'RedTestsError';
}

export class Survey {
  readonly #judge: JudgeProcess;
  /** Tests that reach a check, by check and file. */
  readonly #reaching = new Map<number, Map<string, SurveyedTest[]>>();
  readonly #surveyed = new Set<string>();
  /** Killers that pass by themselves while nothing is changed. */
  readonly #sound = new Set<string>();

  constructor(judge: JudgeProcess) {
    this.#judge = judge;
  }

  /** Runs a file's tests, unless that is done. @throws RedTestsError */
  async visit(file: string): Promise<void> {
    if (this.#surveyed.has(file)) return;
    this.#surveyed.add(file);
    const limit = { msMax: SURVEY_MS_MAX, isComplete: true };
    const outcomes = await this.#judge.run([{ file, tests: null }], UNCHANGED, limit);
    if (outcomes === null) throw new RedTestsError(`${file} does not end`);
    const red = outcomes.find(({ failed }) => failed);
    if (red !== undefined) throw new RedTestsError(`${file}: ${red.name}: ${red.why}`);
    const tests = outcomes.filter(({ name }) => name !== '');
    for (const { name, ms, reached } of outcomes) {
      // What a file's setting up reaches, all of its tests may notice.
      const noticing = name === '' ? tests : [{ name, ms }];
      for (const check of reached) this.#add(check, file, noticing);
    }
  }

  #add(check: number, file: string, tests: readonly SurveyedTest[]): void {
    const files = this.#reaching.get(check) ?? new Map<string, SurveyedTest[]>();
    this.#reaching.set(check, files);
    const known = files.get(file) ?? [];
    const more = tests.filter(({ name }) => known.every((test) => test.name !== name));
    files.set(file, [...known, ...more.map(({ name, ms }) => ({ name, ms }))]);
  }

  /** The tests of a file, which was visited, that reach a check; null: none does. */
  choice(check: number, file: string): TimedChoice | null {
    const tests = this.#reaching.get(check)?.get(file) ?? [];
    if (tests.length === 0) return null;
    const ms = tests.reduce((sum, test) => sum + test.ms, 0);
    return { file, tests: tests.map(({ name }) => name), ms };
  }

  /** Whether a test passes alone with nothing changed: one that does not proves nothing. */
  async isSound(file: string, name: string): Promise<boolean> {
    const key = `${file} ${name}`;
    if (this.#sound.has(key)) return true;
    const limit = { msMax: SURVEY_MS_MAX };
    const outcomes = await this.#judge.run([{ file, tests: [name] }], UNCHANGED, limit);
    if (outcomes === null || outcomes.some(({ failed }) => failed)) return false;
    this.#sound.add(key);
    return true;
  }
}
