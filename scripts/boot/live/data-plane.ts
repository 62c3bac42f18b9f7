/**
 * The data plane of a board that real wires are plugged into: one loop that takes frames from the
 * wires, lets the board breathe, and sleeps when there is nothing to do. Nothing here waits for
 * the host, and no clock is read: whoever starts it hands one in.
 */
import { Doorbell } from '../../../drivers/wires/doorbell.ts';
import { waitForFds } from '../../../drivers/wires/linux/epoll.ts';
import { libcFor } from '../../../drivers/wires/linux/libc.ts';
import { PortTap } from '../../../drivers/wires/port-tap.ts';
import { Board } from '../../../firmware/board/board.ts';
import { compileTables } from '../../../firmware/boot/tables.ts';
import { AuditLog } from '../../../firmware/report/audit-log.ts';
import { readCounters } from '../../../firmware/report/counters.ts';
import { FlowCensus, listFlows } from '../../../firmware/report/flow-list.ts';
import { askForHugePages } from '../../huge-pages.ts';
import { LivePort } from './live-port.ts';
import { tellModules } from './machine-messages.ts';
import { Pings } from './pings.ts';
import {
  FLOWS_WORD,
  HEARTBEAT_WORD,
  type HeardNeighbor,
  type PlaneAnswer,
  type PlaneBefore,
  type PlaneCommand,
  type PlaneEvent,
  type PlaneReport,
  type PlaneRequest,
  type PlaneSetup,
} from './plane-protocol.ts';

const SECOND = 1_000_000_000n;
const MILLISECOND = 1_000_000n;
/** Between two looks at the links, and at what modules do by the clock: the board's tick. */
const TICK_NS = 100n * MILLISECOND;

/** Entries of the flow table counted a tick: 20 us. */
const CENSUS_PART = 8192;

/** What a data plane is run by. */
export interface PlaneHost {
  /** The host's time in ns since the plane began; never goes back. */
  now(): bigint;
  tell(event: PlaneEvent): void;
  /** The next request, null when there is none. */
  nextRequest(): PlaneRequest | null;
}

export class DataPlane {
  readonly board: Board;
  readonly ports: readonly LivePort[];
  private readonly host: PlaneHost;
  private readonly bell: Doorbell;
  private readonly wireBell: Doorbell;
  private readonly tap: PortTap | null;
  private readonly control: Int32Array;
  private readonly sleep: (rings: number, ms: number) => void;
  private readonly census: FlowCensus;
  private readonly pings: Pings;
  private audit!: AuditLog;
  private auditLines: string[] = [];
  private nextTick = 0n;
  private restarts = 0;
  private hasSent = false;
  private isStopping = false;

  /** Boots the board. @throws BootError */
  constructor(setup: PlaneSetup, host: PlaneHost) {
    const { firmware, router, control } = setup;
    this.host = host;
    this.control = new Int32Array(control);
    this.bell = new Doorbell(control);
    this.sleep = this.sleepOf(setup);
    this.board = new Board(firmware, router, compileTables(firmware.system, router), {
      openAudit: (board) => this.openAudit(board, setup.before),
    });
    askForHugePages(this.board);
    const tap = setup.tap && new PortTap(setup.tap);
    this.tap = tap;
    this.wireBell = new Doorbell(setup.wireBell);
    this.ports = this.board.nics.map(
      (nic, port) => new LivePort(nic, setup.plugs[port], setup, tap),
    );
    for (const port of setup.shut) this.ports[port].setAdmin(false);
    for (const [port, { nic }] of this.ports.entries()) {
      nic.setLink(false);
      this.tellLink(port, false);
    }
    this.pings = new Pings(this.board, (id, value) => host.tell({ kind: 'answer', id, value }));
    this.census = new FlowCensus(this.board, CENSUS_PART);
    this.board.onBreath = () => {
      for (const port of this.ports) if (port.send()) this.hasSent = true;
    };
  }

  private openAudit(board: Board, before: PlaneBefore | null): AuditLog {
    const sink = (line: string) => void this.auditLines.push(line);
    this.audit = new AuditLog(board, sink, before?.audit);
    if (before !== null) this.audit.write(this.host.now(), 'restart', { flows: before.flows });
    return this.audit;
  }

  /** Runs until it is asked to stop. */
  run(): void {
    let served = this.bell.rings - 1;
    while (!this.isStopping) {
      const { rings } = this.bell;
      Atomics.add(this.control, HEARTBEAT_WORD, 1);
      const now = this.host.now();
      const arrived = this.receive(now);
      if (arrived > 0 || now >= this.due()) this.pass(now);
      if (rings !== served) this.serve();
      this.tap?.flush(this.wireBell);
      served = rings;
      if (arrived === 0 && !this.hasSent && !this.isStopping) this.rest(rings, now);
      this.hasSent = false;
    }
  }

