/** One figure: warm up, then turns with the yardstick. */
import type { BenchResult } from './bench-report.ts';
import type { Experiment } from './experiment.ts';
import type { ForwardingRig, Run } from './forwarding-rig.ts';
import { meanSize } from './frame-size.ts';
import { median, percentile } from './statistics.ts';
import type { Yardstick } from './yardstick.ts';

/** Runs of one figure, each taking its turn with the yardstick. */
export const TURNS = 5;
/** The engine compiles what is hot anew while it runs: this long nothing is measured. */
export const WARM_UP_SECONDS = 0.5;

function resultOf(runs: readonly Run[], experiment: Experiment, rig: ForwardingRig): BenchResult {
  const { frame, test, kind, flows, routes, rules } = experiment;
  const perPacket = runs.map(({ ns, packets }) => ns / packets);
  const nsPerPacket = median(perPacket);
  const vectors = runs.flatMap(({ vectorNs }) => [...vectorNs]);
  const microseconds = (share: number) => percentile(vectors, share) / 1000;
  const frameBytes = meanSize(frame);
  return {
    test,
    traffic: test === 'new-flows' ? 'new' : kind.name,
    frame: frame.name,
    frameBytes,
    ...{ flows, routes, rules },
    modules: rig.board.slots.length,
    mpps: 1000 / nsPerPacket,
    gbps: (frameBytes * 8) / nsPerPacket,
    nsPerPacket,
    min: Math.min(...perPacket),
    max: Math.max(...perPacket),
    vectorUs: { p50: microseconds(0.5), p99: microseconds(0.99), max: microseconds(1) },
  };
}

/** Frames are looked at before and after, and counted in between. */
export function measure(
  rig: ForwardingRig,
  experiment: Experiment,
  yardstick: Yardstick | null,
  seconds: number,
): BenchResult {
  rig.prepare(experiment.frame, experiment.kind);
  rig.run(Math.min(WARM_UP_SECONDS, seconds));
  const runs: Run[] = [];
  const peer: number[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    runs.push(rig.run(seconds / TURNS));
    if (yardstick !== null) {
      peer.push(yardstick.run(experiment.frame, experiment, seconds / TURNS));
    }
  }
  rig.check();
  const result = resultOf(runs, experiment, rig);
  if (yardstick === null) return result;
  const ratios = peer.map((ns, turn) => (ns * runs[turn].packets) / runs[turn].ns);
  return { ...result, yardstick: { nsPerPacket: median(peer), ratio: median(ratios) } };
}

/**
 * New connections: all of them are opened, and an hour later as many others, until `seconds` have
 * been timed and five runs are done. The first run is not counted.
 */
export function measureNewFlows(
  rig: ForwardingRig,
  experiment: Experiment,
  seconds: number,
): BenchResult {
  const { frame } = experiment;
  rig.open(frame);
  rig.check();
  const runs: Run[] = [];
  for (let timed = 0; runs.length < TURNS || timed < seconds * 1e9; ) {
    const run = rig.open(frame);
    timed += run.ns;
    runs.push(run);
  }
  rig.check();
  return resultOf(runs, experiment, rig);
}
