/**
 * `sluice boot`: the board, until its captures end, or somebody asks it to stop.
 */
import type { Argv } from 'yargs';
import { parseWire, WIRE_FORMS, WireTextError } from '../../config/wire.ts';
import type { BootOptions, Wire } from '../boot/options.ts';
import { UsageError } from '../usage-error.ts';
import { durationOf, requiredText, textOf, textsOf } from './arguments.ts';
import type { Arguments, Command } from './command.ts';
import { splitPort } from './port-name.ts';

const TEXT = { type: 'string', requiresArg: true } as const;
const WIRE_HINT = `write PORT=KIND, a KIND being ${Object.values(WIRE_FORMS).join('; ')}`;

function build(cli: Argv): Argv {
  return cli
    .positional('router', { describe: 'The router file', type: 'string', demandOption: true })
    .option('system', { ...TEXT, describe: 'Another module set (developer mode)' })
    .option('board', { ...TEXT, describe: 'Another board file' })
    .option('wire', {
      ...TEXT,
      array: true,
      nargs: 1,
      describe: 'PORT=KIND: what a port is plugged into, see below; none: no wires at all',
    })
    .option('for', { ...TEXT, describe: 'Run no longer than this, such as 500ms, 10s or 5m' })
    .option('tap-capture', {
      ...TEXT,
      describe: 'Record what each port receives and sends: a pcapng a port in this folder',
    })
    .option('audit', { ...TEXT, describe: 'Write the audit log to this file' })
    .option('socket', { ...TEXT, describe: 'Answer `sluice ctl` at this path, for the owner only' })
    .epilogue(EPILOGUE);
}

const EPILOGUE = `\
Wires: PORT is a port or an interface of the router file. What is given here goes before the
router file's own wires.
  none                              nothing: the link is down
  host:ADDRESS                      a simulated host that answers ARP and echo requests
  udp:LOCAL:PORT,REMOTE:PORT        a frame a datagram, as GNS3 and Dynamips have it
  qemu:unix:PATH[,connect]          QEMU's -netdev stream; this end listens, or connects
  qemu:HOST:PORT[,connect]          the same over TCP
  tap:NAME                          a TAP device of this machine, made if need be (Linux)
  packet:INTERFACE                  a network interface of this machine (Linux)
  capture:IN[,OUT]                  reads IN, writes pcapng to OUT, in the capture's own time

Examples:
  sluice boot plant.yaml --wire eth0=host:10.2.0.7 --wire eth1=host:10.1.0.20
      Print the boot log on the console; run until Ctrl-C; print the report.
  sluice boot plant.yaml --wire plant0=tap:tap0 --wire office0=packet:eth1 --for 10s
      Real hosts on two ports, for ten seconds.
  sluice boot plant.yaml --wire eth0=capture:in.pcap,out.pcapng --wire eth1=none
      Port eth0 receives in.pcap, what it sends goes to out.pcapng; run until in.pcap ends.`;

/** One `--wire` value; null is `none`. @throws {UsageError} */
function wireOf(text: string): Wire | null {
  if (text === 'none') return null;
  const split = splitPort(text);
  if (split === null) throw new UsageError(`--wire ${text}: no port`, WIRE_HINT);
  try {
    return { port: split.port, spec: parseWire(split.rest) };
  } catch (error) {
    if (!(error instanceof WireTextError)) throw error;
    throw new UsageError(`--wire ${text}: ${error.message}`, error.hint);
  }
}

/** Checks the arguments of `sluice boot`. @throws {UsageError} */
export function bootOptions(argv: Arguments): BootOptions {
  const parsed = textsOf(argv, 'wire').map(wireOf);
  const wires = parsed.filter((wire) => wire !== null);
  const isBare = wires.length < parsed.length;
  if (wires.length > 0 && isBare) {
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
    usesRouterWires: !isBare,
    tapCapture: textOf(argv, 'tap-capture'),
    audit: textOf(argv, 'audit'),
    socket: textOf(argv, 'socket'),
    forMs: durationOf(argv, 'for'),
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
