import type { OutputThread } from '../../drivers/output-thread.ts';

/** Regions of one size that the thread of a replay's outputs reads where they lie. */
export class LentRegions {
  private readonly thread: OutputThread;
  private readonly free: number[];
  /** In the order in which they come back: addresses, and what the thread has done by then. */
  private readonly lent: { address: number; given: number }[] = [];

  /** `addresses` are all there are: more than are ever taken at once. */
  constructor(thread: OutputThread, addresses: readonly number[]) {
    this.thread = thread;
    this.free = [...addresses];
  }

  /** The address of a region that nobody reads any more; it may have to wait for one. */
  take(): number {
    const free = this.free.pop();
    if (free !== undefined) return free;
    const { address, given } = this.lent.shift()!;
    this.thread.waitFor(given);
    return address;
  }

  /** This one is free again once the thread has done what it has been given so far. */
  release(address: number): void {
    this.lent.push({ address, given: this.thread.given });
  }
}
