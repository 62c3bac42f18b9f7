/**
 * `sluice bench`: how fast the router forwards, and what the security costs.
 */
import type { Argv } from 'yargs';
import { FLOW_CAPACITY_MAX, FLOWS_MAX, ROUTES_MAX } from '../../config/limits.ts';
import { FRAME_SIZES_DEFAULT, parseFrameSizes } from '../bench/frame-size.ts';
import { type BenchOptions, SIZE_DEFAULT, TESTS, type TestName } from '../bench/options.ts';
import { UsageError } from '../usage-error.ts';
import { countOf, flagOf, textOf } from './arguments.ts';
import type { Arguments, Command } from './command.ts';

const TEXT = { type: 'string', requiresArg: true } as const;
const SWITCH = { type: 'boolean' } as const;
const SECONDS_DEFAULT = 2;
const SECONDS_MAX = 3600;
/** A table that is half full takes nearly everything; the bench fills a quarter. */
const CONNECTIONS_MAX = FLOW_CAPACITY_MAX / 4;
/** One route is the sources' own. */
const BENCH_ROUTES_MAX = ROUTES_MAX / 2;
/** Each is for TCP and UDP: two boxes, and a policy has room for one less than twice as many. */
const RULES_MAX = FLOWS_MAX - 1;
const TAX_HINT = 'it compares builds of the router; `bench throughput --yardstick` has the C loop';
/** What `bench` alone does in less than a minute. */
const ALONE = { tests: ['throughput', 'tax'], frames: '64,512,1518,imix', seconds: 1 } as const;
const SECONDS_NOTE = `default ${SECONDS_DEFAULT}; without a test ${ALONE.seconds}`;

const EPILOGUE = `\
The real kernel, the real modules and the real policy forward seeded traffic between two NICs in
memory. Sizes include the FCS, as RFC 2544 counts them: a frame of 64 is 60 bytes in memory.

Tests:
  throughput  frame sizes ${FRAME_SIZES_DEFAULT}
  flows       1,000, 65,536 and 1,000,000 connections; new connections a second
  rules       10, 1,000 and 10,000 flows of the policy; floods that are refused; IPv6
  routes      1,000, 100,000 and 512,000 routes
  modules     0, 1, 2, 4, 8 and 16 modules more in the chain
  tax         the same traffic with block copies, monitor, fuel and policy taken out in turn
Frames are of 64 bytes where a test does not go through sizes. A number given with --flows,
--rules or --routes takes the place of those of a test. Of several sizes tax has the first.

Examples:
  sluice bench
      Frames of ${ALONE.frames} and the security tax, in less than a minute.
  sluice bench throughput --frame 64 --yardstick
      Short frames, taking turns with a plain C loop that does the same header work.
  sluice bench all --json > bench.json
      Everything, in some minutes.`;

function build(cli: Argv): Argv {
  return cli
    .positional('test', { describe: `What to measure: ${TESTS.join(', ')} or all`, type: 'string' })
    .option('frame', {
      ...TEXT,
      describe: 'Frame sizes, 64 to 1518, and imix (default: of each test)',
    })
    .option('flows', { ...TEXT, describe: `Connections (default ${SIZE_DEFAULT.flows})` })
    .option('routes', { ...TEXT, describe: `Routes (default ${SIZE_DEFAULT.routes})` })
    .option('rules', { ...TEXT, describe: `Flows of the policy (default ${SIZE_DEFAULT.rules})` })
    .option('seconds', { ...TEXT, describe: `Time for a figure (${SECONDS_NOTE})` })
    .option('yardstick', { ...SWITCH, describe: 'Compare with a plain C loop (needs cc)' })
    .option('json', { ...SWITCH, describe: 'Print the report as JSON' })
    .epilogue(EPILOGUE);
}

function testsOf(name: string | undefined): readonly TestName[] {
  if (name === undefined) return ALONE.tests;
  if (name === 'all') return TESTS;
  const test = TESTS.find((known) => known === name);
  if (test !== undefined) return [test];
  throw new UsageError(`bench cannot measure "${name}"`, `it measures ${TESTS.join(', ')} or all`);
}

function limited(argv: Arguments, name: string, max: number): number | null {
  const count = countOf(argv, name) ?? null;
  if (count !== null && count > max) {
    throw new UsageError(`--${name} is at most ${max}, not ${count}`);
  }
  return count;
}

/** Refuses what the tax alone would not heed. */
function checkTax({ tests, frames, hasYardstick }: BenchOptions): void {
  if (tests.some((test) => test !== 'tax')) return;
  if (hasYardstick) throw new UsageError('bench tax does not take --yardstick', TAX_HINT);
  if (frames !== null && frames.length > 1) {
    throw new UsageError(`bench tax takes one --frame, not ${frames.length}`, 'measure one by one');
  }
}

/** Checks the arguments of `sluice bench`. @throws {UsageError} */
export function benchOptions(argv: Arguments): BenchOptions {
  const name = textOf(argv, 'test');
  const frames = textOf(argv, 'frame') ?? (name === undefined ? ALONE.frames : null);
  const seconds = name === undefined ? ALONE.seconds : SECONDS_DEFAULT;
  const options: BenchOptions = {
    name: name ?? '',
    tests: testsOf(name),
    frames: frames === null ? null : parseFrameSizes(frames),
    flows: limited(argv, 'flows', CONNECTIONS_MAX),
    routes: limited(argv, 'routes', BENCH_ROUTES_MAX),
    rules: limited(argv, 'rules', RULES_MAX),
    seconds: limited(argv, 'seconds', SECONDS_MAX) ?? seconds,
    hasYardstick: flagOf(argv, 'yardstick'),
    isJson: flagOf(argv, 'json'),
  };
  checkTax(options);
  return options;
}

export const benchCommand: Command = {
  usage: 'bench [test]',
  summary: 'Measure how fast it forwards, and what security costs',
  lists: [],
  build,
  async run(argv, host) {
    const options = benchOptions(argv);
    const { runBench } = await import('../bench/run-bench.ts');
    return runBench(options, host);
  },
};
