/**
 * A board whose wires are captures: it runs in their time, as a replay does, and gives the same
 * receipt every time.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Router } from '../../config/router.ts';
import { Board } from '../../firmware/board/board.ts';
import type { Firmware } from '../../firmware/boot/assemble.ts';
import { compileTables } from '../../firmware/boot/tables.ts';
import { AuditLog } from '../../firmware/report/audit-log.ts';
import { readCounters } from '../../firmware/report/counters.ts';
import { explainError } from '../errors.ts';
import type { Host } from '../host.ts';
import { LineWriter } from '../replay/line-writer.ts';
import { Receipt } from '../replay/receipt.ts';
import { FrameReplay } from '../replay/replay-frames.ts';
import { SourcePorts } from '../replay/source-ports.ts';
import { WiredBoard } from '../replay/wired-board.ts';
import type { Report } from '../report/report.ts';
import { reportOf } from '../report/report-of.ts';
import type { BootLog } from './boot-log.ts';
import type { Interrupt } from './interrupt.ts';
import type { BootOptions } from './options.ts';
import { type CaptureSpec, OpenCaptures, type PortWire } from './port-wires.ts';

/** Frames between two looks at whether we are to stop: some milliseconds. */
const SLICE_FRAMES = 4096;
/** A wire brings what was captured at a gateway: the router stands in for that gateway. */
const CHANGES = { isAsCaptured: false, fixesChecksums: false };

/** What a run over captures is made of. */
export interface CaptureRun {
  readonly firmware: Firmware;
  readonly router: Router;
  readonly wires: readonly PortWire<CaptureSpec>[];
  readonly options: BootOptions;
  readonly log: BootLog;
  readonly interrupt: Interrupt;
}

/** Boots and runs; the report, and whether every capture could be read to its end. */
export async function runCaptures(
  run: CaptureRun,
  host: Host,
): Promise<{ report: Report; isWhole: boolean }> {
  const { router, wires, log } = run;
  const auditFile = run.options.audit === undefined ? null : new LineWriter(run.options.audit);
  const board = boot(run, auditFile);
  const open = new OpenCaptures(wires, router.board.ports);
  log.wires(router, wires);
  log.running('the captures end', run.options.forMs);
  try {
    const report = await runBoard(board, open, run);
    const errors = [...open.input.errors, ...open.input.merge.errors];
    for (const error of errors) host.stderr.write(`${explainError(error).lines.join('\n')}\n`);
    return { report, isWhole: errors.length === 0 };
  } finally {
    open.close();
    auditFile?.close();
  }
}

/** Boots with a log of what happens; the board has its ports up that have wires. */
function boot(
  { firmware, router, wires, options, log }: CaptureRun,
  auditFile: LineWriter | null,
): Board {
  log.title(options.router);
  log.image(firmware);
  const tables = compileTables(firmware.system, router);
  log.authority(firmware, tables);
  log.policy(router);
  const board = new Board(firmware, router, tables, {
    openAudit: (opened) =>
      new AuditLog(opened, (line) => {
        log.incident(line);
        auditFile?.write(line);
      }),
  });
  for (const nic of board.nics) nic.setLink(wires.some(({ port }) => port === nic.port));
  log.board(router);
  return board;
}

/** Runs the board until its captures end, or until we are asked to stop. */
async function runBoard(board: Board, open: OpenCaptures, run: CaptureRun): Promise<Report> {
  const { firmware, router, interrupt, options } = run;
  const receipt = new Receipt({
    firmware: firmware.digest,
    configuration: router.digest,
    ports: router.board.ports.map(({ name }) => name),
  });
  const wired = new WiredBoard(board, { receipt, writers: open.writers });
  const sourcePorts = new SourcePorts(router);
  const frames = new FrameReplay(open.input, wired, { receipt, sourcePorts, changes: CHANGES });
  const start = performance.now();
  const isOver = () => performance.now() - start >= (options.forMs ?? Number.POSITIVE_INFINITY);
  const isAsked = () => interrupt.isRaised || isOver();
  while (!isAsked() && frames.run(frames.count + SLICE_FRAMES)) await nextTurn();
  board.finish();
  const audit = board.endAudit();
  return reportOf(readCounters(board), {
    audit,
    receipt: receipt.finish(audit),
    seconds: Math.round((performance.now() - start) * 1000) / 1_000_000,
    isDeveloperMode: options.system !== undefined,
  });
}
