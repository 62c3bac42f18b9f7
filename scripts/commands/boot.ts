/**
 * `sluice boot`: the board, until its wires have nothing more to say.
 */
import type { Argv } from 'yargs';
import type { BootOptions, Wire } from '../boot/options.ts';
import { UsageError } from '../usage-error.ts';
import { requiredText, textOf, textsOf } from './arguments.ts';
import type { Arguments, Command } from './command.ts';
import { splitPort } from './port-name.ts';

const TEXT = { type: 'string', requiresArg: true } as const;
const CAPTURE = 'capture:';
const WIRE_FORMS = 'a wire is PORT=capture:IN[,OUT], PORT=none or none';

function build(cli: Argv): Argv {
  return cli
    .positional('router', { describe: 'The router file', type: 'string', demandOption: true })
    .option('system', { ...TEXT, describe: 'Another module set (developer mode)' })
    .option('board', { ...TEXT, describe: 'Another board file' })
    .option('wire', {
      ...TEXT,
      array: true,
      nargs: 1,
      describe: 'PORT=capture:IN[,OUT]: a port reads IN and writes OUT; none: no wires',
    })
    .epilogue(EPILOGUE);
}

const EPILOGUE = `\
Examples:
  sluice boot plant.yaml
      Print the boot log on the console; run until Ctrl-C; print the report.
  sluice boot plant.yaml --wire eth0=capture:in.pcap,out.pcap --wire eth1=none
      Port eth0 receives in.pcap, what it sends goes to out.pcap; run until in.pcap ends.`;

/** One `--wire` value; null is `none`. @throws {UsageError} */
function parseWire(text: string): Wire | null {
  if (text === 'none') return null;
  const split = splitPort(text);
  if (split === null) throw new UsageError(`--wire ${text}: no port`, WIRE_FORMS);
  const { port, rest } = split;
  if (rest === 'none') return { port, in: undefined, out: undefined };
  if (!rest.startsWith(CAPTURE)) {
    throw new UsageError(`--wire ${text}: unknown kind of wire`, WIRE_FORMS);
  }
  const files = rest.slice(CAPTURE.length).split(',');
  if (files.length > 2 || files[0] === '' || files[1] === '') {
    throw new UsageError(`--wire ${text}: a capture is IN or IN,OUT`, WIRE_FORMS);
  }
  return { port, in: files[0], out: files[1] };
}

/** Checks the arguments of `sluice boot`. @throws {UsageError} */
export function bootOptions(argv: Arguments): BootOptions {
  const parsed = textsOf(argv, 'wire').map(parseWire);
  const wires = parsed.filter((wire) => wire !== null);
  if (wires.length > 0 && wires.length < parsed.length) {
    throw new UsageError('--wire none cannot stand beside other wires');
  }
  const ports = new Set<string>();
  for (const { port } of wires) {
    if (ports.has(port)) throw new UsageError(`--wire: port ${port} has two wires`);
    ports.add(port);
  }
  return {
    router: requiredText(argv, 'router'),
    system: textOf(argv, 'system'),
    board: textOf(argv, 'board'),
    wires,
  };
}

export const bootCommand: Command = {
  usage: 'boot <router>',
  summary: 'Boot the board with this router and run it',
  lists: ['wire'],
  build,
  async run(argv, host) {
    const options = bootOptions(argv);
    const { runBoot } = await import('../boot/run-boot.ts');
    return runBoot(options, host);
  },
};
