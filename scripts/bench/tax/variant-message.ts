/** What a bench and the process of a build say to each other. */
import type { WorkloadSize } from '../workload.ts';
import type { Protection } from './protection.ts';

/** The one argument of the process, as JSON. */
export interface VariantTask {
  readonly without: readonly Protection[];
  readonly size: WorkloadSize;
  /** As --frame has it. */
  readonly frame: string;
}

/** Instead of the seconds of a run: there are no more. */
export const END = 0;
