/** What can be wrong with a capture file. Stable: reports and tests name them. */
export type CaptureErrorCode =
  | 'CAPTURE_MISSING'
  | 'CAPTURE_UNREADABLE'
  | 'CAPTURE_EMPTY'
  | 'CAPTURE_NOT_A_CAPTURE'
  | 'CAPTURE_UNSUPPORTED_FORMAT'
  | 'CAPTURE_UNSUPPORTED_VERSION'
  | 'CAPTURE_UNSUPPORTED_LINK_TYPE'
  | 'CAPTURE_TRUNCATED_HEADER'
  | 'CAPTURE_TRUNCATED_RECORD'
  | 'CAPTURE_RECORD_TOO_LONG'
  | 'CAPTURE_BAD_BLOCK'
  | 'CAPTURE_TOO_MANY_INTERFACES'
  | 'CAPTURE_BAD_COMPRESSION'
  | 'CAPTURE_UNWRITABLE';

/**
 * A capture file that cannot be read or written any further. `message` is one line and says the
 * file, the byte and what is wrong there; `offset` is in bytes from the start of the file.
 */
export class CaptureError extends Error {
  override readonly name = 'CaptureError';
  readonly code: CaptureErrorCode;
  readonly file: string;
  readonly offset: number;

  constructor(code: CaptureErrorCode, file: string, offset: number, what: string) {
    super(`${file}: byte ${offset}: ${what}`);
    this.code = code;
    this.file = file;
    this.offset = offset;
  }
}

/** The operating system's short name of an error ("ENOSPC"), for a message. */
export function systemCodeOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  // Not from the operating system, so it is our own bug and not the operator's to mend.
  if (typeof code !== 'string' || !/^E[A-Z0-9]+$/.test(code)) throw error;
  return code;
}
