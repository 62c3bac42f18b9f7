/**
 * The modules on the board: calls into them, what the calls leave behind, faults and restarts, and
 * their messages.
 */

import { REGION_SIZE } from '../../config/abi.ts';
import type { Router } from '../../config/router.ts';
import type { System } from '../../config/system.ts';
import type { Firmware } from '../boot/assemble.ts';
import { BootError } from '../boot/boot-error.ts';
import { COUNTER_PLACE_VIOLATIONS } from '../boot/table-layout.ts';
import type { Tables } from '../boot/tables.ts';
import type { Audit } from './audit.ts';
import { configurationMessages } from './configuration.ts';
import type { KernelExports } from './kernel.ts';
import { Messages } from './messages.ts';
import { type Fault, ModuleSlot } from './module-slot.ts';
import { Stage } from './stage.ts';

/** What the modules are plugged into. */
export interface ModuleSocket {
  readonly kernel: KernelExports;
  readonly tables: Tables;
  readonly router: Router;
  readonly audit: Audit;
}

export class Modules {
  readonly slots: readonly ModuleSlot[];
  readonly #kernel: KernelExports;
  readonly #tables: Tables;
  readonly #router: Router;
  readonly #audit: Audit;
  readonly #system: System;
  readonly #stages: readonly Stage[];
  readonly #messages: Messages;
  readonly #framesRegion: Uint8Array;

  /** Loads every module and hands it its configuration. @throws BootError */
  constructor(firmware: Firmware, { kernel, tables, router, audit }: ModuleSocket) {
    this.#kernel = kernel;
    this.#tables = tables;
    this.#router = router;
    this.#audit = audit;
    this.#system = firmware.system;
    this.slots = firmware.modules.map((loaded, index) => new ModuleSlot(loaded, index));
    this.#stages = tables.pipeline.places.map(
      (entry, place) => new Stage(kernel, entry, place, this.slots[entry.module]),
    );
    this.#messages = new Messages(firmware.system);
    this.#framesRegion = new Uint8Array(kernel.memory.buffer, kernel.framesRegion(), REGION_SIZE);
    for (const slot of this.slots) this.#start(slot);
    this.#refuseConfiguration();
  }

  /** Messages that wait to be delivered; and how to forget them, which counts them as lost. */
  get messages(): Messages {
    return this.#messages;
  }

  /** Runs the rows that stand at a place through its module, and judges what it did. */
  runStage(place: number): void {
    const stage = this.#stages[place];
    if (this.#kernel.gatherStage(place) === 0) return;
    if (stage.slot.isClosed) {
      this.#kernel.faultStage(place);
      return;
    }
    const fault = this.#process(stage);
    if (fault === null) return;
    this.#restart(stage.slot, fault);
    // Row by row in the fresh instance: only rows that fault again are dropped.
    for (let k = 0; this.#kernel.gatherAgain(stage.place, k) > 0; k++) {
      const again = stage.slot.isClosed ? null : this.#process(stage);
      if (again !== null) this.#restart(stage.slot, again);
      if (again !== null || stage.slot.isClosed) this.#kernel.faultStage(stage.place);
    }
  }

  #process(stage: Stage): Fault | null {
    const { slot } = stage;
    stage.copyIn();
    const fault = slot.call('process');
    if (fault !== null) return fault;
    stage.copyOut();
    this.#takeMade(slot, stage.place, true, 0);
    this.#kernel.monitorStage(stage.place);
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
    this.#kernel.takeFrames(place, isProcess, generation);
  }

  #blameMessage(slot: ModuleSlot, place: number, why: string): void {
    const kernel = this.#kernel;
    const counters = new BigUint64Array(kernel.memory.buffer, kernel.countersAddress());
    counters[COUNTER_PLACE_VIOLATIONS + place] += 1n;
    const by = slot.loaded.name;
    this.#audit.write(kernel.breathTime(), 'violation', { by, violation: 'message', why });
  }

  /** Tells every module that wants to know that time has passed. */
  tick(): void {
    for (const slot of this.slots)
      if (slot.loaded.hasTick && !slot.isClosed) this.#callOutside(slot, 'tick', 0);
  }

  /** Brings every waiting message to its module; what that module held comes back. */
  deliver(): void {
    if (!this.#messages.isWaiting) return;
    for (const slot of this.slots) {
      const inbox = this.#messages.take(slot.index);
      if (inbox === null || !slot.loaded.hasReceive || slot.isClosed) continue;
      slot.fillInbox(inbox.entries);
      this.#callOutside(slot, 'receive', inbox.generation);
      this.#kernel.release(slot.index);
    }
  }

  /** A call without rows: its frames count for the module's first place that may originate. */
  #callOutside(slot: ModuleSlot, procedure: 'receive' | 'tick', generation: number): void {
    slot.setTime(this.#kernel.now());
    const fault = slot.call(procedure);
    if (fault !== null) {
      this.#restart(slot, fault);
      return;
    }
    const places = this.#tables.pipeline.places;
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
    this.#audit.write(this.#kernel.breathTime(), 'fault', { by, why: fault.message });
    slot.restart();
    for (const stage of this.#stages) if (stage.slot === slot) stage.attach();
    const again = this.#initialize(slot);
    if (again === null) return;
    // It cannot even be configured any more: closed, and its packets drop as `fault`.
    slot.isClosed = true;
    this.#audit.write(this.#kernel.breathTime(), 'closed', { by, why: again.message });
  }

  /** Initialises and configures a fresh instance; what waited for the old one is forgotten. */
  #initialize(slot: ModuleSlot): Fault | null {
    this.#messages.forget(slot.index);
    slot.setTime(0n);
    let fault = slot.call('initialize');
    for (const part of configurationMessages(this.#system, this.#router)) {
      if (fault !== null || part.module !== slot.index) continue;
      this.#messages.enqueue(slot.index, part.type, part.records, part.count);
      const inbox = this.#messages.take(slot.index);
      if (inbox === null || !slot.loaded.hasReceive) continue;
      slot.fillInbox(inbox.entries);
      slot.setTime(this.#kernel.now());
      fault = slot.call('receive');
      const used = slot.regionUsed('outbox');
      if (fault === null && used !== 0) {
        this.#messages.collect(slot.index, slot.region('outbox'), used, 0);
      }
    }
    return fault;
  }

  #start(slot: ModuleSlot): void {
    const fault = this.#initialize(slot);
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
