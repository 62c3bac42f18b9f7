/**
 * The modules on the board: calls into them, what the calls leave behind, faults and restarts, and
 * their messages.
 */

import { DROP_FAULT, DROP_QUARANTINED, REGION_SIZE } from '../../config/abi.ts';
import {
  type ConfigurationMessage,
  configurationMessages,
} from '../../config/configuration-messages.ts';
import type { Router } from '../../config/router.ts';
import { neighborRanges } from '../boot/address-map.ts';
import type { Firmware } from '../boot/assemble.ts';
import { BootError } from '../boot/boot-error.ts';
import type { PipelinePlace } from '../boot/pipeline.ts';
import type { Tables } from '../boot/tables.ts';
import type { Audit } from './audit.ts';
import type { KernelExports } from './kernel.ts';
import { entryOf, Messages } from './messages.ts';
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
  /** Messages that wait to be delivered; and how to forget them, which counts them as lost. */
  readonly messages: Messages;
  readonly #kernel: KernelExports;
  readonly #audit: Audit;
  readonly #configuration: readonly ConfigurationMessage[];
  readonly #ownPlaces: readonly number[];
  readonly #stages: readonly Stage[];
  readonly #framesRegion: Uint8Array;

  /** Loads every module and hands it its configuration. @throws BootError */
  constructor(firmware: Firmware, { kernel, tables, router, audit }: ModuleSocket) {
    this.#kernel = kernel;
    this.#audit = audit;
    this.#configuration = configurationMessages(firmware.system, router, neighborRanges(router));
    this.slots = firmware.modules.map((loaded, index) => new ModuleSlot(loaded, index));
    this.#stages = tables.pipeline.places.map(
      (entry, place) => new Stage(kernel, entry, place, this.slots[entry.module]),
    );
    this.#ownPlaces = this.slots.map(({ index }) => ownPlaceOf(tables.pipeline.places, index));
    this.messages = new Messages(firmware.system);
    this.#framesRegion = new Uint8Array(kernel.memory.buffer, kernel.framesRegion(), REGION_SIZE);
    for (const slot of this.slots) this.#start(slot);
    this.#refuseConfiguration();
  }

  /** Runs the rows that stand at a place through its module, and judges what it did. */
  runStage(place: number): void {
    const stage = this.#stages[place];
    const { slot } = stage;
    const kernel = this.#kernel;
    if (kernel.gatherStage(place) === 0) return;
    if (isQuarantined(slot)) {
      kernel.faultStage(place, DROP_QUARANTINED);
      return;
    }
    const fault = this.#process(stage);
    if (fault === null) return;
    this.#recover(slot, fault, 'process', kernel.breathTime());
    // Row by row in the fresh instance: only rows that fault again are dropped.
    for (let k = 0; kernel.gatherAgain(place, k) > 0; k++) {
      const again = isQuarantined(slot) ? null : this.#process(stage);
      if (again !== null) {
        kernel.faultStage(place, DROP_FAULT);
        this.#recover(slot, again, 'process', kernel.breathTime(), true);
      } else if (isQuarantined(slot)) kernel.faultStage(place, DROP_QUARANTINED);
    }
  }

  #process(stage: Stage): Fault | null {
    const { slot } = stage;
    stage.copyIn();
    const fault = slot.call('process');
    if (fault !== null) return fault;
    stage.copyOut();
    if (slot.outboxUsed !== 0 || slot.framesUsed !== 0) {
      this.#takeMade(slot, stage.place, true, this.#kernel.generationOfStage());
    }
    this.#kernel.monitorStage(stage.place);
    return null;
  }

  /** What a call left in outbox and frames, if anything; `generation` is of what caused it. */
  #takeMade(slot: ModuleSlot, place: number, isProcess: boolean, generation: number): void {
    this.#takeMessages(slot, place, generation);
    if (slot.framesUsed === 0) return;
    this.#framesRegion.set(slot.region('frames'));
    this.#kernel.takeFrames(place, isProcess, generation);
  }

  #takeMessages(slot: ModuleSlot, place: number, generation: number): void {
    const used = slot.outboxUsed;
    if (used === 0) return;
    const found = this.messages.collect(slot.index, slot.region('outbox'), used, generation + 1);
    if (found !== null) this.#kernel.blame(place, found.violation, BigInt(found.value));
  }

  /** Tells every module that wants to know that time has passed. */
  tick(): void {
    for (const slot of this.slots) if (slot.loaded.hasTick) this.#callOutside(slot, 'tick', 0);
  }

  /** Brings every waiting message to its module; what that module held comes back. */
  deliver(): void {
    this.messages.openBreath();
    if (!this.messages.isWaiting) return;
    for (const slot of this.slots) {
      const inbox = this.messages.take(slot.index);
      if (inbox === null || !slot.loaded.hasReceive) continue;
      slot.fillInbox(inbox.entries);
      this.#callOutside(slot, 'receive', inbox.generation);
      this.#kernel.release(slot.index, inbox.generation);
    }
  }

  /** A call without rows: its frames count for the module's first place that may originate. */
  #callOutside(slot: ModuleSlot, procedure: 'receive' | 'tick', generation: number): void {
    if (isQuarantined(slot)) return;
    slot.setTime(this.#kernel.now());
    const fault = slot.call(procedure);
    if (fault !== null) this.#recover(slot, fault, procedure, this.#kernel.now());
    else this.#takeMade(slot, this.#ownPlaces[slot.index], false, generation);
  }

  /**
   * After a fault: a fresh instance with its configuration, or none; see the supervisor's table.
   */
  #recover(slot: ModuleSlot, fault: Fault, call: string, now: bigint, isSecondRun = false): void {
    const module = slot.loaded.name;
    const remedy = slot.supervisor.onFault(now, isSecondRun);
    this.#audit.record(now, 'fault', { module, call, fault: fault.kind, remedy });
    this.messages.forget(slot.index);
    // What it holds comes back: to the fresh instance, or to be dropped.
    this.#kernel.release(slot.index, 0);
    if (remedy === 'quarantine') {
      const { faults, restarts } = slot.supervisor;
      this.#audit.write(now, 'quarantine', { module, call, fault: fault.kind, faults, restarts });
      return;
    }
    const again = slot.restart() ?? this.#initialize(slot);
    for (const stage of this.#stages) stage.attach();
    if (again !== null) this.#recover(slot, again, 'configuration', now);
    else slot.supervisor.onConfigured();
  }

  /** Initialises and configures a fresh instance. */
  #initialize(slot: ModuleSlot): Fault | null {
    slot.setTime(0n);
    const fault = slot.call('initialize');
    if (fault !== null || !slot.loaded.hasReceive) return fault;
    for (const { module, type, records, count } of this.#configuration) {
      if (module !== slot.index) continue;
      this.messages.openBreath();
      // Past the queue: whatever others have sent it comes after its configuration.
      slot.fillInbox(entryOf(type, records, count));
      slot.setTime(this.#kernel.now());
      const again = slot.call('receive');
      if (again !== null) return again;
      this.#takeMessages(slot, this.#ownPlaces[module], 0);
    }
    return null;
  }

  #start(slot: ModuleSlot): void {
    const fault = this.#initialize(slot);
    if (fault === null) return;
    const message = `it faults while it is configured: ${fault.message}`;
    throw new BootError('MODULE_FAULT', slot.loaded.name, message, 'mend the module');
  }

  /** What a module could not take of its configuration is an operator's error. */
  #refuseConfiguration(): void {
    const [first] = this.messages.console;
    if (first === undefined) return;
    const record = JSON.stringify(first.record);
    const message = `it refused ${this.messages.console.length} entries, the first: ${record}`;
    throw new BootError('CONFIG_LIMIT', first.module, message, 'see the limits in its README');
  }
}

function isQuarantined(slot: ModuleSlot): boolean {
  return slot.supervisor.state === 'quarantined';
}

/** The place that a module's calls without rows count for: its first that may originate. */
function ownPlaceOf(places: readonly PipelinePlace[], module: number): number {
  const isOwn = (entry: PipelinePlace) => entry.module === module;
  const first = places.findIndex((entry) => isOwn(entry) && entry.place.originates !== undefined);
  return first >= 0 ? first : places.findIndex(isOwn);
}
