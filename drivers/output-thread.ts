import * as assert from 'node:assert/strict';
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
  /** By slot: what to do, to which file or hash, with how many bytes, and where they are. */
  jobs: 16,
  targets: 32,
  sizes: 48,
  places: 64,
  wordCount: 80,
  /** A place: the slot itself. Others are addresses in the memory that was lent. */
  here: -1,
  slotCount: SLOT_COUNT,
  slotSize: SLOT_SIZE,
  write: 0,
  update: 1,
  digest: 2,
  settle: 3,
  lend: 4,
  make: 5,
  end: 6,
} as const;
const START_MS = 30_000;
const NOTHING = new Uint8Array(0);

/** How the writing of a file went: bytes written, and the system's code where it was refused. */
export interface FileFate {
  readonly written: number;
  readonly why: string | null;
}

/**
 * A program for lent memory, which it imports. Its `make(from, size, to, isNanosecond)` makes other
 * bytes of `size` of them, from `to` on, where there is room, and returns how many.
 */
export interface Maker {
  readonly code: WebAssembly.Module;
  readonly to: number;
  readonly isNanosecond: boolean;
}

/**
 * A thread that writes files and hashes while the caller goes on, in the order in which it is told
 * to and at most 4 MiB behind; whoever is faster waits. Bytes are copied as they are given, but
 * for those in memory that was lent: they stay as they are until `waitFor` what was given then.
 */
export class OutputThread {
  private readonly words: Int32Array;
  private readonly slots: Uint8Array;
  private readonly thread: Worker;
  private jobCount = 0;
  private lent: ArrayBufferLike | null = null;
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

  /**
   * Lets the thread read bytes of this memory, of less than 4 GiB, where they lie, and gives it a
   * program that works there. Once.
   */
  lend(memory: WebAssembly.Memory, maker: Maker): void {
    this.lent = memory.buffer;
    this.thread.postMessage({ memory, ...maker });
    this.put(LAYOUT.lend, 0, NOTHING);
  }

  /** Appends what the program makes of these bytes, which are lent. */
  writeMade(descriptor: number, bytes: Uint8Array): void {
    assert.equal(bytes.buffer, this.lent);
    this.post(LAYOUT.make, descriptor, bytes.length, bytes.byteOffset);
  }

  /** How many jobs it has been given so far, modulo 2^32. */
  get given(): number {
    return this.jobCount;
  }

  /** Waits until all is done that it had been given when `given` was this. */
  waitFor(given: number): void {
    const { words } = this;
    for (;;) {
      const done = Atomics.load(words, LAYOUT.done);
      if (((done - given) | 0) >= 0) return;
      const waited = Atomics.wait(words, LAYOUT.done, done, START_MS);
      if (waited === 'timed-out' && Atomics.load(words, LAYOUT.started) === 0) {
        throw new Error('the thread that writes does not start');
      }
    }
  }

  private give(job: number, target: number, bytes: Uint8Array): void {
    if (bytes.buffer === this.lent) {
      this.post(job, target, bytes.length, bytes.byteOffset);
      return;
    }
    for (let at = 0; at < bytes.length; at += SLOT_SIZE) {
      this.put(job, target, bytes.subarray(at, at + SLOT_SIZE));
    }
  }

  /** A job with a copy of these bytes, a slot's at most. */
  private put(job: number, target: number, bytes: Uint8Array): void {
    this.slots.set(bytes, this.nextSlot() * SLOT_SIZE);
    this.post(job, target, bytes.length, LAYOUT.here);
  }

  private post(job: number, target: number, size: number, place: number): void {
    const { words } = this;
    const slot = this.nextSlot();
    words[LAYOUT.jobs + slot] = job;
    words[LAYOUT.targets + slot] = target;
    words[LAYOUT.sizes + slot] = size;
    words[LAYOUT.places + slot] = place;
    this.jobCount = (this.jobCount + 1) | 0;
    Atomics.store(words, LAYOUT.written, this.jobCount);
    Atomics.notify(words, LAYOUT.written);
  }

  /** The slot of the next job, once it is free. */
  private nextSlot(): number {
    this.waitFor((this.jobCount - SLOT_COUNT + 1) | 0);
    return this.jobCount & (SLOT_COUNT - 1);
  }

  private ask(job: number, target: number): Uint8Array {
    this.put(job, target, NOTHING);
    this.waitFor(this.jobCount);
    const slot = (this.jobCount - 1) & (SLOT_COUNT - 1);
    const start = slot * SLOT_SIZE;
    return this.slots.slice(start, start + this.words[LAYOUT.sizes + slot]);
  }
}
