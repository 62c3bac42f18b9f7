import type { ExitCode } from '../exit-code.ts';
import type { Host } from '../host.ts';
import { runBuild } from './build-module.ts';
import { runCheck } from './check-module.ts';
import { runNew } from './new-module.ts';
import type { ModuleOptions } from './options.ts';
import { runShow } from './show-module.ts';
import { runModuleTests } from './test-module.ts';

/** Carries out `sluice module`. */
export async function runModule(options: ModuleOptions, host: Host): Promise<ExitCode> {
  switch (options.action) {
    case 'new':
      return runNew(options.folder, host);
    case 'build':
      return runBuild(options, host);
    case 'check':
      return runCheck(options, host);
    case 'test':
      return runModuleTests(options, host);
    case 'show':
      return runShow(options, host);
  }
}
