import type { Extent } from './byte-stream.ts';
import { CaptureError } from './capture-error.ts';
import type { CaptureInterface, CaptureSource } from './capture-source.ts';

/**
 * Several captures as one, by time; at equal times in the order of the sources. A record without
 * a stamp takes the current time, the latest that was delivered, so it comes next. A source's own
 * order is never changed: a record earlier than the current time keeps its stamp and comes next.
 *
 * A source that fails leaves the merge with its error in `errors`, and the others go on.
 */
export class CaptureMerge implements CaptureSource {
  readonly isNanosecond: boolean;
  readonly errors: CaptureError[] = [];
  /** Which of the sources the record is from, by index. */
  source = -1;
  data = new Uint8Array(0);
  start = 0;
  end = 0;
  wireLength = 0;
  seconds = 0;
  nanoseconds = 0;
  hasTime = false;
  /** An index into the interfaces of that source. */
  interface = 0;
  raw = new Uint8Array(0);
  rawStart = 0;
  rawEnd = 0;
  rawWireLength = 0;

  readonly sources: readonly CaptureSource[];
  /** Indexes of the sources that stand on a record, in order. */
  private readonly ready: number[] = [];
  private isStarted = false;
  private nowSeconds = 0;
  private nowNanoseconds = 0;

  constructor(sources: readonly CaptureSource[]) {
    this.sources = sources;
    this.isNanosecond = sources.some((source) => source.isNanosecond);
  }

  /** Those of the source that the record is from. */
  get interfaces(): readonly CaptureInterface[] {
    return this.source < 0 ? [] : this.sources[this.source].interfaces;
  }

  /** Of all sources; null if one does not know its own. */
  get extent(): Extent | null {
    let read = 0;
    let size = 0;
    for (const { extent } of this.sources) {
      if (extent === null) return null;
      read += extent.read;
      size += extent.size;
    }
    return size > 0 ? { read, size } : null;
  }

  next(): boolean {
    if (!this.isStarted) this.begin();
    // The source is moved on only now: until this call its record had to stay where it was.
    else if (this.source >= 0 && !this.advance(this.source)) {
      this.ready.splice(this.ready.indexOf(this.source), 1);
    }
    this.source = this.earliest();
    if (this.source < 0) return false;
    this.take(this.sources[this.source]!);
    return true;
  }

  close(): void {
    for (const source of this.sources) source.close();
    this.isStarted = true;
    this.ready.length = 0;
    this.source = -1;
  }

  private begin(): void {
    this.isStarted = true;
    for (let index = 0; index < this.sources.length; index++) {
      if (this.advance(index)) this.ready.push(index);
    }
  }

  private advance(index: number): boolean {
    try {
      return this.sources[index]!.next();
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      this.errors.push(error);
      return false;
    }
  }

  /** The source whose record comes next; -1 if none has one. */
  private earliest(): number {
    let best = -1;
    let bestSeconds = 0;
    let bestNanoseconds = 0;
    for (const index of this.ready) {
      const source = this.sources[index]!;
      const seconds = source.hasTime ? source.seconds : this.nowSeconds;
      const nanoseconds = source.hasTime ? source.nanoseconds : this.nowNanoseconds;
      const isEarlier =
        seconds < bestSeconds || (seconds === bestSeconds && nanoseconds < bestNanoseconds);
      if (best >= 0 && !isEarlier) continue;
      best = index;
      bestSeconds = seconds;
      bestNanoseconds = nanoseconds;
    }
    return best;
  }

  private take(source: CaptureSource): void {
    this.data = source.data as Uint8Array<ArrayBuffer>;
    this.start = source.start;
    this.end = source.end;
    this.wireLength = source.wireLength;
    this.interface = source.interface;
    this.raw = source.raw as Uint8Array<ArrayBuffer>;
    this.rawStart = source.rawStart;
    this.rawEnd = source.rawEnd;
    this.rawWireLength = source.rawWireLength;
    this.hasTime = source.hasTime;
    this.seconds = source.hasTime ? source.seconds : this.nowSeconds;
    this.nanoseconds = source.hasTime ? source.nanoseconds : this.nowNanoseconds;
    this.pass(this.seconds, this.nanoseconds);
  }

  /** The current time is this, unless it is later: also of records that were read beside it. */
  pass(seconds: number, nanoseconds: number): void {
    if (
      seconds > this.nowSeconds ||
      (seconds === this.nowSeconds && nanoseconds > this.nowNanoseconds)
    ) {
      this.nowSeconds = seconds;
      this.nowNanoseconds = nanoseconds;
    }
  }
}
