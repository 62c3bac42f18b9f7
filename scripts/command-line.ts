/**
 * The command line: which commands there are, and what they all have in common.
 */
import yargs, { type Argv } from 'yargs';
import { markWords } from './commands/arguments.ts';
import { auditCommand } from './commands/audit.ts';
import { benchCommand } from './commands/bench.ts';
import { bootCommand } from './commands/boot.ts';
import type { Command } from './commands/command.ts';
import { completionCommand } from './commands/completion.ts';
import { ctlCommand } from './commands/ctl.ts';
import { explainCommand } from './commands/explain.ts';
import { initCommand } from './commands/init.ts';
import { moduleCommand } from './commands/module.ts';
import { replayCommand } from './commands/replay.ts';
import { testCommand } from './commands/test.ts';
import { explainError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import type { BareHost, Host } from './host.ts';
import { createHostLog, LOG_LEVEL_DEFAULT, type LogLevel, logLevels } from './host-log.ts';
import { UsageError } from './usage-error.ts';
import { usageError } from './usage-message.ts';
import { version } from './version.ts';

/** Help has this width on any terminal, so that it reads the same everywhere. */
const HELP_COLUMNS = 96;

const EPILOGUE = `\
Example:
  sluice replay config/captures/plant.pcap --config config/routers/plant.yaml

Exit codes: 0 done, 1 the answer is no, 2 usage or configuration, 3 image or module rejected,
70 a bug of ours.`;

function addGlobalOptions(cli: Argv): Argv {
  return cli
    .option('log', {
      describe: 'Log on stderr from this level on',
      choices: logLevels,
      default: LOG_LEVEL_DEFAULT,
      requiresArg: true,
    })
    .option('verbose', {
      describe: 'Log what happens on stderr (--log info)',
      type: 'boolean',
    })
    .help('help', 'Show this help')
    .version('version', 'Show the version', version())
    .group(['log', 'verbose', 'help', 'version'], 'General:');
}

/** The host of one command, with the log that its options ask for. */
async function hostFor(bare: BareHost, argv: Record<string, unknown>): Promise<Host> {
  const level =
    argv['verbose'] === true && argv['log'] === LOG_LEVEL_DEFAULT ? 'info' : argv['log'];
  return { ...bare, log: await createHostLog(level as LogLevel, bare.stderr) };
}

/**
 * yargs puts an option that is given twice into a list; only options that are lists by themselves
 * may be given more than once.
 */
function refuseRepeated(argv: Record<string, unknown>, lists: readonly string[]): void {
  for (const [name, value] of Object.entries(argv)) {
    if (Array.isArray(value) && name !== '_' && !lists.includes(name)) {
      throw new UsageError(`--${name} is given twice`);
    }
  }
}

const COMMANDS: readonly Command[] = [
  initCommand,
  replayCommand,
  explainCommand,
  testCommand,
  bootCommand,
  ctlCommand,
  benchCommand,
  auditCommand,
  moduleCommand,
  completionCommand(() => COMMANDS),
];
const COMMAND_NAMES = COMMANDS.map(({ usage }) => usage.split(' ')[0] as string);

/**
 * What a command line asks for, once it is known to be right. Thrown by its handler: if that
 * returned, yargs would lay out the help text, which takes longer than all the rest.
 */
class FoundCommand {
  readonly run: () => Promise<ExitCode>;

  constructor(run: () => Promise<ExitCode>) {
    this.run = run;
  }
}

function parserFor(args: readonly string[], bare: BareHost): Argv {
  let cli = addGlobalOptions(yargs([...args]).scriptName('sluice'))
    .usage('$0 COMMAND\n\nA secure router you can boot, replay and prove.')
    .epilogue(EPILOGUE)
    .locale('en')
    .wrap(HELP_COLUMNS)
    .parserConfiguration({ 'camel-case-expansion': false, 'boolean-negation': false })
    .strict()
    .recommendCommands()
    .demandCommand(1, 1, 'name a command', 'name one command')
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message, error) => {
      // A message is yargs' own about the command line; without one a command has failed.
      throw message ? usageError(message, args, COMMAND_NAMES) : error;
    });
  for (const command of COMMANDS) {
    cli = cli.command(command.usage, command.summary, command.build, (argv) => {
      refuseRepeated(argv, command.lists);
      throw new FoundCommand(async () => command.run(argv, await hostFor(bare, argv)));
    });
  }
  return cli;
}

/** Finds the command of a command line; text that yargs prints instead goes to stdout. */
async function findCommand(words: readonly string[], bare: BareHost): Promise<FoundCommand | null> {
  let output = '';
  try {
    await parserFor(words, bare).parseAsync(words, {}, (_error, _argv, text) => {
      output += text;
    });
  } catch (thrown) {
    if (thrown instanceof FoundCommand) return thrown;
    throw thrown;
  }
  if (output !== '') bare.stdout.write(`${output}\n`);
  return null;
}

/** Carries out a command line. The exit code; errors have been printed by then. */
export async function runCommandLine(args: readonly string[], bare: BareHost): Promise<ExitCode> {
  try {
    const command = await findCommand(markWords(args), bare);
    return (await command?.run()) ?? ExitCode.Done;
  } catch (error) {
    const report = explainError(error);
    bare.stderr.write(report.lines.map((line) => `${line}\n`).join(''));
    return report.exitCode;
  }
}
