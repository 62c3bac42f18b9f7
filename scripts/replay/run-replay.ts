import type { ExitCode } from '../exit-code.ts';
import type { Host } from '../host.ts';
import type { ReplayOptions } from './options.ts';

/** Replays captures through the router and prints the report. */
export async function runReplay(options: ReplayOptions, host: Host): Promise<ExitCode> {
  host.log.info({ options }, 'replay');
  throw new Error('replay is not wired to the board');
}
