const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/** A timer that keeps the process alive; once a fortnight costs nothing. */
const KEEP_ALIVE_MS = 2 ** 30;

/** Somebody asks us to stop (Ctrl-C). The second time, the process ends as it would without us. */
export class Interrupt {
  isRaised = false;
  private wake = () => {};

  constructor() {
    for (const signal of SIGNALS) process.once(signal, this.raise);
  }

  /** As if somebody had. */
  readonly raise = (): void => {
    this.isRaised = true;
    this.release();
  };

  /** Waits for it, without work. */
  async wait(): Promise<void> {
    if (this.isRaised) return;
    const timer = setInterval(() => {}, KEEP_ALIVE_MS);
    await new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    clearInterval(timer);
  }

  /** Waits for it, but no longer than `ms`. */
  async sleep(ms: number): Promise<void> {
    if (this.isRaised) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Leaves the signals to the process again, and ends the waiting. May be called twice. */
  release(): void {
    for (const signal of SIGNALS) process.off(signal, this.raise);
    this.wake();
  }
}
