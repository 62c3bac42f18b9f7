import { setImmediate as nextTurn } from 'node:timers/promises';
import { loadRouter, type Router } from '../../config/router.ts';
import { Board } from '../../firmware/board/board.ts';
import type { Firmware } from '../../firmware/boot/assemble.ts';
import { compileTables } from '../../firmware/boot/tables.ts';
import { AuditLog } from '../../firmware/report/audit-log.ts';
import { readCounters } from '../../firmware/report/counters.ts';
import { explainError } from '../errors.ts';
import { ExitCode } from '../exit-code.ts';
import { type Host, hasColour } from '../host.ts';
import { Receipt } from '../replay/receipt.ts';
import { FrameReplay } from '../replay/replay-frames.ts';
import { SourcePorts } from '../replay/source-ports.ts';
import { WiredBoard } from '../replay/wired-board.ts';
import { printReport } from '../report/print-report.ts';
import type { Report } from '../report/report.ts';
import { reportOf } from '../report/report-of.ts';
import { colourStyle, plainStyle } from '../report/style.ts';
import { loadFirmware } from '../toolchain/load-firmware.ts';
import { BootLog } from './boot-log.ts';
import { Interrupt } from './interrupt.ts';
import type { BootOptions } from './options.ts';
import { findWires, OpenWires, type PortWire } from './port-wires.ts';

/** Frames between two looks at whether we are to stop: some milliseconds. */
const SLICE_FRAMES = 4096;
/** A wire brings what was captured at a gateway: the router stands in for that gateway. */
const CHANGES = { isAsCaptured: false, fixesChecksums: false };

function logWires(log: BootLog, wires: readonly PortWire[], { board }: Router): void {
  log.heading('wires');
  for (const [port, { name }] of board.ports.entries()) {
    const wire = wires.find((candidate) => candidate.port === port);
    const out = wire?.out === undefined ? '' : `, writes ${wire.out}`;
    log.item(wire === undefined ? `${name}: none, link down` : `${name}: reads ${wire.in}${out}`);
  }
  if (wires.length === 0) return;
  log.item("unicast frames get their port's MAC address: it stands in for the capture's gateway");
  log.item(
    'the subnets behind these ports answer ARP with 02:00 and the four bytes of the address',
  );
}

/** Boots with a log of what happens; the board has its ports up that have wires. */
function boot(firmware: Firmware, router: Router, wires: readonly PortWire[], log: BootLog): Board {
  log.image(firmware);
  const tables = compileTables(firmware.system, router);
  log.authority(firmware, tables);
  log.policy(router);
  const board = new Board(firmware, router, tables, {
    openAudit: (opened) => new AuditLog(opened, (line) => log.incident(line)),
  });
  for (const nic of board.nics) nic.setLink(wires.some(({ port }) => port === nic.port));
  log.board(router, board.nics);
  return board;
}

/** Runs the board until its captures end, or until we are asked to stop. */
async function run(
  board: Board,
  open: OpenWires,
  interrupt: Interrupt,
  options: BootOptions,
): Promise<Report> {
  const { firmware, router } = board;
  const receipt = new Receipt({
    firmware: firmware.digest,
    configuration: router.digest,
    ports: router.board.ports.map(({ name }) => name),
  });
  const wired = new WiredBoard(board, { receipt, writers: open.writers });
  const sourcePorts = new SourcePorts(router);
  const frames = new FrameReplay(open.input, wired, { receipt, sourcePorts, changes: CHANGES });
  const start = performance.now();
  if (open.isIdle) await interrupt.wait();
  while (!interrupt.isRaised && frames.run(frames.count + SLICE_FRAMES)) await nextTurn();
  board.finish();
  const audit = board.endAudit();
  return reportOf(readCounters(board), {
    audit,
    receipt: receipt.finish(audit),
    seconds: Math.round((performance.now() - start) * 1000) / 1_000_000,
    isDeveloperMode: options.system !== undefined,
  });
}

/** Boots the board, runs until its captures end or Ctrl-C, and prints the report. */
export async function runBoot(options: BootOptions, host: Host): Promise<ExitCode> {
  const router = loadRouter(
    options.router,
    options.board === undefined ? {} : { board: options.board },
  );
  const wires = findWires(options.wires, router);
  const firmware = await loadFirmware(options.system);
  const style = hasColour(host.stdout, host.environment) ? colourStyle : plainStyle;
  const log = new BootLog(host, style);
  log.title(options.router);
  const board = boot(firmware, router, wires, log);
  const open = new OpenWires(wires, board.nics.length);
  logWires(log, wires, router);
  const interrupt = new Interrupt();
  log.heading(open.isIdle ? 'running until Ctrl-C' : 'running until the captures end');
  let report: Report;
  try {
    report = await run(board, open, interrupt, options);
  } finally {
    interrupt.release();
    open.close();
  }
  const errors = [...open.input.errors, ...open.input.merge.errors];
  for (const error of errors) host.stderr.write(`${explainError(error).lines.join('\n')}\n`);
  host.stdout.write('\n');
  const title = { command: 'sluice boot', router: options.router };
  printReport(report, title, host, { isJson: false });
  return errors.length === 0 ? ExitCode.Done : ExitCode.Usage;
}
