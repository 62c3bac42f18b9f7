/**
 * The audit log: JSON Lines, each with its number and the SHA-256 of the line before it. Of events
 * that are alike the first is written at once and in full; those that follow within a minute of
 * virtual time are counted, and become one line when the minute is over. docs/audit.md.
 */
import { createHash } from 'node:crypto';

/** Events that are alike are one line for so long, ns of virtual time. */
export const AUDIT_WINDOW_NS = 60_000_000_000n;
/** Kinds of events told apart at a time; beyond them all of one name are alike. */
export const AUDIT_KEYS_MAX = 1024;
/** How often it is looked whether a window is over, ns of virtual time. */
const SWEEP_NS = 1_000_000_000n;

export type AuditSink = (line: string) => void;
export type AuditFields = Readonly<Record<string, unknown>>;

/** What a report and a receipt say of a log: a cut tail shows in them. */
export interface AuditEnd {
  readonly lines: number;
  /** SHA-256 in hex of the last line, without its line feed. */
  readonly head: string;
}

/** How often something happened again, and its first and last times, ns since boot. */
interface Repetition {
  readonly first: bigint;
  last: bigint;
  repeated: number;
}

interface Window extends Repetition {
  readonly event: string;
  readonly kind: AuditFields;
}

/**
 * A board's log. This one writes what the board itself has to say; firmware/report/audit-log.ts
 * names what the kernel reports of single packets besides.
 */
export class Audit {
  readonly #sink: AuditSink | null;
  readonly #windows = new Map<string, Window>();
  #lines: number;
  #head: string;
  #nextSweep = SWEEP_NS;

  /** Goes on after `end`, so that a board that was started again has one log. */
  constructor(sink: AuditSink | null = null, end: AuditEnd = { lines: 0, head: '0'.repeat(64) }) {
    this.#sink = sink;
    this.#lines = end.lines;
    this.#head = end.head;
  }

  get end(): AuditEnd {
    return { lines: this.#lines, head: this.#head };
  }

  /** The kernel has run on to `now`, ns since boot: windows that are over are written. */
  onBreath(now: bigint): void {
    if (now < this.#nextSweep) return;
    this.#nextSweep = now + SWEEP_NS;
    for (const [key, window] of this.#windows) {
      if (now - window.first >= AUDIT_WINDOW_NS) this.#close(key, window, now);
    }
  }

  /** The last call: whatever was only counted so far is written. */
  finish(now: bigint): AuditEnd {
    this.flush(now);
    return this.end;
  }

  /** Appends one line; `time` is ns since boot. */
  write(time: bigint, event: string, fields: AuditFields): void {
    const place = { seq: this.#lines, prev: this.#head, time: formatTime(time) };
    const line = JSON.stringify({ ...place, event, ...fields });
    this.#head = createHash('sha256').update(line).digest('hex');
    this.#lines++;
    this.#sink?.(line);
  }

  /** An event that may come often: those of the same `kind` are alike, whatever their `detail`. */
  record(time: bigint, event: string, kind: AuditFields, detail: AuditFields = {}): void {
    let key = `${event} ${JSON.stringify(kind)}`;
    let told = kind;
    if (!this.#windows.has(key) && this.#windows.size >= AUDIT_KEYS_MAX) {
      key = event;
      told = { others: true };
    }
    const window = this.#windows.get(key);
    if (window === undefined) {
      this.#windows.set(key, { event, kind: told, first: time, last: time, repeated: 0 });
      this.write(time, event, { ...kind, ...detail });
      return;
    }
    window.last = time;
    window.repeated++;
  }

  /** Writes what all windows have counted. */
  flush(now: bigint): void {
    for (const [key, window] of this.#windows) this.#close(key, window, now);
  }

  #close(key: string, window: Window, now: bigint): void {
    this.#windows.delete(key);
    const { event, kind, first, last, repeated } = window;
    if (repeated > 0) this.writeRepeated(now, event, kind, { repeated, first, last });
  }

  /** One line for events that were only counted since one like them was written, at `first`. */
  writeRepeated(now: bigint, event: string, kind: AuditFields, seen: Repetition): void {
    const { repeated, first, last } = seen;
    const times = { repeated, first: formatTime(first), last: formatTime(last) };
    this.write(now, event, { ...times, ...kind });
  }
}

/** Seconds with nine decimals. */
function formatTime(time: bigint): string {
  return `${time / 1_000_000_000n}.${String(time % 1_000_000_000n).padStart(9, '0')}`;
}
