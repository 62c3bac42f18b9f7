/** What a bench prints: `--json` has this object, people get its table. */
import { cpus, release, type } from 'node:os';
import type { Style } from '../report/style.ts';
import { formatCount } from '../report/table.ts';

/** ns a packet of the plain C loop, and how much of its speed we have (the median of the turns). */
export interface YardstickResult {
  readonly nsPerPacket: number;
  readonly ratio: number;
}

/** One figure: the median of its runs; `min` and `max` are ns a packet of the best and the worst. */
export interface BenchResult {
  readonly test: string;
  readonly frame: string;
  /** With FCS; of a mix the mean. */
  readonly frameBytes: number;
  readonly flows: number;
  readonly routes: number;
  readonly rules: number;
  readonly modules: number;
  readonly mpps: number;
  /** Bits of the frames, FCS included, without preamble and gap. */
  readonly gbps: number;
  readonly nsPerPacket: number;
  readonly min: number;
  readonly max: number;
  /** How long a vector of 256 took from arrival to wire, µs. */
  readonly vectorUs: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly yardstick?: YardstickResult;
}

export interface BenchReport {
  readonly machine: string;
  readonly results: readonly BenchResult[];
}

export function describeMachine(): string {
  const [first] = cpus();
  const model = first?.model.trim().replaceAll(/\s+/g, ' ') ?? 'unknown processor';
  const system = `${type()} ${release()}, Node ${process.version.slice(1)}`;
  return `${model}, ${cpus().length} cores, ${system}`;
}

function row(result: BenchResult): string[] {
  const { p50, p99, max } = result.vectorUs;
  const own = [
    result.frame,
    formatCount(result.flows),
    formatCount(result.routes),
    formatCount(result.rules),
    result.mpps.toFixed(2),
    result.gbps.toFixed(2),
    result.nsPerPacket.toFixed(1),
    `${result.min.toFixed(1)}-${result.max.toFixed(1)}`,
    [p50, p99, max].map((us) => us.toFixed(0)).join(' / '),
  ];
  const { yardstick } = result;
  if (yardstick === undefined) return own;
  return [...own, yardstick.nsPerPacket.toFixed(1), yardstick.ratio.toFixed(2)];
}

const HEAD = ['frame', 'flows', 'routes', 'rules', 'Mpps', 'Gbit/s', 'ns', 'min-max'];
const VECTOR_HEAD = 'µs p50/p99/max';

/** The report as text. */
export function benchText({ machine, results }: BenchReport, style: Style): string {
  const hasYardstick = results.some(({ yardstick }) => yardstick !== undefined);
  const head = [...HEAD, VECTOR_HEAD, ...(hasYardstick ? ['C ns', 'ratio'] : [])];
  const cells = [head, ...results.map(row)];
  const widths = head.map((_, i) => Math.max(...cells.map((line) => line[i].length)));
  const [first, ...rows] = cells.map((line) => {
    const padded = line.map((cell, i) => cell.padStart(widths[i]));
    return `  ${padded.join('  ')}`;
  });
  const lines = [
    style.title('sluice bench throughput'),
    '',
    `  ${machine}`,
    '  One core; medians of five runs; ns a packet; µs from the arrival of 256 frames to the wire.',
    '  Every frame is counted; before and after, all bytes of some are looked at.',
    '',
    style.quiet(first),
    ...rows,
  ];
  if (hasYardstick) {
    lines.push('', '  C: a loop with no protection that does the same header work, in turns.');
  }
  return `${lines.join('\n')}\n`;
}
