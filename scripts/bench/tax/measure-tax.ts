/**
 * The security tax: the same traffic with each protection taken out, in turns with the full build.
 * Each build runs in a process of its own.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TaxPart } from '../bench-report.ts';
import type { FrameSize } from '../frame-size.ts';
import { median, percentile } from '../statistics.ts';
import type { WorkloadSize } from '../workload.ts';
import { FULL, VARIANTS, type Variant } from './protection.ts';
import { END, type VariantTask } from './variant-message.ts';

/** Beside the compiled form of this file; there is nothing that runs it as a source. */
const PROGRAM = fileURLToPath(new URL('./variant-process.js', import.meta.url));

/** Parts of a few ns, on machines that are noisier than that: many short turns. */
const TURNS = 41;

class VariantProcess {
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown>;

  private constructor({ without }: Variant, size: WorkloadSize, frame: FrameSize) {
    const task: VariantTask = { without, size, frame: frame.name };
    this.child = fork(PROGRAM, [JSON.stringify(task)], { execArgv: [] });
    this.ended = once(this.child, 'exit');
  }

  static async start(variant: Variant, size: WorkloadSize, frame: FrameSize) {
    const started = new VariantProcess(variant, size, frame);
    await started.answer();
    return started;
  }

  /** ns a packet of a run. */
  async run(seconds: number): Promise<number> {
    this.child.send(seconds);
    return this.answer();
  }

  /** Has the frames looked at once more, and ends. Throws if one is wrong. */
  async finish(): Promise<void> {
    this.child.send(END);
    await this.ended;
    if (this.child.exitCode !== 0) throw new Error('a build that was measured forwards wrongly');
  }

  kill(): void {
    this.child.kill();
  }

  private async answer(): Promise<number> {
    const message = once(this.child, 'message').then(([ns]) => ns as number);
    const failure = this.ended.then(() => {
      throw new Error('a build that was measured has ended; its own error stands above');
    });
    return Promise.race([message, failure]);
  }
}

/** Turns of one variant with the full build: the cost of what it lacks, as shares. */
async function sharesOf(
  variant: VariantProcess,
  full: VariantProcess,
  seconds: number,
  onFull: (ns: number) => void,
): Promise<number[]> {
  const shares: number[] = [];
  const each = seconds / TURNS / 2;
  for (let turn = 0; turn < TURNS; turn++) {
    const whole = await full.run(each);
    onFull(whole);
    shares.push(1 - (await variant.run(each)) / whole);
  }
  return shares;
}

export interface TaxOptions {
  readonly size: WorkloadSize;
  readonly frame: FrameSize;
  /** For a part: half of it for the full build. */
  readonly seconds: number;
}

/** What each protection costs; the first part is the whole. */
export async function measureTax({ size, frame, seconds }: TaxOptions): Promise<TaxPart[]> {
  const full = await VariantProcess.start(FULL, size, frame);
  const running = [full];
  try {
    const wholes: number[] = [];
    const parts: { part: string; shares: number[] }[] = [];
    for (const variant of VARIANTS) {
      const other = await VariantProcess.start(variant, size, frame);
      running.push(other);
      const shares = await sharesOf(other, full, seconds, (ns) => wholes.push(ns));
      parts.push({ part: variant.name, shares });
      await other.finish();
    }
    await full.finish();
    const whole = median(wholes);
    const rows = [{ part: FULL.name, shares: [1] }, ...parts];
    return rows.map(({ part, shares }) => {
      const share = median(shares);
      const [low, high] = [percentile(shares, 0.25), percentile(shares, 0.75)];
      return { part, nsPerPacket: whole * share, share, low, high };
    });
  } finally {
    for (const each of running) each.kill();
  }
}
