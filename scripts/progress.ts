import type { Host } from './host.ts';
import { formatCount } from './report/table.ts';

const ERASE_LINE = '\r\u001b[K';
const QUIET_MS = 1000;
const EVERY_MS = 200;
/** A pause that is worth a word. */
const PAUSE_MS_MIN = 2000;

const UNITS: readonly (readonly [name: string, seconds: number])[] = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
];

/** A time such as `4 s`, `12 min` or `3 h 20 min`: two units at most. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(1, Math.ceil(seconds));
  const first = UNITS.findIndex(([, size]) => whole >= size);
  const [name, size] = UNITS[first];
  const next = UNITS[first + 1];
  const rest = next === undefined ? 0 : Math.floor((whole % size) / next[1]);
  const text = `${formatCount(Math.floor(whole / size))} ${name}`;
  return next === undefined || rest === 0 ? text : `${text} ${rest} ${next[0]}`;
}

/** A terminal that can take a line back, with a person before it. */
function isWatched({ stderr, environment }: Host): boolean {
  const isAutomatic = (environment['CI'] ?? '') !== '' || environment['TERM'] === 'dumb';
  return stderr.isTTY === true && !isAutomatic;
}

/**
 * Says on a terminal how far work has come that takes longer than a second: how many, how fast,
 * and where the end is known, which part is done and how long the rest will take.
 */
export class Progress {
  private readonly stream: Host['stderr'];
  private readonly what: string;
  private readonly share: () => number | null;
  private readonly start = performance.now();
  private next = this.start + QUIET_MS;
  private isShown = false;

  /** `share` is the part that is done, 0..1, or null where nobody knows. */
  constructor(host: Host, what: string, share: () => number | null = () => null) {
    this.stream = host.stderr;
    this.what = what;
    this.share = share;
    if (!isWatched(host)) this.next = Number.POSITIVE_INFINITY;
  }

  /** Call it now and then, not for each of what is counted; `pauseMs` is until the next one. */
  show(count: number, pauseMs = 0): void {
    const now = performance.now();
    if (now < this.next) return;
    this.next = now + EVERY_MS;
    this.isShown = true;
    this.stream.write(`${ERASE_LINE}${this.line(count, (now - this.start) / 1000, pauseMs)}`);
  }

  /** Takes the line away. */
  finish(): void {
    if (this.isShown) this.stream.write(ERASE_LINE);
    this.isShown = false;
  }

  private line(count: number, seconds: number, pauseMs: number): string {
    const parts = [`${formatCount(count)} ${this.what}`];
    if (seconds > 0) parts.push(`${formatCount(count / seconds)} a second`);
    const share = this.share();
    if (share !== null) parts.push(`${Math.floor(Math.min(1, share) * 100)} %`);
    if (pauseMs >= PAUSE_MS_MIN) parts.push(`the next in ${formatDuration(pauseMs / 1000)}`);
    else if (share !== null && share > 0 && share < 1) {
      parts.push(`${formatDuration((seconds * (1 - share)) / share)} left`);
    }
    return parts.join(', ');
  }
}
