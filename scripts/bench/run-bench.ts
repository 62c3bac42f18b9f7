import { ExitCode } from '../exit-code.ts';
import { type Host, hasColour } from '../host.ts';
import { Progress } from '../progress.ts';
import { colourStyle, plainStyle } from '../report/style.ts';
import { type BenchReport, type BenchResult, describeMachine } from './bench-report.ts';
import { benchText } from './bench-text.ts';
import { chainFirmware } from './chain-firmware.ts';
import { type Experiment, planOf } from './experiment.ts';
import { ForwardingRig } from './forwarding-rig.ts';
import { parseFrameSizes } from './frame-size.ts';
import { measure, measureNewFlows } from './measure.ts';
import { type BenchOptions, SIZE_DEFAULT } from './options.ts';
import { measureTax, type TaxOptions } from './tax/measure-tax.ts';
import { workloadOf } from './workload.ts';
import { Yardstick } from './yardstick.ts';

/** Rigs by what they are made for. Only the last one is kept: a board takes memory. */
class Rigs {
  private key = '';
  private rig: ForwardingRig | null = null;

  async of({ flows, routes, rules, passes, test }: Experiment): Promise<ForwardingRig> {
    // A connection that was opened both ways is remembered for longer than `open` waits.
    const key = [flows, routes, rules, passes, test === 'new-flows'].join();
    if (this.rig === null || this.key !== key) {
      this.rig = null;
      const workload = workloadOf({ flows, routes, rules });
      this.rig = await ForwardingRig.start(await chainFirmware(passes), workload);
      this.key = key;
    }
    return this.rig;
  }
}

async function measureAll(
  options: BenchOptions,
  yardstick: Yardstick | null,
  progress: Progress,
): Promise<BenchResult[]> {
  const { seconds } = options;
  const rigs = new Rigs();
  const results: BenchResult[] = [];
  for (const experiment of planOf(options)) {
    progress.show(results.length);
    const rig = await rigs.of(experiment);
    const isNew = experiment.test === 'new-flows';
    results.push(
      isNew
        ? measureNewFlows(rig, experiment, seconds)
        : measure(rig, experiment, yardstick, seconds),
    );
  }
  return results;
}

/** The tax is that of one frame size: of several that other tests go through, the first. */
function taxOptions({ frames, flows, routes, rules, seconds }: BenchOptions): TaxOptions {
  const size = {
    flows: flows ?? SIZE_DEFAULT.flows,
    routes: routes ?? SIZE_DEFAULT.routes,
    rules: rules ?? SIZE_DEFAULT.rules,
  };
  const frame = frames?.[0] ?? parseFrameSizes('64')[0];
  return { size, frame, seconds };
}

/** Measures what was asked for and prints it. */
export async function runBench(options: BenchOptions, host: Host): Promise<ExitCode> {
  const yardstick = options.hasYardstick ? new Yardstick() : null;
  const progress = new Progress(host, 'figures');
  let report: BenchReport;
  try {
    const results = await measureAll(options, yardstick, progress);
    const tax = options.tests.includes('tax') ? await measureTax(taxOptions(options)) : [];
    report = { machine: describeMachine(), results, tax };
  } finally {
    progress.finish();
    yardstick?.close();
  }
  const style = hasColour(host.stdout, host.environment) ? colourStyle : plainStyle;
  const json = `${JSON.stringify(report, null, 2)}\n`;
  host.stdout.write(options.isJson ? json : benchText(report, options.name, style));
  return ExitCode.Done;
}
