import type { Host } from './host.ts';
import { formatCount } from './report/table.ts';

const ERASE_LINE = '\r\u001b[K';
const QUIET_MS = 1000;
const EVERY_MS = 200;

/** Says on a terminal how far work has come that takes longer than a second. */
export class Progress {
  private readonly stream: Host['stderr'];
  private readonly what: string;
  private next = performance.now() + QUIET_MS;
  private isShown = false;

  constructor(host: Host, what: string) {
    this.stream = host.stderr;
    this.what = what;
  }

  /** Call it now and then, not for each of what is counted. */
  show(count: number): void {
    if (this.stream.isTTY !== true) return;
    const now = performance.now();
    if (now < this.next) return;
    this.next = now + EVERY_MS;
    this.isShown = true;
    this.stream.write(`${ERASE_LINE}${formatCount(count)} ${this.what}`);
  }

  /** Takes the line away. */
  finish(): void {
    if (this.isShown) this.stream.write(ERASE_LINE);
    this.isShown = false;
  }
}
