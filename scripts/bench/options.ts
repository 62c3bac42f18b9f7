import type { FrameSize } from './frame-size.ts';
import type { WorkloadSize } from './workload.ts';

/** What can be measured, in the order of a whole run. */
export const TESTS = ['throughput', 'flows', 'rules', 'routes', 'modules', 'tax'] as const;
export type TestName = (typeof TESTS)[number];

/** What `sluice bench` was asked for; null: as each test has it. */
export interface BenchOptions {
  /** As the command line had it, for the title. */
  readonly name: string;
  readonly tests: readonly TestName[];
  readonly frames: readonly FrameSize[] | null;
  readonly flows: number | null;
  readonly routes: number | null;
  readonly rules: number | null;
  /** Of one figure: five runs share them. */
  readonly seconds: number;
  readonly hasYardstick: boolean;
  readonly isJson: boolean;
}

/** Where a test does not go through numbers of its own. */
export const SIZE_DEFAULT: WorkloadSize = { flows: 1024, routes: 1000, rules: 100 };
