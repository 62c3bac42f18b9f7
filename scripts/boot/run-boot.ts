import { loadRouter } from '../../config/router.ts';
import { ExitCode } from '../exit-code.ts';
import { type Host, hasColour } from '../host.ts';
import { printReport } from '../report/print-report.ts';
import { colourStyle, plainStyle } from '../report/style.ts';
import { warnOf } from '../router-warnings.ts';
import { BootLog } from './boot-log.ts';
import { Interrupt } from './interrupt.ts';
import { runLive } from './live/run-live.ts';
import type { BootOptions } from './options.ts';
import { findWires, isCaptureWire } from './port-wires.ts';
import { runCaptures } from './run-captures.ts';

/** Boots the board, runs until its captures end or Ctrl-C, and prints the report. */
export async function runBoot(options: BootOptions, host: Host): Promise<ExitCode> {
  const router = loadRouter(
    options.router,
    options.board === undefined ? {} : { board: options.board },
  );
  const wires = findWires(options, router);
  warnOf(router, host);
  const firmware = await host.loadFirmware(options.system);
  const style = hasColour(host.stdout, host.environment) ? colourStyle : plainStyle;
  const log = new BootLog(host, style);
  const interrupt = new Interrupt();
  const run = { firmware, router, options, log, interrupt };
  try {
    const captures = wires.filter(isCaptureWire);
    const { report, isWhole } =
      captures.length > 0 && captures.length === wires.length
        ? await runCaptures({ ...run, wires: captures }, host)
        : await runLive({ ...run, wires }, host);
    host.stdout.write('\n');
    const title = { command: 'sluice boot', router: options.router };
    printReport(report, title, host, { isJson: false });
    return isWhole ? ExitCode.Done : ExitCode.Usage;
  } finally {
    interrupt.release();
  }
}
