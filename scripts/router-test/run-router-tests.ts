import { loadRouter } from '../../config/router.ts';
import { compileTables } from '../../firmware/boot/tables.ts';
import { ExitCode } from '../exit-code.ts';
import type { Host } from '../host.ts';
import { hasColour } from '../host.ts';
import { Progress } from '../progress.ts';
import { colourStyle, plainStyle } from '../report/style.ts';
import { warnOf } from '../router-warnings.ts';
import { RouterTestBench } from './test-bench.ts';
import { testReport } from './test-report.ts';

/** What `sluice test` was asked for. */
export interface RouterTestOptions {
  readonly router: string;
}

/** Runs the tests of a router file; `No` if one misses. */
export async function runRouterTests(options: RouterTestOptions, host: Host): Promise<ExitCode> {
  const router = loadRouter(options.router);
  warnOf(router, host);
  const firmware = await host.loadFirmware();
  host.log.info({ firmware: firmware.digest, router: router.digest }, 'test');
  const bench = new RouterTestBench(firmware, router, compileTables(firmware.system, router));
  const progress = new Progress(host, 'tests');
  const results = router.tests.map((test, index) => {
    progress.show(index);
    return bench.run(test);
  });
  progress.finish();
  const style = hasColour(host.stdout, host.environment) ? colourStyle : plainStyle;
  host.stdout.write(testReport(options.router, results, style));
  if (results.length === 0) {
    host.stderr.write(`sluice: ${options.router} has no tests; add packets under "tests:"\n`);
  }
  return results.every(({ isHit }) => isHit) ? ExitCode.Done : ExitCode.No;
}
