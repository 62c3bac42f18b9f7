/**
 * `--annotate`: every frame of the inputs as it was captured, in their order, with what became of
 * it. A frame waits in memory for its outcome, and for those before it.
 */
import { basename } from 'node:path';
import type { CaptureMerge } from '../../drivers/capture-merge.ts';
import { LINK_TYPE_ETHERNET } from '../../drivers/link-type.ts';
import { PcapngWriter } from '../../drivers/pcapng-writer.ts';
import type { Board } from '../../firmware/board/board.ts';
import { type Outcome, takeOutcomes, traceOutcomes } from '../../firmware/report/outcomes.ts';
import { annotate } from './annotation.ts';

/**
 * Frames wait for a packet that a module holds, 3 s of the capture at most. If they are more bytes
 * than this, the oldest is written as undecided: memory stays bounded whatever a module does.
 */
export const WAITING_SIZE_MAX = 256 * 1024 * 1024;
/** Written frames that the queue may still have before their room is used again. */
const WRITTEN_MAX = 4096;
/** The kernel numbers arrivals with 32 bits. */
const ARRIVALS = 2 ** 32;

/** Frames are kept together: an array for each would cost more than the frame. */
const CHUNK_SIZE = 1 << 20;

/** Bytes `start`..`end` of a chunk. */
interface KeptBytes {
  readonly chunk: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** Copies of bytes, in chunks that are gone once nobody has bytes of them. */
class ByteKeeper {
  private chunk = new Uint8Array(CHUNK_SIZE);
  private filled = 0;

  keep(source: Uint8Array, from: number, to: number): KeptBytes {
    const size = to - from;
    if (this.filled + size > this.chunk.length) {
      this.chunk = new Uint8Array(Math.max(CHUNK_SIZE, size));
      this.filled = 0;
    }
    const { chunk, filled: start } = this;
    chunk.set(source.subarray(from, to), start);
    this.filled += size;
    return { chunk, start, end: start + size };
  }
}

/** A frame that is not written yet. */
interface WaitingFrame {
  /** The record of the file. */
  readonly raw: KeptBytes;
  /** The frame in it or made of it, without FCS. */
  readonly frame: KeptBytes;
  readonly wireLength: number;
  readonly seconds: number;
  readonly nanoseconds: number;
  /** Of the file that is written. */
  readonly interface: number;
  readonly port: number;
  outcome: Outcome | null;
}

/** Where the frames of an annotated capture come from: the merge, and its sources' files. */
export interface AnnotatedInputs {
  readonly files: readonly string[];
  readonly merge: CaptureMerge;
}

export class AnnotatedCapture {
  private readonly writer: PcapngWriter;
  private readonly inputs: AnnotatedInputs;
  private readonly board: Board;
  private readonly waitingSizeMax: number;
  /** By source, the indexes that its interfaces have in the file. */
  private readonly interfaces: number[][];
  private readonly keeper = new ByteKeeper();
  private waiting: WaitingFrame[] = [];
  /** Of `waiting`, what is written already. */
  private written = 0;
  /** Number of the frame `waiting[0]` among those that arrived. */
  private first = 0;
  private size = 0;

  /** Creates or empties the file. @throws {CaptureError} when it cannot be written */
  constructor(
    file: string,
    inputs: AnnotatedInputs,
    board: Board,
    waitingSizeMax = WAITING_SIZE_MAX,
  ) {
    this.inputs = inputs;
    this.board = board;
    this.waitingSizeMax = waitingSizeMax;
    this.interfaces = inputs.merge.sources.map(() => []);
    // The stamps of an interface that is met later may be finer: nanoseconds lose nothing.
    this.writer = new PcapngWriter(file, { nanosecond: true, interfaces: [] });
    this.addInterfaces();
    traceOutcomes(board);
  }

  /** The frame that the merge stands on is about to arrive on a port, and has not been changed. */
  arrived(port: number): void {
    const { merge } = this.inputs;
    const { source } = merge;
    const raw = this.keeper.keep(merge.raw, merge.rawStart, merge.rawEnd);
    const isEthernet = merge.interfaces[merge.interface].linkType === LINK_TYPE_ETHERNET;
    const frame = isEthernet ? raw : this.keeper.keep(merge.data, merge.start, merge.end);
    if (this.interfaces[source].length <= merge.interface) this.addInterfaces();
    this.waiting.push({
      raw,
      frame,
      wireLength: merge.rawWireLength,
      seconds: merge.seconds,
      nanoseconds: merge.nanoseconds,
      interface: this.interfaces[source][merge.interface],
      port,
      outcome: null,
    });
    this.size += raw.end - raw.start;
    while (this.size > this.waitingSizeMax) this.writeOldest();
  }

  /** Takes the outcomes that there are, and writes what waited for them. Call it each breath. */
  takeOutcomes(): void {
    for (const outcome of takeOutcomes(this.board)) {
      if (outcome.arrival === null) continue;
      const index = (outcome.arrival - (this.first % ARRIVALS) + ARRIVALS) % ARRIVALS;
      const frame = this.waiting[index];
      if (frame !== undefined) frame.outcome = outcome;
    }
    while (this.written < this.waiting.length && this.waiting[this.written].outcome !== null) {
      this.writeOldest();
    }
  }

  /** Writes the rest, decided or not, and releases the file. Once. */
  close(): void {
    try {
      this.takeOutcomes();
      while (this.written < this.waiting.length) this.writeOldest();
      this.addInterfaces();
    } finally {
      this.writer.close();
    }
  }

  private writeOldest(): void {
    const oldest = this.waiting[this.written];
    const { raw, wireLength, seconds, nanoseconds, outcome } = oldest;
    const { chunk, start, end } = raw;
    const { comment, verdict } = annotate(outcome, oldest, this.board.router);
    const notes = { comments: [comment], verdict, flags: null };
    this.writer.writePacket(
      oldest.interface,
      chunk,
      start,
      end,
      wireLength,
      seconds,
      nanoseconds,
      notes,
    );
    this.size -= end - start;
    this.written++;
    if (this.written < WRITTEN_MAX) return;
    this.waiting = this.waiting.slice(this.written);
    this.first += this.written;
    this.written = 0;
  }

  /** Describes the interfaces of all inputs that the file does not have yet. */
  private addInterfaces(): void {
    const { files, merge } = this.inputs;
    for (const [source, indexes] of this.interfaces.entries()) {
      for (const face of merge.sources[source].interfaces.slice(indexes.length)) {
        // Of several captures without names one still wants to know which is which.
        const isNameless = files.length > 1 && face.name === null && face.description === null;
        const description = isNameless ? basename(files[source]) : face.description;
        indexes.push(this.writer.addInterface({ ...face, description }));
      }
    }
  }
}
