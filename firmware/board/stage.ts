/** One place on the board: moves its blocks between kernel and module, each way in one copy. */
import { readLayout, writeLayout } from '../../config/block-layout.ts';
import type { PipelinePlace } from '../boot/pipeline.ts';
import type { KernelExports } from './kernel.ts';
import type { ModuleSlot } from './module-slot.ts';

export class Stage {
  readonly place: number;
  readonly slot: ModuleSlot;
  readonly #kernelRead: Uint8Array;
  readonly #kernelWrite: Uint8Array;
  readonly #readSize: number;
  readonly #writeSize: number;
  #moduleRead!: Uint8Array;
  #moduleWrite!: Uint8Array;

  constructor(kernel: KernelExports, entry: PipelinePlace, place: number, slot: ModuleSlot) {
    this.place = place;
    this.slot = slot;
    this.#readSize = readLayout(entry.place).size;
    this.#writeSize = writeLayout(entry.place).size;
    const { buffer } = kernel.memory;
    this.#kernelRead = new Uint8Array(buffer, kernel.readBlock(place), this.#readSize);
    this.#kernelWrite = new Uint8Array(buffer, kernel.writeBlock(place), this.#writeSize);
    this.attach();
  }

  /** Takes the blocks of the slot's present instance. */
  attach(): void {
    const { read_block, write_block } = this.slot.loaded.blocks;
    this.#moduleRead = new Uint8Array(this.slot.memory, read_block, this.#readSize);
    this.#moduleWrite = new Uint8Array(this.slot.memory, write_block, this.#writeSize);
  }

  copyIn(): void {
    this.#moduleRead.set(this.#kernelRead);
    this.slot.zeroVerdicts();
  }

  copyOut(): void {
    this.#kernelWrite.set(this.#moduleWrite);
  }
}
