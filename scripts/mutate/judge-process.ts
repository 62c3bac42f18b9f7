/**
 * The process that runs tests of a switched tree: started when it is needed, ended when a test
 * hangs, and from time to time to give back the memory of modules that were loaded afresh.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** A tree that tests run in: see switched-tree.ts. */
export interface JudgedTree {
  /** The folder, absolute. */
  readonly root: string;
  /** Where a source of the project lies as JavaScript. */
  compiled(path: string): string;
}

/** Tests of a file to run; null: all of them. */
export interface TestChoice {
  readonly file: string;
  readonly tests: readonly string[] | null;
}

/** What became of a test; `reached` are checks. Under the name '': what setting up reached. */
export interface TestOutcome {
  readonly file: string;
  readonly name: string;
  readonly ms: number;
  readonly failed: boolean;
  readonly why: string;
  readonly reached: readonly number[];
}

/** A position of the switch; check -1: nothing is changed. */
export interface SwitchPosition {
  readonly check: number;
  readonly variant: number;
  /** The change is in the kernel's program, of which each board has an instance of its own. */
  readonly isKernel: boolean;
}

export const UNCHANGED: SwitchPosition = { check: -1, variant: 0, isKernel: false };
/** Runs after which a process has loaded so many modules that a new one is cheaper. */
const RUNS_MAX = 150;

export class JudgeProcess {
  readonly #tree: JudgedTree;
  #child: ChildProcess | null = null;
  #runs = 0;

  constructor(tree: JudgedTree) {
    this.#tree = tree;
  }

  /**
   * Runs tests with the switch in a position, up to the first that fails unless `isComplete`.
   * Null: they were not done after `msMax`.
   */
  async run(
    choices: readonly TestChoice[],
    { check, variant, isKernel }: SwitchPosition,
    { msMax, isComplete = false }: { msMax: number; isComplete?: boolean },
  ): Promise<TestOutcome[] | null> {
    if (this.#runs >= RUNS_MAX) this.end();
    this.#runs++;
    this.#child ??= await this.#start();
    const child = this.#child;
    const files = choices.map(({ file, tests }) => ({
      ...{ file, tests },
      path: this.#tree.compiled(file),
    }));
    child.send({ files, check, variant, isKernel, isComplete });
    return new Promise((resolve) => {
      const finish = (outcomes: TestOutcome[] | null) => {
        clearTimeout(timer);
        child.removeAllListeners();
        if (outcomes === null) this.end();
        resolve(outcomes);
      };
      const timer = setTimeout(() => finish(null), msMax);
      child.once('message', ({ outcomes }: { outcomes: TestOutcome[] }) => finish(outcomes));
      child.once('exit', () => finish(null));
    });
  }

  async #start(): Promise<ChildProcess> {
    // What tests leave behind when they are ended is removed with the tree.
    const scratch = join(this.#tree.root, 'scratch');
    mkdirSync(scratch, { recursive: true });
    const child = fork(join(this.#tree.root, 'scripts', 'mutate', 'judge.mjs'), {
      cwd: this.#tree.root,
      env: { ...process.env, TMPDIR: scratch },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#runs = 1;
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve());
      child.once('exit', () => reject(new Error('the process that runs tests does not start')));
    });
    child.removeAllListeners();
    return child;
  }

  end(): void {
    this.#child?.kill('SIGKILL');
    this.#child = null;
    this.#runs = 0;
  }
}
