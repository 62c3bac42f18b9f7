/**
 * `sluice init`: a router file to start from.
 */
import type { Argv } from 'yargs';
import type { InitOptions } from '../init/options.ts';
import { ZONES_MAX, ZONES_MIN } from '../init/zone-limits.ts';
import { UsageError } from '../usage-error.ts';
import { countOf, flagOf, textsOf } from './arguments.ts';
import type { Arguments, Command } from './command.ts';

function build(cli: Argv): Argv {
  return cli
    .positional('captures', {
      describe: 'Captures of the plant; - is stdin',
      type: 'string',
      array: true,
      default: undefined,
      demandOption: true,
    })
    .option('permit', {
      type: 'boolean',
      describe: 'Permit the flows that were seen, instead of commenting them out',
    })
    .option('zones', {
      type: 'string',
      requiresArg: true,
      describe: `At most so many zones, ${ZONES_MIN} to ${ZONES_MAX}`,
    })
    .epilogue(EPILOGUE);
}

const EPILOGUE = `\
Prints a commented router file: subnets as interfaces, zones by what hosts speak, and each
flow of the captures, most used first. Where clients and servers share one subnet, they are
put on different ports.

Examples:
  sluice init plant.pcap > plant.yaml
      A router that permits nothing yet: take the # away from the flows that should be.
  sluice init plant.pcap --permit > plant.yaml
  sluice replay plant.pcap --config plant.yaml
      A router that carries what the capture shows; see what it denies, and why.`;

/** Checks the arguments of `sluice init`. @throws {UsageError} */
export function initOptions(argv: Arguments): InitOptions {
  const captures = textsOf(argv, 'captures');
  if (captures.length === 0) throw new UsageError('name a capture to start from');
  if (captures.filter((file) => file === '-').length > 1) {
    throw new UsageError('- is given twice, but there is one stdin');
  }
  const zones = countOf(argv, 'zones') ?? ZONES_MAX;
  if (zones < ZONES_MIN || zones > ZONES_MAX) {
    throw new UsageError(
      `--zones ${zones}: a router is proposed ${ZONES_MIN} to ${ZONES_MAX} zones`,
      'more zones are a second router',
    );
  }
  return { captures, isPermitting: flagOf(argv, 'permit'), zonesMax: zones };
}

export const initCommand: Command = {
  usage: 'init <captures..>',
  summary: 'Propose a router file for captures: zones, routes and flows',
  lists: ['captures'],
  build,
  async run(argv, host) {
    const options = initOptions(argv);
    const { runInit } = await import('../init/run-init.ts');
    return runInit(options, host);
  },
};
