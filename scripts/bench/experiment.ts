/** What a bench goes through: one experiment a figure. */
import type { BenchResult } from './bench-report.ts';
import { FRAME_SIZES_DEFAULT, type FrameSize, parseFrameSizes } from './frame-size.ts';
import { type BenchOptions, SIZE_DEFAULT, type TestName } from './options.ts';
import { DENIED, HALF_IPV6, MALFORMED, PERMITTED, type TrafficKind } from './traffic-kind.ts';
import type { WorkloadSize } from './workload.ts';

export interface Experiment extends WorkloadSize {
  readonly test: BenchResult['test'];
  readonly frame: FrameSize;
  readonly kind: TrafficKind;
  /** Modules beside the router's own that a packet passes. */
  readonly passes: number;
}

const FLOWS = [1000, 65_536, 1_000_000];
const NEW_FLOWS = 262_144;
/** The first thousand or two only teach the router its 255 next hops. */
const NEW_FLOWS_MIN = 16_384;
const RULES = [10, 1000, 10_000];
const ROUTES = [1000, 100_000, 512_000];
/** Modules between wire and route. */
const PASSES = [1, 2, 4, 8, 16];

function experimentsOf(test: TestName, options: BenchOptions): Experiment[] {
  const frames =
    options.frames ?? parseFrameSizes(test === 'throughput' ? FRAME_SIZES_DEFAULT : '64');
  const base = {
    flows: options.flows ?? SIZE_DEFAULT.flows,
    routes: options.routes ?? SIZE_DEFAULT.routes,
    rules: options.rules ?? SIZE_DEFAULT.rules,
    kind: PERMITTED,
    passes: 0,
  };
  const each = (name: Experiment['test'], changes: readonly Partial<Experiment>[]) =>
    changes.flatMap((change) => frames.map((frame) => ({ ...base, frame, test: name, ...change })));
  // A number that was given takes the place of those that its test goes through.
  const through = (given: number | null, numbers: readonly number[]) =>
    given === null ? numbers : [given];
  switch (test) {
    case 'throughput':
      return each('throughput', [{}]);
    case 'flows':
      return [
        ...each(
          'flows',
          through(options.flows, FLOWS).map((flows) => ({ flows })),
        ),
        ...each('new-flows', [{ flows: Math.max(options.flows ?? NEW_FLOWS, NEW_FLOWS_MIN) }]),
      ];
    case 'rules':
      return [
        ...each(
          'rules',
          through(options.rules, RULES).map((rules) => ({ rules })),
        ),
        ...each(
          'refusals',
          [PERMITTED, DENIED, MALFORMED, HALF_IPV6].map((kind) => ({ kind })),
        ),
      ];
    case 'routes':
      return each(
        'routes',
        through(options.routes, ROUTES).map((routes) => ({ routes })),
      );
    case 'modules':
      return each(
        'modules',
        [0, ...PASSES].map((passes) => ({ passes })),
      );
    case 'tax':
      return [];
  }
}

/** All figures that were asked for, in the order in which they are measured. */
export function planOf(options: BenchOptions): Experiment[] {
  return options.tests.flatMap((test) => experimentsOf(test, options));
}
