/**
 * The data plane's thread as the host has it: started, asked, stopped; and started again by the
 * watchdog when it no longer breathes.
 */
import { Worker } from 'node:worker_threads';
import type { Doorbell } from '../../../drivers/wires/doorbell.ts';
import { BootError } from '../../../firmware/boot/boot-error.ts';
import {
  HEARTBEAT_WORD,
  type PlaneCommand,
  type PlaneEvent,
  type PlaneReport,
  type PlaneSetup,
} from './plane-protocol.ts';

/** Between two looks at the heartbeat. */
const WATCH_MS = 200;
/** Looks in a row that find no beat: then it has not breathed for more than a second. */
const MISSED_MAX = 6;

/** What the supervisor tells the host. */
export interface PlaneListener {
  /** What the plane told, answers apart. */
  onEvent(event: Exclude<PlaneEvent, { kind: 'answer' | 'ready' | 'refused' }>): void;
  /** The plane did not breathe and has been started again. */
  onRestart(why: string): void;
}

export class PlaneSupervisor {
  private readonly setup: PlaneSetup;
  private readonly bell: Doorbell;
  private readonly listener: PlaneListener;
  private readonly control: Int32Array;
  private readonly answers = new Map<number, (value: unknown) => void>();
  private thread: Worker | null = null;
  private timer: NodeJS.Timeout | null = null;
  private lastBeat = 0;
  private missed = 0;
  private requests = 0;
  private failure: ((error: Error) => void) | null = null;

  constructor(setup: PlaneSetup, bell: Doorbell, listener: PlaneListener) {
    this.setup = setup;
    this.bell = bell;
    this.listener = listener;
    this.control = new Int32Array(setup.control);
  }

  /** Resolves when the plane runs. @throws {BootError} when the board refuses to boot */
  async start(): Promise<void> {
    const url = new URL('./data-plane-thread.js', import.meta.url);
    const thread = new Worker(url, { workerData: this.setup });
    this.thread = thread;
    await new Promise<void>((resolve, reject) => {
      this.failure = reject;
      thread.on('error', (error: Error) => this.failure?.(error));
      thread.on('message', (event: PlaneEvent) => this.take(event, resolve, reject));
    });
    this.missed = 0;
    this.timer = setInterval(() => this.watch(), WATCH_MS);
  }

  /** Rejects with what ended the plane, if it ends by itself: our own bug. */
  get failed(): Promise<never> {
    return new Promise((_, reject) => {
      this.failure = reject;
    });
  }

  /** Asks the plane; the answer comes when it has looked. */
  ask(command: PlaneCommand): Promise<unknown> {
    const id = this.requests++;
    const answer = new Promise<unknown>((resolve) => this.answers.set(id, resolve));
    this.thread?.postMessage({ id, command });
    this.bell.ring();
    return answer;
  }

  /** The plane carries what has arrived, says how it stands, and ends. */
  async stop(): Promise<PlaneReport> {
    const report = (await this.ask({ kind: 'stop' })) as PlaneReport;
    if (this.timer !== null) clearInterval(this.timer);
    this.failure = null;
    await this.thread?.terminate();
    return report;
  }

  private take(event: PlaneEvent, ready: () => void, refuse: (error: Error) => void): void {
    switch (event.kind) {
      case 'ready':
        ready();
        return;
      case 'refused':
        refuse(new BootError(event.code, event.component, event.message, event.hint));
        return;
      case 'answer':
        this.answers.get(event.id)?.(event.value);
        this.answers.delete(event.id);
        return;
      default:
        this.listener.onEvent(event);
    }
  }

  /** Counts looks, not time: a host that was itself held up blames nobody for it. */
  private watch(): void {
    const beat = Atomics.load(this.control, HEARTBEAT_WORD);
    this.missed = beat === this.lastBeat ? this.missed + 1 : 0;
    this.lastBeat = beat;
    if (this.missed < MISSED_MAX) return;
    void this.restart().catch((error) => this.failure?.(error));
  }

  private async restart(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    await this.thread?.terminate();
    await this.start();
    // What was asked of the plane that is gone is asked of nobody any more.
    for (const resolve of this.answers.values()) resolve(null);
    this.answers.clear();
    this.listener.onRestart('the data plane did not breathe');
  }
}
