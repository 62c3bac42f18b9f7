/**
 * The machine: drives the kernel and the modules breath by breath, moves blocks and messages
 * between them, supervises and audits. It reads no clock: time is what arrives with the frames.
 */
import { VECTOR_ROWS_MAX } from '../../config/abi.ts';
import type { Router } from '../../config/router.ts';
import { RING_PRIORITY, RING_RX, RING_TX } from '../../drivers/nic-ring.ts';
import { RawSocketSim } from '../../drivers/raw-socket-sim.ts';
import type { Firmware } from '../boot/assemble.ts';
import {
  GENERATION_MAX,
  HOLD_NS,
  NODE_LOCAL,
  NODE_PLACE_FIRST,
  NODE_POLICY,
  NODE_TX,
} from '../boot/table-layout.ts';
import type { Tables } from '../boot/tables.ts';
import { Audit, type AuditEnd } from './audit.ts';
import { type KernelExports, startKernel } from './kernel.ts';
import type { Messages } from './messages.ts';
import type { ModuleSlot } from './module-slot.ts';
import { Modules } from './modules.ts';

const TICK_NS = 100_000_000n;
/**
 * Breaths in a row at one instant without a frame from the wires: beyond, modules send messages in
 * a circle, or answer the answers of the emulation.
 */
const QUIET_BREATHS_MAX = 1000;
/**
 * All that follows from an arrival is over by then: it is held for so long, and so is a frame made
 * because of it, and one made because of that. What is held later a module makes of itself.
 */
const PATIENCE_NS = BigInt((GENERATION_MAX + 1) * HOLD_NS);

export interface BoardOptions {
  /** Rows of a vector, 1..256: a breath of 256 is cut into vectors of so many. */
  vectorRows?: number;
  /** Opens the board's audit log, once its kernel runs. */
  openAudit?: (board: Board) => Audit;
  /** Stands between board and kernel and sees each step, before and after; it changes nothing. */
  observe?: (kernel: KernelExports) => KernelExports;
}

export class Board {
  readonly firmware: Firmware;
  readonly router: Router;
  readonly tables: Tables;
  readonly kernel: KernelExports;
  readonly nics: readonly RawSocketSim[];
  readonly audit: Audit;
  readonly #modules: Modules;
  readonly #arrivals: Uint32Array;
  readonly #priority: Uint32Array;
  readonly #vectorRows: number;
  /** Called after each breath: takes what the NICs have to send. */
  onBreath: () => void = () => {};
  #nextTick = TICK_NS;
  /** Until then time passes tick by tick while something is held; ns since boot. */
  #patience = PATIENCE_NS;

  /** Boots: loads tables and modules, and hands each module its configuration. @throws BootError */
  constructor(firmware: Firmware, router: Router, tables: Tables, options: BoardOptions = {}) {
    this.firmware = firmware;
    this.router = router;
    this.tables = tables;
    this.#vectorRows = options.vectorRows ?? VECTOR_ROWS_MAX;
    const kernel = startKernel(firmware.kernel, tables.bytes, router.board);
    this.kernel = options.observe?.(kernel) ?? kernel;
    const { buffer } = this.kernel.memory;
    this.#arrivals = new Uint32Array(buffer, this.kernel.arrivalsAddress(0), 2);
    this.#priority = new Uint32Array(buffer, this.kernel.arrivalsAddress(1), 2);
    this.nics = this.#plugNics();
    this.audit = options.openAudit?.(this) ?? new Audit();
    this.audit.write(0n, 'boot', { firmware: firmware.digest, configuration: router.digest });
    this.#modules = new Modules(firmware, this);
  }

  /** The modules, in the order of the system description. */
  get slots(): readonly ModuleSlot[] {
    return this.#modules.slots;
  }

  /** Messages to modules, for whoever tells them of the machine while it runs. */
  get messages(): Messages {
    return this.#modules.messages;
  }

