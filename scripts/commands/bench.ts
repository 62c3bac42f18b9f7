/**
 * `sluice bench`: how fast the router forwards.
 */
import type { Argv } from 'yargs';
import { FLOW_CAPACITY_MAX, FLOWS_MAX, ROUTES_MAX } from '../../config/limits.ts';
import { FRAME_SIZES_DEFAULT, parseFrameSizes } from '../bench/frame-size.ts';
import type { BenchOptions } from '../bench/options.ts';
import { UsageError } from '../usage-error.ts';
import { countOf, flagOf, textOf } from './arguments.ts';
import type { Arguments, Command } from './command.ts';

const TEXT = { type: 'string', requiresArg: true } as const;
const SWITCH = { type: 'boolean' } as const;
const FLOWS_DEFAULT = 1024;
const ROUTES_DEFAULT = 1000;
const RULES_DEFAULT = 100;
const SECONDS_DEFAULT = 2;
const SECONDS_MAX = 3600;
/** A table that is half full takes nearly everything; the bench fills a quarter. */
const CONNECTIONS_MAX = FLOW_CAPACITY_MAX / 4;
/** One route is the sources' own. */
const BENCH_ROUTES_MAX = ROUTES_MAX / 2;

const EPILOGUE = `\
The real kernel, the real modules and the real policy forward seeded traffic between two NICs in
memory. Sizes include the FCS, as RFC 2544 counts them: a frame of 64 is 60 bytes in memory.

Examples:
  sluice bench
      Throughput at the frame sizes of RFC 2544.
  sluice bench throughput --frame 64 --yardstick
      Short frames, taking turns with a plain C loop that does the same header work.`;

function build(cli: Argv): Argv {
  return cli
    .positional('test', { describe: 'What to measure: throughput', type: 'string' })
    .option('frame', {
      ...TEXT,
      describe: `Frame sizes, 64 to 1518, and imix (default ${FRAME_SIZES_DEFAULT})`,
    })
    .option('flows', { ...TEXT, describe: `Connections (default ${FLOWS_DEFAULT})` })
    .option('routes', { ...TEXT, describe: `Routes (default ${ROUTES_DEFAULT})` })
    .option('rules', { ...TEXT, describe: `Flows of the policy (default ${RULES_DEFAULT})` })
    .option('seconds', { ...TEXT, describe: `Time for a figure (default ${SECONDS_DEFAULT})` })
    .option('yardstick', { ...SWITCH, describe: 'Compare with a plain C loop (needs cc)' })
    .option('json', { ...SWITCH, describe: 'Print the report as JSON' })
    .epilogue(EPILOGUE);
}

function requireTest(argv: Arguments): void {
  const test = textOf(argv, 'test') ?? 'throughput';
  if (test === 'throughput') return;
  throw new UsageError(`bench cannot measure "${test}"`, 'it measures throughput');
}

function limited(argv: Arguments, name: string, fallback: number, max: number): number {
  const count = countOf(argv, name) ?? fallback;
  if (count > max) throw new UsageError(`--${name} is at most ${max}, not ${count}`);
  return count;
}

/** Checks the arguments of `sluice bench`. @throws {UsageError} */
export function benchOptions(argv: Arguments): BenchOptions {
  requireTest(argv);
  return {
    frames: parseFrameSizes(textOf(argv, 'frame') ?? FRAME_SIZES_DEFAULT),
    flows: limited(argv, 'flows', FLOWS_DEFAULT, CONNECTIONS_MAX),
    routes: limited(argv, 'routes', ROUTES_DEFAULT, BENCH_ROUTES_MAX),
    rules: limited(argv, 'rules', RULES_DEFAULT, FLOWS_MAX),
    seconds: limited(argv, 'seconds', SECONDS_DEFAULT, SECONDS_MAX),
    hasYardstick: flagOf(argv, 'yardstick'),
    isJson: flagOf(argv, 'json'),
  };
}

export const benchCommand: Command = {
  usage: 'bench [test]',
  summary: 'Measure how fast the router forwards',
  lists: [],
  build,
  async run(argv, host) {
    const options = benchOptions(argv);
    const { runBench } = await import('../bench/run-bench.ts');
    return runBench(options, host);
  },
};
