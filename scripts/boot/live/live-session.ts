/**
 * A running board as its host has it: the data plane's thread, what has been told of it, and what
 * the console may ask. Everything that is kept is bounded.
 */
import { createHash } from 'node:crypto';
import type { Router } from '../../../config/router.ts';
import type { AuditEnd } from '../../../firmware/board/audit.ts';
import type { Firmware } from '../../../firmware/boot/assemble.ts';
import type { Tables } from '../../../firmware/boot/tables.ts';
import { HEAD_NONE } from '../../audit/audit-chain.ts';
import type { ConsoleSession } from '../../console/session.ts';
import type { LineWriter } from '../../replay/line-writer.ts';
import type { BootLog } from '../boot-log.ts';
import type { Interrupt } from '../interrupt.ts';
import type { LiveWires } from './open-wires.ts';
import type { PlaneAnswers, PlaneCommand, PlaneReport } from './plane-protocol.ts';
import { type PlaneRestart, PlaneSupervisor } from './plane-supervisor.ts';

/** Lines that `show audit` and `show log` have; the audit itself goes on. */
const LINES_KEPT = 1000;

/** What a session is made of. */
export interface LiveSessionParts {
  readonly firmware: Firmware;
  readonly router: Router;
  readonly tables: Tables;
  readonly wires: LiveWires;
  readonly console: BootLog;
  readonly interrupt: Interrupt;
  readonly originNs: bigint;
  /** Where the audit is written, if anywhere. */
  readonly auditFile: LineWriter | null;
}

export class LiveSession implements ConsoleSession {
  readonly firmware: Firmware;
  readonly router: Router;
  readonly tables: Tables;
  readonly audit: string[] = [];
  readonly log: string[] = [];
  /** Lines of the audit so far; not all of them are kept. */
  private auditLines = 0;
  private readonly auditFile: LineWriter | null;
  /** How often the watchdog has started the data plane again. */
  restarts = 0;
  private readonly console: BootLog;
  private readonly interrupt: Interrupt;
  private readonly plane: PlaneSupervisor;

  constructor({ firmware, router, tables, wires, ...parts }: LiveSessionParts) {
    this.firmware = firmware;
    this.router = router;
    this.tables = tables;
    this.console = parts.console;
    this.interrupt = parts.interrupt;
    this.auditFile = parts.auditFile;
    const { plugs, control, wireBell, waitFds, tap } = wires;
    const { originNs } = parts;
    const setup = { firmware, router, plugs, control, wireBell, waitFds, tap, originNs };
    const auditEnd = () => this.auditEnd;
    this.plane = new PlaneSupervisor(setup, wires.planeBell, {
      get auditEnd() {
        return auditEnd();
      },
      onAudit: (lines) => this.takeAudit(lines),
      onLink: (at, port, isUp) => {
        this.tell(at, `${router.board.ports[port].name}: link ${isUp ? 'up' : 'down'}`);
      },
      onRestart: (restart) => this.takeRestart(restart),
    });
  }

  /** @throws {BootError} when the board refuses to boot */
  async start(): Promise<void> {
    await this.plane.start();
  }

  /** Rejects when the data plane fails in a way that nobody has named: our own bug. */
  get failed(): Promise<never> {
    return this.plane.failed;
  }

  async ask<Command extends PlaneCommand>(
    command: Command,
  ): Promise<PlaneAnswers[Command['kind']] | null> {
    if (command.kind === 'admin') this.plane.setShut(command.port, !command.isOpen);
    return (await this.plane.ask(command)) as PlaneAnswers[Command['kind']] | null;
  }

  stop(): void {
    this.interrupt.raise();
  }

  /** The board carries what has arrived, and ends. Once. */
  async end(): Promise<PlaneReport> {
    return this.plane.stop();
  }

  private get auditEnd(): AuditEnd {
    const last = this.audit.at(-1);
    if (last === undefined) return { lines: 0, head: HEAD_NONE };
    return { lines: this.auditLines, head: createHash('sha256').update(last).digest('hex') };
  }

  private takeAudit(lines: readonly string[]): void {
    for (const line of lines) {
      keep(this.audit, line);
      this.auditLines++;
      this.console.incident(line);
      this.auditFile?.write(line);
    }
    this.auditFile?.flush();
  }

  private takeRestart({ at, flows }: PlaneRestart): void {
    this.restarts++;
    const lost = flows === 1 ? '1 flow is lost' : `${flows} flows are lost`;
    this.tell(at, `watchdog: the data plane did not breathe and was started again; ${lost}`);
  }

  private tell(at: bigint, text: string): void {
    const line = `${(Number(at / 1_000_000n) / 1000).toFixed(3)} s: ${text}`;
    keep(this.log, line);
    this.console.item(line);
  }
}

function keep(lines: string[], line: string): void {
  lines.push(line);
  if (lines.length > LINES_KEPT) lines.shift();
}