  private receive(now: bigint): number {
    const seconds = Number(now / SECOND);
    const nanoseconds = Number(now % SECOND);
    let arrived = 0;
    for (const { wire } of this.ports) arrived += wire.receive(seconds, nanoseconds);
    return arrived;
  }

  /** Time has come to `now`: what has arrived, and all that has fallen due. */
  private pass(now: bigint): void {
    if (now >= this.nextTick) {
      this.nextTick = (now / TICK_NS + 1n) * TICK_NS;
      this.lookAtLinks(now);
      this.tellRestarted();
      this.audit.renewDenied(now);
      this.census.step();
      Atomics.store(this.control, FLOWS_WORD, this.census.total);
    }
    this.board.advance(now);
    if (this.pings.isWaiting) this.pings.hear(this.host.now());
    this.tellAudit();
  }

  /** A fresh instance takes all links for up. */
  private tellRestarted(): void {
    const restarts = this.board.slots.reduce((sum, { supervisor }) => sum + supervisor.restarts, 0);
    if (restarts === this.restarts) return;
    this.restarts = restarts;
    for (const [port, { nic }] of this.ports.entries()) if (!nic.isUp) this.tellLink(port, false);
  }

  private tellLink(port: number, isUp: boolean): void {
    tellModules(this.board, '$links', { port, up: isUp ? 1 : 0 });
  }

  private tellAudit(): void {
    if (this.auditLines.length === 0) return;
    this.host.tell({ kind: 'audit', lines: this.auditLines });
    this.auditLines = [];
  }

  /** When the board has to be called next, whatever arrives. */
  private due(): bigint {
    const deadline = this.board.kernel.deadline();
    return deadline >= 0n && deadline < this.nextTick ? deadline : this.nextTick;
  }

  private lookAtLinks(at: bigint): void {
    for (const [port, entry] of this.ports.entries()) {
      const isUp = entry.isWanted;
      if (isUp === entry.nic.isUp) continue;
      entry.nic.setLink(isUp);
      this.tellLink(port, isUp);
      this.host.tell({ kind: 'link', at, port, isUp });
    }
  }

  private rest(rings: number, now: bigint): void {
    const left = this.due() - now;
    if (left > 0n) this.sleep(rings, Number((left + MILLISECOND - 1n) / MILLISECOND));
  }

  private sleepOf({ waitFds }: PlaneSetup): (rings: number, ms: number) => void {
    const { bell } = this;
    if (waitFds === null) return (rings, ms) => bell.sleep(rings, ms);
    const libc = libcFor('wires');
    return (rings, ms) => {
      if (!bell.fallAsleep(rings)) return;
      waitForFds(libc, waitFds, ms);
      bell.awake();
    };
  }

  private serve(): void {
    for (let request = this.host.nextRequest(); request !== null; ) {
      const { id, command } = request;
      if (command.kind === 'ping') this.ping(id, command.address);
      else this.host.tell({ kind: 'answer', id, value: this.obey(command) });
      request = this.host.nextRequest();
    }
  }

  /** Is answered when the reply is here, or when it is not waited for any longer. */
  private ping(id: number, address: number): void {
    const now = this.host.now();
    this.pings.send(id, address, now);
    this.pass(now);
  }

  private obey(command: Exclude<PlaneCommand, { kind: 'ping' }>): PlaneAnswer {
    switch (command.kind) {
      case 'stop':
        return this.stop();
      case 'links':
        return this.ports.map(({ standing }) => standing);
      case 'neighbors':
        return this.neighbors();
      case 'counters':
        return readCounters(this.board);
      case 'flows':
        return listFlows(this.board, command.max);
      case 'admin':
        this.ports[command.port].setAdmin(command.isOpen);
        this.lookAtLinks(this.host.now());
        return true;
      case 'hang':
        for (;;);
    }
  }

  private neighbors(): HeardNeighbor[] {
    const now = Number(this.host.now() / SECOND);
    return this.ports.flatMap(({ listener }, port) =>
      [...listener.heard].map(([address, { mac, seconds }]) => {
        return { port, address, mac, secondsAgo: now - seconds };
      }),
    );
  }

  /** Carries what has arrived by now, and no more. */
  private stop(): PlaneReport {
    this.isStopping = true;
    const now = this.host.now();
    this.receive(now);
    this.pass(now);
    const audit = this.board.endAudit();
    this.tellAudit();
    return {
      counters: readCounters(this.board),
      audit,
      links: this.ports.map(({ standing }) => standing),
    };
  }
}
