/**
 * When the frames of captures are due that stand beside live wires: as far apart as they were
 * captured, the earliest of all when the board runs. All captures of a run share one pace, so that
 * what was captured on two sides of one network stays question and answer.
 */
import { VirtualClock } from '../../../drivers/clock.ts';

const SECOND = 1_000_000_000n;
const MILLISECOND_NS = 1e6;
/** Between the first frames of two captures: nobody waits longer for the second to begin. */
const APART_NS_MAX = 3600n * SECOND;

export class CapturePace {
  /** Turns the board's times into those of the captures. */
  readonly clock = new VirtualClock();
  private readonly now: () => bigint;
  /** The earliest stamp, ns since 1970; null: there is none. */
  private first: bigint | null = null;
  private isStarted = false;

  /** `now` is the host's time, in ns since boot. */
  constructor(now: () => bigint) {
    this.now = now;
  }

  /** A capture begins with a frame of this time; false: too far from those of the others. */
  include(seconds: number, nanoseconds: number): boolean {
    const stamp = BigInt(seconds) * SECOND + BigInt(nanoseconds);
    const first = this.first ?? stamp;
    const distance = stamp < first ? first - stamp : stamp - first;
    if (distance > APART_NS_MAX) return false;
    this.first = stamp < first ? stamp : first;
    return true;
  }

  /** A port takes in frames now: the earliest one is due, if it was not so before. */
  start(): void {
    if (this.isStarted) return;
    this.isStarted = true;
    // Without a stamp it is the time of day that counts.
    const first = this.first ?? BigInt(Date.now()) * (SECOND / 1000n);
    const epoch = first - this.now();
    const fraction = ((epoch % SECOND) + SECOND) % SECOND;
    this.clock.setEpoch(Number((epoch - fraction) / SECOND), Number(fraction));
  }

  /** Milliseconds until a frame of this time is due; not above 0: it is. */
  untilDue(seconds: number, nanoseconds: number): number {
    const { clock } = this;
    const due = clock.bootSeconds(seconds, nanoseconds) * 1000;
    const fraction = clock.bootNanoseconds(nanoseconds) / MILLISECOND_NS;
    return due + fraction - Number(this.now()) / MILLISECOND_NS;
  }
}
