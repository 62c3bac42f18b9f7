import type { Argv } from 'yargs';
import type { ExitCode } from '../exit-code.ts';
import type { Host } from '../host.ts';

/** What yargs found on the command line, not yet checked. */
export type Arguments = Readonly<Record<string, unknown>>;

/** One command of the command line. */
export interface Command {
  /** yargs' own form: the name and its positional arguments. */
  readonly usage: string;
  readonly summary: string;
  /** Options and arguments that may be given more than once. */
  readonly lists: readonly string[];
  build(cli: Argv): Argv;
  /** Checks the arguments and carries the command out. */
  run(argv: Arguments, host: Host): Promise<ExitCode>;
}
