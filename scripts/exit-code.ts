/** What the process says to the shell that started it. */
export const ExitCode = {
  /** All was done. */
  Done: 0,
  /** The answer is no: a test, a proof or an expectation failed. */
  No: 1,
  /** Usage, configuration or input: the operator can mend it. */
  Usage: 2,
  /** The image or a module was rejected. */
  Rejected: 3,
  /** Our own bug (EX_SOFTWARE of sysexits.h). */
  Bug: 70,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
