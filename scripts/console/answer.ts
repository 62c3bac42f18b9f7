/** What a console command gives: a value for programs, and lines for people. */
export interface Answer {
  readonly value: unknown;
  readonly lines: readonly string[];
  /** What was asked has the answer no: nobody replied. */
  readonly isNo?: boolean;
}

/** Takes a line that can be told before the answer is there. */
export type Progress = (line: string) => void;

/** A command that cannot be carried out: one line, and what to do. */
export class ConsoleError extends Error {
  override readonly name = 'ConsoleError';
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }

  /** The one line. */
  get line(): string {
    return this.hint === undefined ? this.message : `${this.message}; ${this.hint}`;
  }
}
