import { CaptureError } from '../../../drivers/capture-error.ts';

/** Between two looks of whoever reads a capture along. */
const FLUSH_MS = 1000;

/** Captures that are written until the disk refuses: then what they record goes on without them. */
export class Recording<Files extends { flush(): void; close(): void }> {
  private files: Files | null;
  private readonly timer: NodeJS.Timeout;
  private readonly complain: (why: string) => void;

  /** `complain` is told, once, why nothing more is recorded. */
  constructor(files: Files, complain: (why: string) => void) {
    this.files = files;
    this.complain = complain;
    this.timer = setInterval(() => this.write((open) => open.flush()), FLUSH_MS);
  }

  /** Does `action` with the files, if they can still be written. */
  write(action: (files: Files) => void): void {
    if (this.files === null) return;
    try {
      action(this.files);
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      this.files = null;
      this.complain(`${error.message}; nothing more is recorded`);
    }
  }

  /** Writes the rest. Once. */
  close(): void {
    clearInterval(this.timer);
    this.write((files) => files.close());
  }
}
