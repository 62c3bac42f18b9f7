/**
 * A board with real wires: booted, run until somebody asks it to stop, and reported on.
 */
import type { Router } from '../../../config/router.ts';
import type { Firmware } from '../../../firmware/boot/assemble.ts';
import { compileTables } from '../../../firmware/boot/tables.ts';
import type { Report } from '../../report/report.ts';
import { reportOf } from '../../report/report-of.ts';
import type { BootLog } from '../boot-log.ts';
import type { Interrupt } from '../interrupt.ts';
import type { BootOptions } from '../options.ts';
import type { PortWire } from '../port-wires.ts';
import { LiveWires } from './open-wires.ts';
import type { PlaneSetup } from './plane-protocol.ts';
import { type PlaneListener, PlaneSupervisor } from './plane-supervisor.ts';

/** What a live run is made of. */
export interface LiveRun {
  readonly firmware: Firmware;
  readonly router: Router;
  readonly wires: readonly PortWire[];
  readonly options: BootOptions;
  readonly log: BootLog;
  readonly interrupt: Interrupt;
}

/** Seconds since boot, as the board's console shows them. */
function stamp(at: bigint): string {
  return `${(Number(at / 1_000_000n) / 1000).toFixed(3).padStart(10)} `;
}

/** Boots, runs and stops. @throws {WireError} before anything is booted */
export async function runLive(run: LiveRun): Promise<Report> {
  const { router, wires } = run;
  const portNames = router.board.ports.map(({ name }) => name);
  const live = new LiveWires(wires, portNames);
  try {
    await live.openSockets(wires, portNames);
    return await runOpen(run, live, portNames);
  } finally {
    await live.close();
  }
}

async function runOpen(
  { firmware, router, wires, options, log, interrupt }: LiveRun,
  live: LiveWires,
  portNames: readonly string[],
): Promise<Report> {
  log.title(options.router);
  log.image(firmware);
  log.authority(firmware, compileTables(firmware.system, router));
  log.policy(router);
  const { plugs, control, wireBell, waitFds } = live;
  const setup: PlaneSetup = { firmware, router, plugs, control, wireBell, waitFds };
  const listener: PlaneListener = {
    onEvent: (event) => {
      if (event.kind === 'audit') for (const line of event.lines) log.incident(line);
      else
        log.item(`${stamp(event.at)}${portNames[event.port]}: link ${event.isUp ? 'up' : 'down'}`);
    },
    onRestart: (why) => log.item(`watchdog: ${why}; it was started again`),
  };
  const plane = new PlaneSupervisor(setup, live.planeBell, listener);
  await plane.start();
  log.board(router);
  log.wires(router, wires);
  log.running('Ctrl-C', options.forMs);
  const start = performance.now();
  const { forMs } = options;
  const end = forMs === undefined ? interrupt.wait() : interrupt.sleep(forMs);
  await Promise.race([end, plane.failed]);
  const { counters, audit } = await plane.stop();
  return reportOf(counters, {
    audit,
    receipt: undefined,
    seconds: Math.round((performance.now() - start) * 1000) / 1_000_000,
    isDeveloperMode: options.system !== undefined,
  });
}
