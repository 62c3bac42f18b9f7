/**
 * `sluice module`: for those who write modules.
 */
import type { Argv } from 'yargs';
import type { ModuleOptions } from '../module/options.ts';
import { UsageError } from '../usage-error.ts';
import { flagOf, requiredText, textOf } from './arguments.ts';
import type { Arguments, Command } from './command.ts';

const TEXT = { type: 'string', requiresArg: true } as const;

/** Which options an action has. */
const ACTIONS: Readonly<Record<ModuleOptions['action'], readonly string[]>> = {
  new: [],
  build: ['out'],
  check: ['manifest', 'json'],
  test: ['json'],
  show: ['router'],
};

const EPILOGUE = `\
  new FOLDER      Make a module that builds, is tested and runs, to start from
  build FOLDER    Compile it, and judge it as the loader does: FOLDER/module.wasm
  check PATH      Judge a module, or any WebAssembly file, by its manifest; run nothing
  test FOLDER     Hand it the packets of FOLDER/tests.yaml, through the real kernel
  show FOLDER     Say what it can see, change, send and leak, by its manifest alone

Exit code 1 if a test misses, 3 if the module is refused. docs/module-authors.md has
the keys of tests.yaml.

Examples:
  sluice module new guard
  sluice module test guard
  sluice replay plant.pcap --config plant.yaml --system guard/system.yaml
      A new module, its tests, and the router with it in it.
  sluice module check guard.wasm --manifest manifest.yaml --json
      A module from another compiler.`;

function build(cli: Argv): Argv {
  return cli
    .positional('action', {
      describe: 'What to do with it',
      choices: Object.keys(ACTIONS),
      demandOption: true,
    })
    .positional('path', {
      describe: "The module's folder; for check also a .wasm file",
      type: 'string',
      demandOption: true,
    })
    .option('out', { ...TEXT, describe: 'build: write the binary to this file' })
    .option('manifest', { ...TEXT, describe: 'check: the manifest of a .wasm file' })
    .option('router', { ...TEXT, describe: 'show: in the router of this file' })
    .option('json', { type: 'boolean', describe: 'check, test: print JSON' })
    .epilogue(EPILOGUE);
}

function actionOf(argv: Arguments): ModuleOptions['action'] {
  const action = requiredText(argv, 'action') as ModuleOptions['action'];
  for (const option of ['out', 'manifest', 'router', 'json']) {
    const isGiven = argv[option] !== undefined && argv[option] !== false;
    if (!isGiven || ACTIONS[action].includes(option)) continue;
    throw new UsageError(`module ${action} has no --${option}`);
  }
  return action;
}

/** Checks the arguments of `sluice module`. @throws {UsageError} */
export function moduleOptions(argv: Arguments): ModuleOptions {
  const action = actionOf(argv);
  const path = requiredText(argv, 'path');
  const isJson = flagOf(argv, 'json');
  switch (action) {
    case 'new':
      return { action, folder: path };
    case 'build':
      return { action, folder: path, out: textOf(argv, 'out') };
    case 'check':
      return { action, path, manifest: textOf(argv, 'manifest'), isJson };
    case 'test':
      return { action, folder: path, isJson };
    case 'show':
      return { action, folder: path, router: textOf(argv, 'router') };
  }
}

export const moduleCommand: Command = {
  usage: 'module <action> <path>',
  summary: 'Make, build, check, test and show a module',
  lists: [],
  build,
  async run(argv, host) {
    const options = moduleOptions(argv);
    const { runModule } = await import('../module/run-module.ts');
    return runModule(options, host);
  },
};
