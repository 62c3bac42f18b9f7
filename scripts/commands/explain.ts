/**
 * `sluice explain`: one packet's way through the router.
 */
import type { Argv } from 'yargs';
import type { ExplainOptions } from '../explain/options.ts';
import { UsageError } from '../usage-error.ts';
import { flagOf, requiredText, textOf } from './arguments.ts';
import type { Arguments, Command } from './command.ts';

const TEXT = { type: 'string', requiresArg: true } as const;
const SWITCH = { type: 'boolean' } as const;

const EPILOGUE = `\
The capture is replayed up to that frame, through the real kernel and modules. A packet text is
sent after the capture, or after boot where none is given. It is written as in a router file's
tests.

Examples:
  sluice explain plant.pcap --config plant.yaml --packet 42
      What became of frame 42 (as Wireshark numbers it), who decided it, and what did they see?
  sluice explain --config plant.yaml --packet "tcp 10.1.0.20:4000 > 10.2.0.7:502"
      What would become of such a packet?`;

function build(cli: Argv): Argv {
  return cli
    .positional('capture', { describe: 'FILE; - is stdin', type: 'string' })
    .option('config', { ...TEXT, describe: 'The router file', demandOption: true })
    .option('packet', { ...TEXT, describe: 'A frame by its number, or a text', demandOption: true })
    .option('system', { ...TEXT, describe: 'Another module set (developer mode)' })
    .option('board', { ...TEXT, describe: 'Another board file' })
    .option('in', { ...TEXT, describe: 'All frames arrive on this port' })
    .option('as-captured', { ...SWITCH, describe: 'Leave destination MAC addresses as they are' })
    .option('fix-checksums', { ...SWITCH, describe: 'Repair checksums on the way in' })
    .option('pickup', { ...SWITCH, describe: 'Take TCP connections up in their middle' })
    .option('json', { ...SWITCH, describe: 'Print the explanation as JSON' })
    .epilogue(EPILOGUE);
}

function packetOf(text: string, capture: string | undefined): ExplainOptions['packet'] {
  if (!/^[-+]?\d+$/.test(text.trim())) return { text };
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) {
    throw new UsageError(`--packet ${text}: frames are numbered from 1 on`);
  }
  if (capture !== undefined) return { number };
  throw new UsageError(`--packet ${text}: of which capture?`, 'name it, or give a packet text');
}

/** Checks the arguments of `sluice explain`. @throws {UsageError} */
export function explainOptions(argv: Arguments): ExplainOptions {
  const capture = argv['capture'] === undefined ? undefined : requiredText(argv, 'capture');
  return {
    capture,
    config: requiredText(argv, 'config'),
    system: textOf(argv, 'system'),
    board: textOf(argv, 'board'),
    packet: packetOf(requiredText(argv, 'packet'), capture),
    in: textOf(argv, 'in'),
    isAsCaptured: flagOf(argv, 'as-captured'),
    fixesChecksums: flagOf(argv, 'fix-checksums'),
    picksUp: flagOf(argv, 'pickup'),
    isJson: flagOf(argv, 'json'),
  };
}

export const explainCommand: Command = {
  usage: 'explain [capture]',
  summary: "One packet's way through the router: who saw what, who decided, and why",
  lists: [],
  build,
  async run(argv, host) {
    const options = explainOptions(argv);
    const { runExplain } = await import('../explain/run-explain.ts');
    return runExplain(options, host);
  },
};
