import type { ExitCode } from '../exit-code.ts';
import type { Host } from '../host.ts';
import type { BootOptions } from './options.ts';

/** Boots the board, runs until its captures end or Ctrl-C, and prints the report. */
export async function runBoot(options: BootOptions, host: Host): Promise<ExitCode> {
  host.log.info({ options }, 'boot');
  throw new Error('boot is not wired to the board');
}