  /** Frames that have arrived and not been taken in. */
  get pending(): number {
    return (this.#arrivals[0] - this.#arrivals[1]) >>> 0;
  }

  /**
   * Processes what has arrived, and all that follows from it, until at most `keep` frames are
   * left: keep VECTOR_ROWS_MAX while more frames are to come, so that breaths do not depend on how
   * the frames were handed over.
   */
  run(keep = 0): void {
    let quiet = 0;
    while (this.pending > keep || this.#hasWork()) {
      const event = this.#nextEvent();
      const { pending } = this;
      const took = this.#breathe(event);
      quiet = this.pending === pending ? quiet + 1 : 0;
      if (quiet === 0) this.#patience = this.kernel.now() + PATIENCE_NS;
      const isCircle = quiet > QUIET_BREATHS_MAX;
      if (isCircle) this.#modules.messages.forget();
      this.kernel.refusePriority(isCircle);
      if (took > 0 || this.#isBusy()) continue;
      // A tick may make work again: time passes for what is to come, and not for a module's sake.
      if (this.pending <= keep && !this.#hasWork()) return;
      this.#passTime(event, this.kernel.nextArrival());
      quiet = 0;
    }
  }

  /** Processes everything, and lets time pass until no module holds what has arrived. */
  finish(): void {
    this.#settle(2n ** 63n);
  }

  /** Moves virtual time on to `time` (ns since boot), with all that falls due on the way. */
  advance(time: bigint): void {
    this.#settle(time);
    this.#passTime(time, -1n);
    this.run();
  }

  /** Writes what the audit log has only counted so far. Nothing may happen after it. */
  endAudit(): AuditEnd {
    return this.audit.finish(this.kernel.now());
  }

  /** While something is held, lets time pass from event to event, up to `until`. */
  #settle(until: bigint): void {
    this.run();
    while (this.#nextEvent() <= until && this.#isWaiting(this.#nextEvent())) {
      this.#passTime(this.#nextEvent(), -1n);
      this.run();
    }
  }

  #plugNics(): RawSocketSim[] {
    const { kernel, router } = this;
    return router.board.ports.map(({ name, mac }, port) => {
      const mtu = router.interfaces.find((entry) => entry.port === port)?.mtu ?? 1500;
      const nic = new RawSocketSim({
        name,
        mac,
        mtu,
        port,
        memory: kernel.memory,
        rx: kernel.ringAddress(port, RING_RX),
        tx: kernel.ringAddress(port, RING_TX),
        arrivals: kernel.arrivalsAddress(0),
        priority: {
          rx: kernel.ringAddress(port, RING_PRIORITY),
          arrivals: kernel.arrivalsAddress(1),
        },
      });
      nic.on('link', (isUp) => kernel.setLink(port, isUp));
      return nic;
    });
  }

  /** Something of the board's own is on its way: messages, made frames, released rows. */
  #hasWork(): boolean {
    return this.#isBusy() || this.#priority[0] !== this.#priority[1];
  }

  /** A module holds what may still come of an arrival: `event` is to come before time jumps. */
  #isWaiting(event: bigint): boolean {
    return this.kernel.held() > 0 && event <= this.#patience;
  }

  /** The same, but for frames on a priority ring, which may be later than now. */
  #isBusy(): boolean {
    return this.#modules.messages.isWaiting || this.kernel.waiting() > 0;
  }

  /** The next time at which something falls due whatever arrives: a tick, or a hold's end. */
  #nextEvent(): bigint {
    if (this.kernel.held() === 0) return this.#nextTick;
    const deadline = this.kernel.deadline();
    return deadline < this.#nextTick ? deadline : this.#nextTick;
  }

  /** Nothing can be taken in before `event`: time passes to it, or jumps to the next frame. */
  #passTime(event: bigint, next: bigint): void {
    const time = !this.#isWaiting(event) && next > event ? next : event;
    this.kernel.advance(time);
    if (time < this.#nextTick) return;
    this.#nextTick = (time / TICK_NS + 1n) * TICK_NS;
    this.#modules.tick();
  }

  /** One breath: messages first, then rows, stage by stage. Returns how much it took in. */
  #breathe(limit: bigint): number {
    const { kernel } = this;
    this.#modules.deliver();
    kernel.beginBreath(limit);
    while (kernel.receive(this.#vectorRows) > 0) this.#runStages();
    kernel.endBreath();
    this.onBreath();
    this.audit.onBreath(kernel.breathTime());
    return kernel.breathTook();
  }

  #runStages(): void {
    const { kernel } = this;
    for (const node of this.tables.pipeline.order) {
      if (node === NODE_TX) kernel.transmitStage();
      else if (node === NODE_POLICY) kernel.policyStage();
      else if (node === NODE_LOCAL) kernel.local();
      else this.#modules.runStage(node - NODE_PLACE_FIRST);
    }
  }
}
