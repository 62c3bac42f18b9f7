/**
 * `sluice replay`: captures through the router.
 */
import type { Argv } from 'yargs';
import type { ReplayOptions } from '../replay/options.ts';
import { parsePace } from '../replay/pace.ts';
import { UsageError } from '../usage-error.ts';
import { countOf, flagOf, requiredText, textOf, textsOf } from './arguments.ts';
import type { Arguments, Command } from './command.ts';
import { splitPort } from './port-name.ts';

const TEXT = { type: 'string', requiresArg: true } as const;
const SWITCH = { type: 'boolean' } as const;

function build(cli: Argv): Argv {
  return cli
    .positional('captures', {
      describe: 'FILE, or PORT=FILE for the port that it arrives on; - is stdin',
      type: 'string',
      array: true,
      default: undefined,
      demandOption: true,
    })
    .option('config', { ...TEXT, describe: 'The router file', demandOption: true })
    .option('system', { ...TEXT, describe: 'Another module set (developer mode)' })
    .option('board', { ...TEXT, describe: 'Another board file' })
    .option('in', { ...TEXT, describe: 'All frames arrive on this port' })
    .option('map', {
      describe: 'IF=PORT: frames of interface IF of a pcapng arrive there (name or number)',
      type: 'string',
      array: true,
      requiresArg: true,
      nargs: 1,
    })
    .option('as-captured', { ...SWITCH, describe: 'Leave destination MAC addresses as they are' })
    .option('fix-checksums', { ...SWITCH, describe: 'Repair checksums on the way in' })
    .option('pad-truncated', { ...SWITCH, describe: 'Fill frames up that the capture has cut' })
    .option('pickup', { ...SWITCH, describe: 'Take TCP connections up in their middle' })
    .option('out', { ...TEXT, describe: 'Write DIR/PORT.pcapng with what was sent' })
    .option('annotate', { ...TEXT, describe: 'Write FILE.pcapng: each frame, and its outcome' })
    .option('html', { ...TEXT, describe: 'Write the report with plots, as one page of HTML' })
    .option('expect', {
      ...TEXT,
      describe: 'Exit with 1 unless the report has what REPORT.json has',
    })
    .option('pace', { ...TEXT, describe: 'Feed frames in their time: real, 2x as fast, 0.5x' })
    .option('json', { ...SWITCH, describe: 'Print the report as JSON' })
    .option('limit', { ...TEXT, describe: 'Stop after this many frames' })
    .epilogue(EPILOGUE);
}

const EPILOGUE = `\
A frame arrives on the port whose subnets and routes cover its source, and its destination MAC
becomes that port's: the router stands in for the gateway of the capture. PORT=FILE wins over
--map, --map over --in, and --in over the source.

Captures are pcap or pcapng, plain or compressed with gzip (Zstandard from Node 22.15 on).

Examples:
  sluice replay plant.pcap --config plant.yaml
      What would this policy pass, what would it deny, and why?
  sluice replay eth0=office.pcap eth1=plant.pcap --config plant.yaml --out sent
      One capture a port, by time; what was sent goes to sent/PORT.pcapng.
  sluice replay plant.pcap --config plant.yaml --annotate told.pcapng
      The frames as they are, each with a comment: in Wireshark, frame.comment contains "denied".
  sluice replay plant.pcap --config plant.yaml --html plant.html
      The same as a page for a browser, with traffic and drops over time.
  sluice replay plant.pcap --config plant.yaml --expect plant.json
      Is it still as it was? plant.json has any of the keys that --json prints; what it leaves
      out, and the time that a run takes, are not compared.`;

/** Mappings of interfaces; each has one port. */
function mappingsOf(argv: Arguments): ReplayOptions['map'] {
  const mappings = textsOf(argv, 'map').map((text) => {
    // The last "=": an interface may have one in its name, a port has none.
    const at = text.lastIndexOf('=');
    const [face, port] = [text.slice(0, Math.max(at, 0)), text.slice(at + 1)];
    if (face !== '' && port !== '') return { face, port };
    throw new UsageError(`--map ${text} is not IF=PORT`, 'name an interface and a port');
  });
  const faces = new Set(mappings.map(({ face }) => face));
  if (faces.size === mappings.length) return mappings;
  throw new UsageError('--map: an interface has two ports', 'give it one');
}

function paceOf(argv: Arguments): number | undefined {
  const text = textOf(argv, 'pace');
  return text === undefined ? undefined : parsePace(text);
}

/** A file to write beside the report. */
function fileOf(argv: Arguments, name: string): string | undefined {
  const file = textOf(argv, name);
  if (file !== '-') return file;
  throw new UsageError(`--${name} - would go to stdout, which carries the report`, 'name a file');
}

/** Checks the arguments of `sluice replay`. @throws {UsageError} */
export function replayOptions(argv: Arguments): ReplayOptions {
  const captures = textsOf(argv, 'captures').map((text) => {
    const split = splitPort(text);
    if (split === null) return { file: text, port: undefined };
    if (split.rest === '') throw new UsageError(`${text}: no file after the port`);
    return { file: split.rest, port: split.port };
  });
  if (captures.length === 0) throw new UsageError('name a capture to replay');
  if (captures.filter(({ file }) => file === '-').length > 1) {
    throw new UsageError('- is given twice, but there is one stdin');
  }
  return {
    captures,
    config: requiredText(argv, 'config'),
    system: textOf(argv, 'system'),
    board: textOf(argv, 'board'),
    in: textOf(argv, 'in'),
    map: mappingsOf(argv),
    isAsCaptured: flagOf(argv, 'as-captured'),
    fixesChecksums: flagOf(argv, 'fix-checksums'),
    padsTruncated: flagOf(argv, 'pad-truncated'),
    picksUp: flagOf(argv, 'pickup'),
    out: textOf(argv, 'out'),
    annotate: fileOf(argv, 'annotate'),
    html: fileOf(argv, 'html'),
    expect: textOf(argv, 'expect'),
    pace: paceOf(argv),
    isJson: flagOf(argv, 'json'),
    limit: countOf(argv, 'limit'),
  };
}

export const replayCommand: Command = {
  usage: 'replay <captures..>',
  summary: 'Replay captures through the router: what is carried, what is denied, and why',
  lists: ['captures', 'map'],
  build,
  async run(argv, host) {
    const options = replayOptions(argv);
    const { runReplay } = await import('../replay/run-replay.ts');
    return runReplay(options, host);
  },
};
