/**
 * `sluice ctl`: one command of the console, asked of a board that runs.
 */
import type { Argv } from 'yargs';
import { UsageError } from '../usage-error.ts';
import { flagOf, requiredText, textsOf } from './arguments.ts';
import type { Arguments, Command } from './command.ts';

const EPILOGUE = `\
The command is one of the console's: help lists them.

Examples:
  sluice boot plant.yaml --socket /run/plant.sock
      A board that can be asked.
  sluice ctl /run/plant.sock show interfaces
  sluice ctl /run/plant.sock --json show flows
  sluice ctl /run/plant.sock "probe tcp 10.1.0.20:4000 > 10.2.0.7:502"`;

/** What `sluice ctl` was asked for. */
export interface CtlOptions {
  readonly socket: string;
  readonly command: string;
  readonly isJson: boolean;
}

function build(cli: Argv): Argv {
  return cli
    .positional('socket', { describe: "The board's socket", type: 'string', demandOption: true })
    .positional('command', {
      describe: 'The command and its words',
      type: 'string',
      array: true,
      demandOption: true,
    })
    .option('json', { describe: 'Print the answer as JSON', type: 'boolean' })
    .epilogue(EPILOGUE);
}

/** Checks the arguments of `sluice ctl`. @throws {UsageError} */
export function ctlOptions(argv: Arguments): CtlOptions {
  const words = textsOf(argv, 'command');
  if (words.length === 0) throw new UsageError('no command', 'ask for help');
  return {
    socket: requiredText(argv, 'socket'),
    command: words.join(' '),
    isJson: flagOf(argv, 'json'),
  };
}

export const ctlCommand: Command = {
  usage: 'ctl <socket> <command..>',
  summary: 'Ask a running board, or tell it something',
  lists: ['command'],
  build,
  async run(argv, host) {
    const options = ctlOptions(argv);
    const { runCtl } = await import('../console/run-ctl.ts');
    return runCtl(options, host);
  },
};
