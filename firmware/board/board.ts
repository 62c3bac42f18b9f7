/**
 * The machine: drives the kernel and the modules breath by breath, moves blocks and messages
 * between them, supervises and audits. It reads no clock: time is what arrives with the frames.
 */
import { VECTOR_ROWS_MAX } from '../../config/abi.ts';
import type { Router } from '../../config/router.ts';
import { RawSocketSim } from '../../drivers/raw-socket-sim.ts';
import type { Firmware } from '../boot/assemble.ts';
import { BootError } from '../boot/boot-error.ts';
import {
  COUNTER_PLACE_VIOLATIONS,
  NODE_LOCAL,
  NODE_PLACE_FIRST,
  NODE_POLICY,
  NODE_TX,
} from '../boot/table-layout.ts';
import type { Tables } from '../boot/tables.ts';
import { Audit, type AuditSink } from './audit.ts';
import { configurationMessages } from './configuration.ts';
import { type Counters, readCounters, zoneName } from './counters.ts';
import { type KernelExports, RING_PRIORITY, RING_RX, RING_TX, startKernel } from './kernel.ts';
import { Messages } from './messages.ts';
import { type Fault, ModuleSlot } from './module-slot.ts';
import { Stage } from './stage.ts';

const TICK_NS = 100_000_000n;
/** Breaths in a row that take in nothing but the board's own messages: beyond, messages loop. */
const QUIET_BREATHS_MAX = 10_000;

export interface BoardOptions {
  /** Rows of a vector, 1..256: a breath of 256 is cut into vectors of so many. */
  vectorRows?: number;
  audit?: AuditSink;
}

export class Board {
  readonly firmware: Firmware;
  readonly router: Router;
  readonly tables: Tables;
  readonly kernel: KernelExports;
  readonly nics: readonly RawSocketSim[];
  readonly audit: Audit;
  readonly slots: readonly ModuleSlot[];
  readonly #stages: readonly Stage[];
  readonly #messages: Messages;
  readonly #arrivals: Uint32Array;
  readonly #events: DataView;
  readonly #framesRegion: Uint8Array;
  readonly #vectorRows: number;
  /** Called after each breath: takes what the NICs have to send. */
  onBreath: () => void = () => {};
  #nextTick = TICK_NS;

  /** Boots: loads tables and modules, and hands each module its configuration. @throws BootError */
  constructor(firmware: Firmware, router: Router, tables: Tables, options: BoardOptions = {}) {
    this.firmware = firmware;
    this.router = router;
    this.tables = tables;
    this.#vectorRows = options.vectorRows ?? VECTOR_ROWS_MAX;
    this.kernel = startKernel(firmware.kernel, tables.bytes, router.board);
    const { buffer } = this.kernel.memory;
    this.slots = firmware.modules.map((loaded, index) => new ModuleSlot(loaded, index));
    this.#stages = tables.pipeline.places.map(
      (entry, place) => new Stage(this.kernel, entry, place, this.slots[entry.module]),
    );
    this.#messages = new Messages(firmware.system);
    this.#arrivals = new Uint32Array(buffer, this.kernel.arrivalsAddress(0), 2);
    this.#events = new DataView(buffer, this.kernel.eventsAddress());
    this.#framesRegion = new Uint8Array(buffer, this.kernel.framesRegion(), 65_536);
    this.nics = this.#plugNics();
    this.audit = new Audit(
      {
        zone: (zone) => zoneName(router, zone),
        port: (port) => router.board.ports[port]?.name ?? null,
        node: (node) => tables.pipeline.nameOf(node),
      },
      options.audit ?? null,
    );
    for (const slot of this.slots) this.#initialize(slot);
    this.#refuseConfiguration();
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
      const next = this.kernel.nextArrival();
      const event = this.#nextEvent();
      if (next < 0n && !this.#hasWork()) return;
      const took = this.#breathe(event);
      quiet = took > 0 ? 0 : quiet + 1;
      if (quiet > QUIET_BREATHS_MAX) this.#messages.discard();
      if (took === 0 && !this.#hasWork()) this.#passTime(event, next);
    }
  }

