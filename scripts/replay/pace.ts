/**
 * `--pace`: frames are put on the wires as far apart as they were captured, by the host's clock.
 * Virtual time and the result are those of a replay without it.
 */
import type { Interrupt } from '../boot/interrupt.ts';
import type { Progress } from '../progress.ts';
import { UsageError } from '../usage-error.ts';
import type { FrameReplay } from './replay-frames.ts';

/** Sleeps are cut so, for the progress line to move and for signals to be seen. */
const SLEEP_MS_MAX = 200;
/** A timer fires no sooner: what is due before that is fed at once. */
const SLEEP_MS_MIN = 1;

/** How many times faster than captured: 1 for `real`, 0.5 for `0.5x`. @throws {UsageError} */
export function parsePace(text: string): number {
  if (text === 'real') return 1;
  const match = /^(\d{1,6}(?:\.\d{1,6})?)x$/.exec(text);
  const factor = Number(match?.[1]);
  if (factor > 0) return factor;
  throw new UsageError(`--pace cannot be ${text}`, 'it is "real", or how much faster, such as 2x');
}

/** The host's clock beside the capture's: both begin at the first frame. */
class Pacer {
  private readonly factor: number;
  private startMs = 0;
  private startSeconds = Number.NaN;
  private startNanoseconds = 0;

  constructor(factor: number) {
    this.factor = factor;
  }

  /** Milliseconds until a frame of this time is due; not above 0: it is. */
  untilDue(seconds: number, nanoseconds: number): number {
    const now = performance.now();
    if (Number.isNaN(this.startSeconds)) {
      this.startMs = now;
      this.startSeconds = seconds;
      this.startNanoseconds = nanoseconds;
    }
    const captureMs =
      (seconds - this.startSeconds) * 1000 + (nanoseconds - this.startNanoseconds) / 1e6;
    return this.startMs + captureMs / this.factor - now;
  }
}

/** Replays until `limit` frames have been read, the captures end, or somebody interrupts. */
export async function runPaced(
  frames: FrameReplay,
  limit: number,
  factor: number,
  { interrupt, progress }: { interrupt: Interrupt; progress: Progress },
): Promise<void> {
  const pacer = new Pacer(factor);
  let lastSleep = performance.now();
  while (frames.count < limit && frames.next()) {
    for (;;) {
      const wait = pacer.untilDue(frames.seconds, frames.nanoseconds);
      const isDue = wait < SLEEP_MS_MIN;
      // Signals come only while we sleep, so a long burst must have its pauses too.
      if (isDue && performance.now() - lastSleep < SLEEP_MS_MAX) break;
      progress.show(frames.count, isDue ? 0 : wait);
      await interrupt.sleep(isDue ? 0 : Math.min(wait, SLEEP_MS_MAX));
      lastSleep = performance.now();
      if (interrupt.isRaised) return;
    }
    frames.replay();
  }
}
