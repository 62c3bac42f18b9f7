/**
 * `sluice test`: the router file's own tests.
 */
import type { Argv } from 'yargs';
import { requiredText } from './arguments.ts';
import type { Command } from './command.ts';

const EPILOGUE = `\
Each entry of \`tests:\` is a packet and what must become of it. Exit code 1 if one misses.

Example:
  sluice test plant.yaml`;

function build(cli: Argv): Argv {
  return cli
    .positional('router', { describe: 'The router file', type: 'string', demandOption: true })
    .epilogue(EPILOGUE);
}

export const testCommand: Command = {
  usage: 'test <router>',
  summary: "Run the router file's tests in the real kernel",
  lists: [],
  build,
  async run(argv, host) {
    const router = requiredText(argv, 'router');
    const { runRouterTests } = await import('../router-test/run-router-tests.ts');
    return runRouterTests({ router }, host);
  },
};
