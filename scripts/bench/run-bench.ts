import { ExitCode } from '../exit-code.ts';
import { type Host, hasColour } from '../host.ts';
import { Progress } from '../progress.ts';
import { colourStyle, plainStyle } from '../report/style.ts';
import { loadFirmware } from '../toolchain/load-firmware.ts';
import { type BenchResult, benchText, describeMachine } from './bench-report.ts';
import { ForwardingRig, type Run } from './forwarding-rig.ts';
import { type FrameSize, meanSize } from './frame-size.ts';
import type { BenchOptions } from './options.ts';
import { median, percentile } from './statistics.ts';
import { workloadOf } from './workload.ts';
import { Yardstick } from './yardstick.ts';

/** Runs of one figure, each taking its turn with the yardstick. */
const TURNS = 5;
/** The engine compiles what is hot anew while it runs: this long nothing is measured. */
const WARM_UP_SECONDS = 0.5;

function resultOf(runs: readonly Run[], frame: FrameSize, rig: ForwardingRig): BenchResult {
  const { flows, routes, rules } = rig.workload;
  const perPacket = runs.map(({ ns, packets }) => ns / packets);
  const nsPerPacket = median(perPacket);
  const vectors = runs.flatMap(({ vectorNs }) => [...vectorNs]);
  const microseconds = (share: number) => percentile(vectors, share) / 1000;
  const frameBytes = meanSize(frame);
  return {
    test: 'throughput',
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

/** One figure: warm up, then turns; the frames are looked at before and after. */
function measure(
  rig: ForwardingRig,
  frame: FrameSize,
  yardstick: Yardstick | null,
  seconds: number,
): BenchResult {
  rig.prepare(frame);
  rig.run(WARM_UP_SECONDS);
  const runs: Run[] = [];
  const peer: number[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    runs.push(rig.run(seconds / TURNS));
    if (yardstick !== null) peer.push(yardstick.run(frame, rig.workload, seconds / TURNS));
  }
  rig.check();
  const result = resultOf(runs, frame, rig);
  if (yardstick === null) return result;
  const ratios = peer.map((ns, turn) => (ns * runs[turn].packets) / runs[turn].ns);
  return { ...result, yardstick: { nsPerPacket: median(peer), ratio: median(ratios) } };
}

/** Measures what was asked for and prints it. */
export async function runBench(options: BenchOptions, host: Host): Promise<ExitCode> {
  const yardstick = options.hasYardstick ? new Yardstick() : null;
  try {
    const rig = await ForwardingRig.start(await loadFirmware(), workloadOf(options));
    const progress = new Progress(host, 'frame sizes');
    const results = options.frames.map((frame, index) => {
      progress.show(index);
      return measure(rig, frame, yardstick, options.seconds);
    });
    progress.finish();
    const report = { machine: describeMachine(), results };
    const style = hasColour(host.stdout, host.environment) ? colourStyle : plainStyle;
    const text = options.isJson ? `${JSON.stringify(report, null, 2)}\n` : benchText(report, style);
    host.stdout.write(text);
  } finally {
    yardstick?.close();
  }
  return ExitCode.Done;
}
