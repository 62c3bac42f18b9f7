/** The yardstick: the same header work in plain C (yardstick.c), where there is a C compiler. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { findProjectRoot } from '../toolchain/project-root.ts';
import { UsageError } from '../usage-error.ts';
import type { FrameSize } from './frame-size.ts';
import { sizeInMemory } from './frame-templates.ts';
import type { WorkloadSize } from './workload.ts';

const SOURCE = 'scripts/bench/yardstick.c';
/** As fast as the machine lets it be: it is what we are held against. */
const FLAGS = ['-O3', '-march=native'];
const NEEDS_COMPILER = 'install a C compiler, or leave --yardstick out';
const NEEDS_FOLDER = 'set TMPDIR to a folder where programs can run, or leave --yardstick out';

/** Why a call failed, in a few words: the system's code, the program's first line, or its end. */
function reasonOf(error: unknown): string {
  const { code, stderr, status, signal } = error as NodeJS.ErrnoException & {
    readonly stderr?: string;
    readonly status?: number | null;
    readonly signal?: string | null;
  };
  const line = stderr?.trim().split('\n')[0];
  return code ?? (line || (signal ?? `exit code ${status}`));
}

/** What `make` gives. @throws {UsageError} with `what`, the reason and `hint` if it fails */
function attempt<T>(what: string, hint: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new UsageError(`--yardstick: ${what} (${reasonOf(error)})`, hint);
  }
}

function execute(program: string, words: readonly string[]): string {
  return execFileSync(program, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Removes the folder when this process has ended, whatever has ended it. */
function removeAtEnd(folder: string): ChildProcess {
  const child = spawn('/bin/sh', ['-c', 'read -r end; rm -rf "$0"', folder], {
    // Not in our group: what the terminal sends us, such as SIGINT, does not end it.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Where nothing can be started, only what would be left behind differs.
  child.on('error', () => {});
  return child;
}

export class Yardstick {
  private readonly folder = makeTemporaryFolder('sluice-yardstick-');
  private readonly program = join(this.folder, 'yardstick');
  private readonly remover = removeAtEnd(this.folder);

  /** @throws {UsageError} where nothing compiles C, or there is no place for the program */
  constructor() {
    try {
      const words = [...FLAGS, join(findProjectRoot(), SOURCE), '-o', this.program];
      attempt('cc does not compile the C loop', NEEDS_COMPILER, () => execute('cc', words));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** ns a packet, after so many seconds. @throws {UsageError} if the program fails */
  run(frame: FrameSize, { flows, routes }: WorkloadSize, seconds: number): number {
    const sizes = frame.sizes.map((_, i) => sizeInMemory(frame, i)).join(',');
    const words = [sizes, flows, routes, seconds].map(String);
    const text = attempt(`the C loop fails in ${tmpdir()}`, NEEDS_FOLDER, () =>
      execute(this.program, words),
    );
    const ns = Number(text);
    if (Number.isFinite(ns) && ns > 0) return ns;
    const printed = JSON.stringify(text.slice(0, 40));
    const what = `--yardstick: the C loop has printed ${printed} and not a time`;
    throw new UsageError(what, NEEDS_COMPILER);
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
    this.remover.stdin?.end();
  }
}
