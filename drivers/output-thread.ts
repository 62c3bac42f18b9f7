import { Worker } from 'node:worker_threads';

const SLOT_COUNT = 16;
const SLOT_SIZE = 1 << 18;
/** What the thread needs to know of the memory that both share: words, then the slots. */
const LAYOUT = {
  /** Jobs that were given, and that are done, modulo 2^32. */
  written: 0,
  done: 1,
  started: 2,
  /** Files that could not be written. */
  failures: 3,
  /** By slot: what to do, to which file or hash, with how many of the slot's bytes. */
  jobs: 16,
  targets: 32,
  sizes: 48,
  wordCount: 64,
  slotCount: SLOT_COUNT,
  slotSize: SLOT_SIZE,
  write: 0,
  update: 1,
  digest: 2,
  settle: 3,
  end: 4,
} as const;
const START_MS = 30_000;
const NOTHING = new Uint8Array(0);

/** How the writing of a file went: bytes written, and the system's code where it was refused. */
export interface FileFate {
  readonly written: number;
  readonly why: string | null;
}

/**
 * A thread that writes files and hashes while the caller goes on, in the order in which it is told
 * to and at most 4 MiB behind; whoever is faster waits.
 */
export class OutputThread {
  private readonly words: Int32Array;
  private readonly slots: Uint8Array;
  private readonly thread: Worker;
  private given = 0;
  private hashCount = 0;
  private isClosed = false;

  constructor() {
    const memory = new SharedArrayBuffer(LAYOUT.wordCount * 4 + SLOT_COUNT * SLOT_SIZE);
    this.words = new Int32Array(memory, 0, LAYOUT.wordCount);
    this.slots = new Uint8Array(memory, LAYOUT.wordCount * 4);
    this.thread = new Worker(new URL('./output-thread.mjs', import.meta.url), {
      workerData: { layout: LAYOUT, memory },
      execArgv: [],
    });
    // It ends when it is told to; nobody waits for it who has given up.
    this.thread.unref();
  }

  /** Appends bytes to an open file. What becomes of it, `settle` tells. */
  write(descriptor: number, bytes: Uint8Array): void {
    this.give(LAYOUT.write, descriptor, bytes);
  }

  /** Whether some file could not be written; which and why, `settle` tells. */
  get hasFailed(): boolean {
    return Atomics.load(this.words, LAYOUT.failures) > 0;
  }

  /** Waits until all of a file is written, or will not be. */
  settle(descriptor: number): FileFate {
    const answer = this.ask(LAYOUT.settle, descriptor);
    return JSON.parse(new TextDecoder().decode(answer)) as FileFate;
  }

  /** A new SHA-256: its number. */
  openHash(): number {
    return this.hashCount++;
  }

  update(hash: number, bytes: Uint8Array): void {
    this.give(LAYOUT.update, hash, bytes);
  }

  /** The digest, in hex, of all that the hash was given. Once. */
  digest(hash: number): string {
    return Buffer.from(this.ask(LAYOUT.digest, hash)).toString('hex');
  }

  /** Lets the thread end once it has done what it was given. May be called twice. */
  close(): void {
    if (!this.isClosed) this.put(LAYOUT.end, 0, NOTHING);
    this.isClosed = true;
  }

  private give(job: number, target: number, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += SLOT_SIZE) {
      this.put(job, target, bytes.subarray(at, at + SLOT_SIZE));
    }
  }

  private put(job: number, target: number, bytes: Uint8Array): void {
    const { words } = this;
    this.waitFor((this.given - SLOT_COUNT + 1) | 0);
    const slot = this.given & (SLOT_COUNT - 1);
    this.slots.set(bytes, slot * SLOT_SIZE);
    words[LAYOUT.jobs + slot] = job;
    words[LAYOUT.targets + slot] = target;
    words[LAYOUT.sizes + slot] = bytes.length;
    this.given = (this.given + 1) | 0;
    Atomics.store(words, LAYOUT.written, this.given);
    Atomics.notify(words, LAYOUT.written);
  }

  private ask(job: number, target: number): Uint8Array {
    this.put(job, target, NOTHING);
    this.waitFor(this.given);
    const slot = (this.given - 1) & (SLOT_COUNT - 1);
    const start = slot * SLOT_SIZE;
    return this.slots.slice(start, start + this.words[LAYOUT.sizes + slot]);
  }

  /** Waits until so many jobs are done. */
  private waitFor(count: number): void {
    const { words } = this;
    for (;;) {
      const done = Atomics.load(words, LAYOUT.done);
      if (((done - count) | 0) >= 0) return;
      const waited = Atomics.wait(words, LAYOUT.done, done, START_MS);
      if (waited === 'timed-out' && Atomics.load(words, LAYOUT.started) === 0) {
        throw new Error('the thread that writes does not start');
      }
    }
  }
}
