/**
 * Many reads and writes of files with one call (io_uring(7)), for files of which one call moves
 * one frame. Two rings in memory that Linux and this process share: what is to be done, and what
 * has become of it.
 *
 *   params, 120 bytes    0 u32 entries to submit   4 u32 completions   20 u32 features
 *                       40 u32[8] offsets of the submission ring: 0 head  1 tail  2 mask  6 array
 *                       80 u32[8] of the completion ring: 0 head  1 tail  2 mask  5 entries
 *   submission, 64 bytes 0 u8 operation   4 i32 fd   8 u64 offset   16 u64 address   24 u32 size
 *                       28 u32 flags   32 u64 number
 *   completion, 16 bytes 0 u64 number   8 i32 result
 */
import * as assert from 'node:assert/strict';
import { FILE_BATCH_CAPACITY, type FileBatch } from './file-batch.ts';
import { EAGAIN, EBUSY, EINTR, type Libc } from './libc.ts';

/** The same on all architectures. */
const SYS_IO_URING_SETUP = 425;
const SYS_IO_URING_ENTER = 426;
const PARAMS_SIZE = 120;
const FEATURES_WORD = 5;
const FEATURE_SINGLE_MMAP = 1;
const SUBMISSION_WORDS = 10;
const COMPLETION_WORDS = 20;
const SUBMISSION_SIZE = 64;
const COMPLETION_SIZE = 16;
const OFFSET_RINGS = 0;
const OFFSET_SUBMISSIONS = 0x1000_0000;
const ENTER_GETEVENTS = 1;
const OPERATION_READ = 22;
const OPERATION_WRITE = 23;
/** What cannot be done at once is refused; without it Linux would wait in our place. */
const RWF_NOWAIT = 8;
const HIGH = 0x1_0000_0000;

/** An open ring: plain data, which any thread of this process can map. */
export interface UringFile {
  readonly fd: number;
  readonly params: Uint8Array;
}

/** Opens a ring that `file` can be used with; null where Linux has none, or does not allow it. */
export function openUring(libc: Libc, file: number): UringFile | null {
  const params = new Uint8Array(PARAMS_SIZE);
  const fd = libc.io_uring_setup(SYS_IO_URING_SETUP, FILE_BATCH_CAPACITY, params);
  if (fd < 0) return null;
  const uring = { fd, params };
  const features = wordsOf(uring)[FEATURES_WORD]!;
  if ((features & FEATURE_SINGLE_MMAP) !== 0 && canUse(libc, uring, file)) return uring;
  libc.close(fd);
  return null;
}

/** Reads nothing: an older Linux does not know how to do that without waiting. */
function canUse(libc: Libc, uring: UringFile, file: number): boolean {
  const batch = Uring.of(libc, uring);
  batch?.read(file, 0, 0);
  batch?.run();
  return batch?.results[0] === 0;
}

function wordsOf({ params }: UringFile): Uint32Array {
  return new Uint32Array(params.buffer, params.byteOffset, PARAMS_SIZE / 4);
}

/** A ring as one thread uses it, one at a time. It is mapped for as long as the process lives. */
export class Uring implements FileBatch {
  readonly results = new Int32Array(FILE_BATCH_CAPACITY);
  private readonly libc: Libc;
  private readonly fd: number;
  private readonly ring: Uint32Array;
  private readonly submissions: Uint32Array;
  /** Indexes into `ring`. */
  private readonly submissionTail: number;
  private readonly submissionArray: number;
  private readonly completionHead: number;
  private readonly completionTail: number;
  private readonly completions: number;
  private readonly submissionMask: number;
  private readonly completionMask: number;
  private queued = 0;

  /** Maps an open ring; null where there is no memory for that. */
  static of(libc: Libc, file: UringFile): Uring | null {
    const words = wordsOf(file);
    const size = Math.max(
      words[SUBMISSION_WORDS + 6]! + words[0]! * 4,
      words[COMPLETION_WORDS + 5]! + words[1]! * COMPLETION_SIZE,
    );
    const ring = libc.map(file.fd, OFFSET_RINGS, size);
    const submissions = libc.map(file.fd, OFFSET_SUBMISSIONS, words[0]! * SUBMISSION_SIZE);
    return ring && submissions && new Uring(libc, file, { ring, submissions });
  }

  private constructor(
    libc: Libc,
    file: UringFile,
    memory: { ring: ArrayBuffer; submissions: ArrayBuffer },
  ) {
    const words = wordsOf(file);
    const at = (offset: number) => words[offset]! >>> 2;
    this.libc = libc;
    this.fd = file.fd;
    this.ring = new Uint32Array(memory.ring);
    this.submissions = new Uint32Array(memory.submissions);
    this.submissionTail = at(SUBMISSION_WORDS + 1);
    this.submissionMask = this.ring[at(SUBMISSION_WORDS + 2)]!;
    this.submissionArray = at(SUBMISSION_WORDS + 6);
    this.completionHead = at(COMPLETION_WORDS);
    this.completionTail = at(COMPLETION_WORDS + 1);
    this.completionMask = this.ring[at(COMPLETION_WORDS + 2)]!;
    this.completions = at(COMPLETION_WORDS + 5);
    // Critical: what a thread has asked for that was ended in between must not be done any more.
    this.ring[this.submissionTail] = this.ring[at(SUBMISSION_WORDS)]!;
    this.ring[this.completionHead] = this.ring[this.completionTail]!;
  }

  read(fd: number, address: number, size: number): void {
    this.queue(OPERATION_READ, fd, address, size);
  }

  write(fd: number, address: number, size: number): void {
    this.queue(OPERATION_WRITE, fd, address, size);
  }

  run(): void {
    const { libc, fd, ring, submissionTail, queued } = this;
    this.queued = 0;
    Atomics.store(ring, submissionTail, (ring[submissionTail]! + queued) >>> 0);
    let submitted = 0;
    for (let done = 0; done < queued; done += this.collect()) {
      const rest = [queued - submitted, queued - done, ENTER_GETEVENTS, 0, 0] as const;
      const taken = libc.io_uring_enter(SYS_IO_URING_ENTER, fd, ...rest);
      if (taken >= 0) submitted += taken;
      else assert.ok([EINTR, EAGAIN, EBUSY].includes(libc.errno()), libc.reason());
    }
  }

  private queue(operation: number, fd: number, address: number, size: number): void {
    const { ring, submissions, submissionMask } = this;
    const number = this.queued++;
    const index = (ring[this.submissionTail]! + number) & submissionMask;
    const at = index * (SUBMISSION_SIZE / 4);
    submissions[at] = operation;
    submissions[at + 1] = fd;
    submissions[at + 2] = 0xffff_ffff;
    submissions[at + 3] = 0xffff_ffff;
    submissions[at + 4] = address >>> 0;
    submissions[at + 5] = Math.floor(address / HIGH);
    submissions[at + 6] = size;
    submissions[at + 7] = RWF_NOWAIT;
    submissions[at + 8] = number;
    ring[this.submissionArray + index] = index;
  }

  private collect(): number {
    const { ring, results, completions, completionMask } = this;
    const head = ring[this.completionHead]!;
    const count = (Atomics.load(ring, this.completionTail) - head) >>> 0;
    for (let i = 0; i < count; i++) {
      const at = completions + ((head + i) & completionMask) * (COMPLETION_SIZE / 4);
      results[ring[at]!] = ring[at + 2]!;
    }
    Atomics.store(ring, this.completionHead, (head + count) >>> 0);
    return count;
  }
}