  /** Processes everything, and lets time pass until no module holds a packet. */
  finish(): void {
    this.run();
    while (this.kernel.held() > 0) {
      this.#passTime(this.#nextEvent(), -1n);
      this.run();
    }
  }

  /** Moves virtual time on to `time` (ns since boot), with all that falls due on the way. */
  advance(time: bigint): void {
    this.run();
    while (this.kernel.held() > 0 && this.#nextEvent() <= time) {
      this.#passTime(this.#nextEvent(), -1n);
      this.run();
    }
    this.#passTime(time, -1n);
    this.run();
  }

  /** Gives the NICs room for frames where nothing is pending and they have none left. */
  makeRoom(): void {
    this.kernel.beginBreath(this.kernel.now());
    this.kernel.endBreath();
  }

  counters(): Counters {
    return readCounters(this.kernel, this.tables, this.router, this.slots);
  }

  #plugNics(): RawSocketSim[] {
    const { kernel, router } = this;
    return router.board.ports.map(({ name, mac }, port) => {
      const mtu = router.interfaces.find((entry) => entry.port === port)?.mtu ?? 1500;
      return new RawSocketSim({
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
    });
  }

  /** Something of the board's own is on its way: messages, made frames, released rows. */
  #hasWork(): boolean {
    return this.#messages.isWaiting || this.kernel.waiting() > 0 || this.#priorityPending();
  }

