import type { FrameSize } from './frame-size.ts';
import type { WorkloadSize } from './workload.ts';

/** What `sluice bench` was asked for. */
export interface BenchOptions extends WorkloadSize {
  readonly frames: readonly FrameSize[];
  /** Of one figure: five runs share them. */
  readonly seconds: number;
  readonly hasYardstick: boolean;
  readonly isJson: boolean;
}
