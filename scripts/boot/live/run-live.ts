/**
 * A board with real wires: booted, run until somebody asks it to stop, and reported on.
 */
import type { Router } from '../../../config/router.ts';
import type { Firmware } from '../../../firmware/boot/assemble.ts';
import { compileTables } from '../../../firmware/boot/tables.ts';
import { ControlSocket } from '../../console/control-socket.ts';
import { Terminal } from '../../console/terminal.ts';
import type { Host } from '../../host.ts';
import { LineWriter } from '../../replay/line-writer.ts';
import type { Report } from '../../report/report.ts';
import { reportOf } from '../../report/report-of.ts';
import type { BootLog } from '../boot-log.ts';
import type { Interrupt } from '../interrupt.ts';
import type { BootOptions } from '../options.ts';
import type { PortWire } from '../port-wires.ts';
import { LiveSession } from './live-session.ts';
import { LiveWires } from './open-wires.ts';

/** What a live run is made of. */
export interface LiveRun {
  readonly firmware: Firmware;
  readonly router: Router;
  readonly wires: readonly PortWire[];
  readonly options: BootOptions;
  readonly log: BootLog;
  readonly interrupt: Interrupt;
}

/**
 * Boots, runs and stops; the report, and whether all was read and recorded that should have been.
 */
export async function runLive(
  run: LiveRun,
  host: Host,
): Promise<{ report: Report; isWhole: boolean }> {
  const { router, wires, options } = run;
  const { ports } = router.board;
  const live = new LiveWires(wires, router);
  let isWhole = true;
  live.onComplaint = (why) => {
    isWhole = false;
    host.stderr.write(`sluice: ${why}\n`);
  };
  try {
    const originNs = process.hrtime.bigint();
    const plan = { folder: options.tapCapture ?? '', ports, epochMs: Date.now() };
    await live.openThread(originNs, options.tapCapture === undefined ? null : plan);
    const report = await runOpen(run, live, originNs, host);
    return { report, isWhole };
  } finally {
    await live.close();
    const { notRecorded } = live;
    if (notRecorded > 0) host.stderr.write(`sluice: ${notRecorded} frames were not recorded\n`);
  }
}

async function runOpen(
  { firmware, router, wires, options, log, interrupt }: LiveRun,
  live: LiveWires,
  originNs: bigint,
  host: Host,
): Promise<Report> {
  const tables = compileTables(firmware.system, router);
  const auditFile = options.audit === undefined ? null : new LineWriter(options.audit);
  const parts = { firmware, router, tables, wires: live, console: log, interrupt, originNs };
  const session = new LiveSession({ ...parts, auditFile });
  const socket = options.socket === undefined ? null : new ControlSocket(session);
  if (socket !== null) await socket.open(options.socket!);
  try {
    log.title(options.router);
    log.image(firmware);
    log.authority(firmware, tables);
    log.policy(router);
    await session.start();
    log.board(router);
    log.wires(router, wires);
    log.running('Ctrl-C', options.forMs);
    const start = performance.now();
    const terminal = Terminal.on(host, session, log);
    const end = options.forMs === undefined ? interrupt.wait() : interrupt.sleep(options.forMs);
    await Promise.race([end, session.failed, live.failed]);
    terminal?.close();
    const { counters, audit } = await session.end();
    return reportOf(counters, {
      audit,
      receipt: undefined,
      seconds: Math.round((performance.now() - start) * 1000) / 1_000_000,
      isDeveloperMode: options.system !== undefined,
    });
  } finally {
    await socket?.close();
    auditFile?.close();
  }
}