  #priorityPending(): boolean {
    const words = new Uint32Array(this.kernel.memory.buffer, this.kernel.arrivalsAddress(1), 2);
    return words[0] !== words[1];
  }

  /** The next time at which something falls due whatever arrives: a tick, or a hold's end. */
  #nextEvent(): bigint {
    const deadline = this.kernel.deadline();
    return deadline >= 0n && deadline < this.#nextTick ? deadline : this.#nextTick;
  }

  /** Nothing can be taken in before `event`: time passes to it, or jumps to the next frame. */
  #passTime(event: bigint, next: bigint): void {
    const isIdle = this.kernel.held() === 0;
    const time = isIdle && next > event ? next : event;
    this.kernel.advance(time);
    if (time < this.#nextTick) return;
    this.#nextTick = (time / TICK_NS + 1n) * TICK_NS;
    for (const slot of this.slots) if (slot.loaded.hasTick) this.#callOutside(slot, 'tick', 0);
  }

  /** One breath: messages first, then rows, stage by stage. Returns how much it took in. */
  #breathe(limit: bigint): number {
    const { kernel } = this;
    this.#deliver();
    kernel.beginBreath(limit);
    while (kernel.receive(this.#vectorRows) > 0) this.#runStages();
    const took = kernel.breathTook();
    kernel.endBreath();
    this.onBreath();
    this.audit.take(this.#events);
    return took;
  }

  #runStages(): void {
    const { kernel } = this;
    for (const node of this.tables.pipeline.order) {
      if (node === NODE_TX) kernel.transmitStage();
      else if (node === NODE_POLICY) kernel.policyStage();
      else if (node === NODE_LOCAL) kernel.local();
      else this.#runStage(this.#stages[node - NODE_PLACE_FIRST]);
    }
  }

  #runStage(stage: Stage): void {
    if (this.kernel.gatherStage(stage.place) === 0) return;
    const fault = this.#process(stage);
    if (fault === null) return;
    this.#restart(stage.slot, fault);
    // Row by row in the fresh instance: only rows that fault again are dropped.
    for (let k = 0; this.kernel.gatherAgain(stage.place, k) > 0; k++) {
      const again = this.#process(stage);
      if (again === null) continue;
      this.kernel.faultStage(stage.place);
      this.#restart(stage.slot, again);
    }
  }

  #process(stage: Stage): Fault | null {
    const { slot } = stage;
    stage.copyIn();
    const fault = slot.call('process');
    if (fault !== null) return fault;
    stage.copyOut();
    this.#takeMade(slot, stage.place, true, 0);
    this.kernel.monitorStage(stage.place);
    return null;
  }

  /** What a call left in outbox and frames, if anything. */
  #takeMade(slot: ModuleSlot, place: number, isProcess: boolean, generation: number): void {
    const used = slot.regionUsed('outbox');
    if (used !== 0) {
      const outbox = slot.region('outbox');
      const violation = this.#messages.collect(slot.index, outbox, used, generation + 1);
      if (violation !== null) this.#blameMessage(slot, place, violation.why);
    }
    if (slot.regionUsed('frames') === 0) return;
    this.#framesRegion.set(slot.region('frames'));
    this.kernel.takeFrames(place, isProcess, generation);
  }

  #blameMessage(slot: ModuleSlot, place: number, why: string): void {
    const { kernel } = this;
    const counters = new BigUint64Array(kernel.memory.buffer, kernel.countersAddress());
    counters[COUNTER_PLACE_VIOLATIONS + place] += 1n;
    const by = slot.loaded.name;
    this.audit.write(kernel.breathTime(), 'violation', { by, violation: 'message', why });
  }

  /** Brings every waiting message to its module; what that module held comes back. */
  #deliver(): void {
    if (!this.#messages.isWaiting) return;
    for (const slot of this.slots) {
      const inbox = this.#messages.take(slot.index);
      if (inbox === null || !slot.loaded.hasReceive) continue;
      slot.fillInbox(inbox.entries);
      this.#callOutside(slot, 'receive', inbox.generation);
      this.kernel.release(slot.index);
    }
  }

  /** A call without rows: its frames count for the module's first place that may originate. */
  #callOutside(slot: ModuleSlot, procedure: 'receive' | 'tick', generation: number): void {
    slot.setTime(this.kernel.now());
    const fault = slot.call(procedure);
    if (fault !== null) {
      this.#restart(slot, fault);
      return;
    }
    const places = this.tables.pipeline.places;
    const own = places.findIndex(
      ({ module, place }) => module === slot.index && place.originates !== undefined,
    );
    const place = own >= 0 ? own : places.findIndex(({ module }) => module === slot.index);
    this.#takeMade(slot, place, false, generation);
  }

  /** A fresh instance with its configuration, after a fault. */
  #restart(slot: ModuleSlot, fault: Fault): void {
    slot.faults++;
    const by = slot.loaded.name;
    this.audit.write(this.kernel.breathTime(), 'fault', { by, why: fault.message });
    slot.restart();
    for (const stage of this.#stages) if (stage.slot === slot) stage.attach();
    this.#initialize(slot);
  }

  #initialize(slot: ModuleSlot): void {
    slot.setTime(0n);
    let fault = slot.call('initialize');
    for (const part of configurationMessages(this.firmware.system, this.router)) {
      if (fault !== null || part.module !== slot.index) continue;
      this.#messages.enqueue(slot.index, part.type, part.records, part.count);
      const inbox = this.#messages.take(slot.index);
      if (inbox === null || !slot.loaded.hasReceive) continue;
      slot.fillInbox(inbox.entries);
      slot.setTime(this.kernel.now());
      fault = slot.call('receive');
      const used = slot.regionUsed('outbox');
      if (fault === null && used !== 0) {
        this.#messages.collect(slot.index, slot.region('outbox'), used, 0);
      }
    }
    if (fault === null) return;
    const message = `it faults while it is configured: ${fault.message}`;
    throw new BootError('MODULE_FAULT', slot.loaded.name, message, 'mend the module');
  }

  /** What a module could not take of its configuration is an operator's error. */
  #refuseConfiguration(): void {
    const [first] = this.#messages.console;
    if (first === undefined) return;
    const record = JSON.stringify(first.record);
    const message = `it refused ${this.#messages.console.length} entries, the first: ${record}`;
    throw new BootError('CONFIG_LIMIT', first.module, message, 'see the limits in its README');
  }
}
