/**
 * The data plane's thread as the host has it: started, asked, stopped; and started again by the
 * watchdog when it no longer breathes.
 */
import { Worker } from 'node:worker_threads';
import type { Doorbell } from '../../../drivers/wires/doorbell.ts';
import type { AuditEnd } from '../../../firmware/board/audit.ts';
import { BootError } from '../../../firmware/boot/boot-error.ts';
import {
  FLOWS_WORD,
  HEARTBEAT_WORD,
  type PlaneAnswer,
  type PlaneBefore,
  type PlaneCommand,
  type PlaneEvent,
  type PlaneReport,
  type PlaneSetup,
} from './plane-protocol.ts';

/** Between two looks at the heartbeat, which comes ten times a second at least. */
const WATCH_MS = 200;
/** Looks in a row that find no beat: it has not breathed for more than a second. */
const MISSED_MAX = 6;

/** The watchdog has started the plane again: when, ns since boot, and what was lost. */
export interface PlaneRestart {
  readonly at: bigint;
  /** Live flows, as last counted. */
  readonly flows: number;
}

/** What the supervisor tells. */
export interface PlaneListener {
  /** Where the audit ends that it was told. */
  readonly auditEnd: AuditEnd;
  onAudit(lines: readonly string[]): void;
  onLink(at: bigint, port: number, isUp: boolean): void;
  onRestart(restart: PlaneRestart): void;
}

/** What all planes of a run are made from. */
type FirstSetup = Omit<PlaneSetup, 'shut' | 'before'>;

export class PlaneSupervisor {
  private readonly setup: FirstSetup;
  private before: PlaneBefore | null = null;
  private readonly bell: Doorbell;
  private readonly listener: PlaneListener;
  private readonly control: Int32Array;
  private readonly shut = new Set<number>();
  private readonly answers = new Map<number, (value: PlaneAnswer | null) => void>();
  private thread: Worker | null = null;
  private timer: NodeJS.Timeout | undefined;
  private lastBeat = 0;
  private missed = 0;
  private requests = 0;
  private fail: (error: Error) => void = () => {};

  /** `bell` wakes the plane. */
  constructor(setup: FirstSetup, bell: Doorbell, listener: PlaneListener) {
    this.setup = setup;
    this.bell = bell;
    this.listener = listener;
    this.control = new Int32Array(setup.control);
  }

  /** Resolves when the plane runs. @throws {BootError} when the board refuses to boot */
  async start(): Promise<void> {
    const { before } = this;
    const workerData: PlaneSetup = { ...this.setup, before, shut: [...this.shut] };
    const url = new URL('./data-plane-thread.js', import.meta.url);
    const thread = new Worker(url, { workerData });
    this.thread = thread;
    await new Promise<void>((resolve, reject) => {
      thread.on('error', (error: Error) => {
        reject(error);
        this.fail(error);
      });
      thread.on('message', (event: PlaneEvent) => this.take(event, resolve, reject));
    });
    this.missed = 0;
    this.timer = setInterval(() => this.watch(), WATCH_MS);
  }

  /** Rejects with what ended the plane, if it ends by itself: our own bug. */
  get failed(): Promise<never> {
    return new Promise((_, reject) => {
      this.fail = reject;
    });
  }

  /** Remembers that a port is shut: the next plane begins with that. */
  setShut(port: number, isShut: boolean): void {
    if (isShut) this.shut.add(port);
    else this.shut.delete(port);
  }

  /** Asks the plane; the answer comes when it has looked. null: it was started again before. */
  ask(command: PlaneCommand): Promise<PlaneAnswer | null> {
    const id = this.requests++;
    const answer = new Promise<PlaneAnswer | null>((resolve) => {
      this.answers.set(id, resolve);
    });
    this.thread?.postMessage({ id, command });
    this.bell.ring();
    return answer;
  }

  /** The plane carries what has arrived, says how it stands, and ends. */
  async stop(): Promise<PlaneReport> {
    let report: PlaneReport | null = null;
    while (report === null) report = (await this.ask({ kind: 'stop' })) as PlaneReport | null;
    clearInterval(this.timer);
    this.fail = () => {};
    await this.thread?.terminate();
    return report;
  }

  private take(event: PlaneEvent, ready: () => void, refuse: (error: Error) => void): void {
    switch (event.kind) {
      case 'ready':
        ready();
        break;
      case 'refused':
        refuse(new BootError(event.code, event.component, event.message, event.hint));
        break;
      case 'audit':
        this.listener.onAudit(event.lines);
        break;
      case 'link':
        this.listener.onLink(event.at, event.port, event.isUp);
        break;
      case 'answer':
        this.answers.get(event.id)?.(event.value);
        this.answers.delete(event.id);
        break;
    }
  }

  /** Counts looks, not time: a host that was itself held up blames nobody for it. */
  private watch(): void {
    const beat = Atomics.load(this.control, HEARTBEAT_WORD);
    this.missed = beat === this.lastBeat ? this.missed + 1 : 0;
    this.lastBeat = beat;
    if (this.missed < MISSED_MAX) return;
    this.restart().catch((error: Error) => this.fail(error));
  }

  private async restart(): Promise<void> {
    clearInterval(this.timer);
    const flows = Atomics.load(this.control, FLOWS_WORD);
    await this.thread?.terminate();
    this.before = { flows, audit: this.listener.auditEnd };
    await this.start();
    this.listener.onRestart({ at: process.hrtime.bigint() - this.setup.originNs, flows });
    // What was asked of the plane that is gone is asked of nobody any more.
    for (const resolve of this.answers.values()) resolve(null);
    this.answers.clear();
  }
}
