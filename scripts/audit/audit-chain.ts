/** Whether an audit log is the chain that the board wrote: docs/audit.md. */
import { createHash } from 'node:crypto';

/** The longest line that a board writes is far shorter. */
export const LINE_SIZE_MAX = 65_536;
/** What stands for the line before the first. */
export const HEAD_NONE = '0'.repeat(64);

/** Where a chain breaks, and how it shows. Lines are counted from 1. */
export interface Break {
  readonly line: number;
  readonly why: string;
}

/** What a report says of the end of its log. */
export interface ExpectedEnd {
  readonly lines?: number | undefined;
  readonly head?: string | undefined;
}

interface Place {
  readonly seq: number;
  readonly prev: string;
}

/** The chain's part of a line; null: it is no line of an audit log. */
function placeOf(text: string): Place | null {
  try {
    const { seq, prev } = JSON.parse(text);
    return Number.isSafeInteger(seq) && typeof prev === 'string' ? { seq, prev } : null;
  } catch {
    return null;
  }
}

/** Reads a log line by line and remembers the first place at which it is broken. */
export class AuditChain {
  #lines = 0;
  #head = HEAD_NONE;
  #broken: Break | null = null;

  get lines(): number {
    return this.#lines;
  }

  /** SHA-256 in hex of the last line so far. */
  get head(): string {
    return this.#head;
  }

  get broken(): Break | null {
    return this.#broken;
  }

  /** Takes the next line, its bytes without the line feed. */
  add(bytes: Uint8Array): void {
    const line = ++this.#lines;
    const place = placeOf(new TextDecoder().decode(bytes));
    if (place === null) this.#break(line, 'it is no line of an audit log');
    else if (place.seq !== line - 1) this.#break(line, outOfOrder(place.seq, line - 1));
    else if (place.prev !== this.#head) this.#break(Math.max(1, line - 1), changed(line));
    this.#head = createHash('sha256').update(bytes).digest('hex');
  }

  /** The log has ended; `isWhole`: with a line feed. */
  end(isWhole: boolean, expected: ExpectedEnd = {}): void {
    const { lines, head } = expected;
    if (this.#lines === 0) this.#break(1, 'the log is empty, and every log has a first line');
    if (!isWhole) this.#break(this.#lines, 'it is cut short: no line feed ends it');
    if (lines !== undefined && lines !== this.#lines) {
      const found = `${this.#lines} lines where the report counted ${lines}`;
      this.#break(Math.min(lines, this.#lines) + 1, `${found}: the end was cut off or added to`);
    }
    if (head !== undefined && head !== this.#head) {
      this.#break(Math.max(1, this.#lines), `its SHA-256 is ${this.#head} and not the head`);
    }
  }

  #break(line: number, why: string): void {
    this.#broken ??= { line, why };
  }
}

function outOfOrder(seq: number, wanted: number): string {
  const how = seq > wanted ? 'a line before it was removed' : 'a line was put in or moved here';
  return `it has the number ${seq} where ${wanted} belongs: ${how}`;
}

function changed(line: number): string {
  if (line === 1) return 'its prev is not 64 zeros: it was changed, or is not the first';
  return `its SHA-256 is not the prev of line ${line}: one of the two was changed`;
}
