import type { ExitCode } from '../exit-code.ts';
import type { Host } from '../host.ts';

/** What `sluice test` was asked for. */
export interface RouterTestOptions {
  readonly router: string;
}

/** Runs the tests of a router file; `No` if one misses. */
export async function runRouterTests(options: RouterTestOptions, host: Host): Promise<ExitCode> {
  host.log.info({ options }, 'test');
  throw new Error('test is not wired to the board');
}
