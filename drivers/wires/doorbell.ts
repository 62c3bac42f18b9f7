/**
 * How one thread wakes another that has nothing to do. Ringing costs two atomic operations as long
 * as the other is awake. In shared memory: i32 rings so far, i32 whether the owner is asleep.
 */
const RINGS = 0;
const ASLEEP = 1;

/** Bytes that a doorbell takes. */
export const DOORBELL_SIZE = 8;

/** Waits without holding the thread up (ES2024; all Nodes that we run on have it). */
const { waitAsync } = Atomics as unknown as {
  waitAsync(words: Int32Array, at: number, value: number): { value: string | Promise<string> };
};

export class Doorbell {
  private readonly words: Int32Array;
  private readonly wakeUp: (words: Int32Array) => void;

  /** `wakeUp` ends the owner's sleep; without it the owner sleeps in `sleep`. */
  constructor(shared: SharedArrayBuffer, offset = 0, wakeUp: (() => void) | null = null) {
    this.words = new Int32Array(shared, offset, DOORBELL_SIZE / 4);
    this.wakeUp = wakeUp ?? ((words) => void Atomics.notify(words, RINGS));
  }

  /** Tells the owner that there is something to do. From any thread. */
  ring(): void {
    Atomics.add(this.words, RINGS, 1);
    if (Atomics.exchange(this.words, ASLEEP, 0) === 1) this.wakeUp(this.words);
  }

  /** The owner: what to compare with later, before it looks for work. */
  get rings(): number {
    return Atomics.load(this.words, RINGS);
  }

  /** The owner is about to sleep; false: it rang since `rings` was read, so look again. */
  fallAsleep(rings: number): boolean {
    Atomics.store(this.words, ASLEEP, 1);
    if (this.rings === rings) return true;
    Atomics.store(this.words, ASLEEP, 0);
    return false;
  }

  /** The owner looks for work again. */
  awake(): void {
    Atomics.store(this.words, ASLEEP, 0);
  }

  /** The owner sleeps until it rings, `ms` at most. */
  sleep(rings: number, ms: number): void {
    if (!this.fallAsleep(rings)) return;
    Atomics.wait(this.words, RINGS, rings, ms);
    this.awake();
  }

  /** The same for an owner that has other things to wait for: a promise of the next ring. */
  async heard(rings: number): Promise<void> {
    if (!this.fallAsleep(rings)) return;
    await waitAsync(this.words, RINGS, rings).value;
    this.awake();
  }
}
