const NANOSECONDS_PER_SECOND = 1_000_000_000;

/**
 * The board's clock: time since boot, moved only by whoever drives the board, never read from the
 * host. It never goes back. The epoch is the capture time (since 1970) of the boot instant, so a
 * capture's stamps and the board's convert into one another exactly, in integers.
 */
export class VirtualClock {
  /** Time since boot: whole seconds, and 0..999,999,999 nanoseconds. */
  seconds = 0;
  nanoseconds = 0;
  /** Capture time of the boot instant; 0 until a capture or the host has set it. */
  epochSeconds = 0;
  epochNanoseconds = 0;

  /** Sets the capture time of the boot instant; for a replay, its first record's stamp. */
  setEpoch(seconds: number, nanoseconds: number): void {
    this.epochSeconds = seconds;
    this.epochNanoseconds = nanoseconds;
  }

  /** Moves to a time since boot; false, and nothing moves, if that is not later than now. */
  advanceTo(seconds: number, nanoseconds: number): boolean {
    if (seconds < this.seconds) return false;
    if (seconds === this.seconds && nanoseconds <= this.nanoseconds) return false;
    this.seconds = seconds;
    this.nanoseconds = nanoseconds;
    return true;
  }

  /** Moves to a capture time; false, and nothing moves, if that is not later than now. */
  advanceToCapture(seconds: number, nanoseconds: number): boolean {
    const sinceBoot = this.bootSeconds(seconds, nanoseconds);
    return this.advanceTo(sinceBoot, this.bootNanoseconds(nanoseconds));
  }

  /** Seconds since boot of a capture time; negative for a time before the epoch. */
  bootSeconds(captureSeconds: number, captureNanoseconds: number): number {
    const borrow = captureNanoseconds < this.epochNanoseconds ? 1 : 0;
    return captureSeconds - this.epochSeconds - borrow;
  }

  /** The nanoseconds that go with `bootSeconds`. */
  bootNanoseconds(captureNanoseconds: number): number {
    const difference = captureNanoseconds - this.epochNanoseconds;
    return difference < 0 ? difference + NANOSECONDS_PER_SECOND : difference;
  }

  /** Seconds since 1970 of a time since boot; may pass 2^32 in the year 2106. */
  captureSeconds(bootSeconds: number, bootNanoseconds: number): number {
    const carry = bootNanoseconds + this.epochNanoseconds >= NANOSECONDS_PER_SECOND ? 1 : 0;
    return bootSeconds + this.epochSeconds + carry;
  }

  /** The nanoseconds that go with `captureSeconds`. */
  captureNanoseconds(bootNanoseconds: number): number {
    const sum = bootNanoseconds + this.epochNanoseconds;
    return sum >= NANOSECONDS_PER_SECOND ? sum - NANOSECONDS_PER_SECOND : sum;
  }
}
