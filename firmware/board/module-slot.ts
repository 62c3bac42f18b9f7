/**
 * A module on the board: its instance, its blocks, and calls into it. Critical for isolation: the
 * only bytes that ever reach its memory are its place's staging block and its inbox; the only ones
 * taken from it are its write block, outbox and frames.
 */
import {
  READ_COLUMNS_OFFSET,
  READ_NOW_OFFSET,
  REGION_HEADER_SIZE,
  REGION_SIZE,
  WRITE_COLUMNS_OFFSET,
} from '../../config/abi.ts';
import { BootError } from '../boot/boot-error.ts';
import type { LoadedModule } from '../boot/load-module.ts';
import { FUEL_EXPORT } from '../boot/meter-module.ts';
import { MODULE_CODES } from '../boot/module-codes.ts';
import { fuelFor, type ProcedureName, recordsIn } from './fuel.ts';
import { Supervisor } from './supervision.ts';

/** How a call ended: null, or why it is a fault. */
export interface Fault {
  readonly kind: 'trap' | 'out-of-fuel' | 'no-memory';
  readonly message: string;
}

type Procedure = () => void;

interface ModuleExports extends Record<ProcedureName, Procedure> {
  readonly memory: WebAssembly.Memory;
  readonly [FUEL_EXPORT]: WebAssembly.Global;
}

export class ModuleSlot {
  readonly loaded: LoadedModule;
  readonly index: number;
  readonly supervisor = new Supervisor();
  #exports!: ModuleExports;
  #bytes!: Uint8Array;
  #words!: Uint32Array;
  /** Records in the inbox. */
  #records = 0;

  constructor(loaded: LoadedModule, index: number) {
    this.loaded = loaded;
    this.index = index;
    const fault = this.restart();
    if (fault === null) return;
    const { hint } = MODULE_CODES.MODULE_MEMORY_HOST;
    throw new BootError('MODULE_MEMORY_HOST', loaded.name, fault.message, hint);
  }

  /** A fresh instance: the module's past is gone. It still has to be initialised. */
  restart(): Fault | null {
    try {
      const { exports } = new WebAssembly.Instance(this.loaded.code);
      // A plain object: calls through the engine's own export object cost several times as much.
      this.#exports = { ...(exports as unknown as ModuleExports) };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return { kind: 'no-memory', message: `the host has no ${this.loaded.memory} bytes for it` };
    }
    this.#bytes = new Uint8Array(this.memory);
    this.#words = new Uint32Array(this.memory);
    return null;
  }

  get memory(): ArrayBuffer {
    return this.#exports.memory.buffer;
  }

  /**
   * Calls an export with empty outbox and frames, and fuel for the rows or records that it was
   * handed: one that returns has not used up more. The one place where a trap is caught.
   */
  call(procedure: ProcedureName): Fault | null {
    const { blocks, manifest } = this.loaded;
    const fuel = this.#exports[FUEL_EXPORT];
    const count = procedure === 'receive' ? this.#records : this.#words[blocks.read_block >>> 2];
    const budget = fuelFor(manifest.limits, procedure, count);
    fuel.value = budget;
    this.#words[blocks.outbox >>> 2] = 0;
    this.#words[blocks.frames >>> 2] = 0;
    try {
      // By its name written out: that is the call that is made for every vector.
      if (procedure === 'process') this.#exports.process();
      else this.#exports[procedure]();
      return null;
    } catch (error) {
      // Running out of stack is a RangeError; whatever else comes out is our own bug.
      const isTrap = error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
      if (!isTrap) throw error;
      if (fuel.value >= 0) return { kind: 'trap', message: error.message };
    }
    return { kind: 'out-of-fuel', message: `${procedure} used up its ${budget} of fuel` };
  }

  /** Says what time it is to a call without rows. */
  setTime(now: bigint): void {
    const { read_block } = this.loaded.blocks;
    this.#words.fill(0, read_block >>> 2, (read_block + READ_COLUMNS_OFFSET) >>> 2);
    new BigInt64Array(this.memory, read_block + READ_NOW_OFFSET, 1)[0] = now;
  }

  zeroVerdicts(): void {
    const { write_block } = this.loaded.blocks;
    this.#words.fill(0, write_block >>> 2, (write_block + WRITE_COLUMNS_OFFSET) >>> 2);
  }

  fillInbox(entries: Uint8Array): void {
    const { blocks, manifest } = this.loaded;
    const { inbox } = blocks;
    this.#records = recordsIn(entries, manifest.messages.receives);
    this.#words[inbox >>> 2] = entries.length;
    this.#words[(inbox >>> 2) + 1] = 0;
    this.#bytes.set(entries, inbox + REGION_HEADER_SIZE);
  }

  /** Bytes that a region says it holds: an allegation, checked by whoever reads the region. */
  get outboxUsed(): number {
    return this.#words[this.loaded.blocks.outbox >>> 2];
  }

  get framesUsed(): number {
    return this.#words[this.loaded.blocks.frames >>> 2];
  }

  region(region: 'outbox' | 'frames'): Uint8Array {
    const start = this.loaded.blocks[region];
    return this.#bytes.subarray(start, start + REGION_SIZE);
  }
}
