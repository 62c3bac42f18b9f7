/**
 * The host's log: JSON Lines on stderr, for people who look for a mistake. Nothing of what a
 * command is asked for goes here, and no packet ever does.
 */
import type { HostLog, TextStream } from './host.ts';

/** From everything to nothing. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

export type LogLevel = (typeof logLevels)[number];

/** Quiet unless asked: what an operator must know is said in plain words, not logged. */
export const LOG_LEVEL_DEFAULT: LogLevel = 'silent';

/** A log that writes lines of at least this level to `stream`, at once. */
export async function createHostLog(level: LogLevel, stream: TextStream): Promise<HostLog> {
  if (level === 'silent') return { info: () => {} };
  // Only who asks for a log waits for its library: 20 ms a start.
  const { pino } = await import('pino');
  const destination = { write: (line: string) => void stream.write(line) };
  const log: HostLog = pino({ level, base: null }, destination);
  return log;
}
