/**
 * Watches one place of the kernel: what its module made of each row, and what the monitor said. It
 * stands between the bench and the kernel, reads blocks and rows, and changes nothing.
 */
import { WRITE_CHANGED_OFFSET, WRITE_VERDICT_OFFSET } from '../../config/abi.ts';
import { writeLayout } from '../../config/block-layout.ts';
import type { ColumnName } from '../../config/columns.ts';
import type { Place } from '../../config/manifest.ts';
import type { KernelExports } from '../../firmware/board/kernel.ts';
import * as layout from '../../firmware/boot/table-layout.ts';
import type { Tables } from '../../firmware/boot/tables.ts';
import { type ColumnValue, KernelRows, readValue } from '../../firmware/report/kernel-rows.ts';
import { violations } from '../../firmware/report/violations.ts';

const RECORDS_OFFSET = 64;

/** What became of a row at the place. `absent`: it never stood there. */
export type RowEffect =
  | { readonly kind: 'absent' | 'fault' }
  | { readonly kind: 'violation'; readonly violation: string }
  | {
      readonly kind: 'judged';
      readonly verdict: number;
      readonly writes: readonly (readonly [ColumnName, ColumnValue])[];
    };

/** A frame that the kernel took from the module: `output` counts from 1. */
export interface MadeFrame {
  readonly output: number;
  readonly egress: number;
  readonly bytes: Uint8Array;
}

interface Event {
  readonly name: string;
  /** Of the row; 0: it is about none. */
  readonly sequence: number;
}

export class PlaceWatch {
  /** The same kernel, watched. */
  readonly kernel: KernelExports;
  readonly #bare: KernelExports;
  readonly #rows: KernelRows;
  readonly #view: DataView;
  readonly #declared: Place;
  readonly #place: number;
  #first = 0;
  #effects: RowEffect[] = [];
  #frames: MadeFrame[] = [];
  #violations: string[] = [];
  /** Rows of the stage in the order in which they are gathered; and those of this call. */
  #stage: number[] = [];
  #call: number[] = [];
  #vectorRows = 0;

  constructor(kernel: KernelExports, tables: Tables, place: number) {
    this.#bare = kernel;
    this.#rows = new KernelRows(kernel);
    this.#view = new DataView(kernel.memory.buffer);
    this.#place = place;
    this.#declared = tables.pipeline.places[place].place;
    this.kernel = {
      ...kernel,
      receive: (rowsMax) => {
        this.#vectorRows = kernel.receive(rowsMax);
        return this.#vectorRows;
      },
      gatherStage: (stage) => {
        const node = layout.NODE_PLACE_FIRST + stage;
        const rows = Array.from({ length: this.#vectorRows }, (_, row) => row);
        this.#stage = rows.filter((row) => this.#rows.node(row) === node);
        this.#call = this.#stage;
        return kernel.gatherStage(stage);
      },
      gatherAgain: (stage, k) => {
        this.#call = this.#stage.slice(k, k + 1);
        return kernel.gatherAgain(stage, k);
      },
      faultStage: (stage, reason) => {
        for (const row of this.#call) this.#note(this.#rows.arrival(row), { kind: 'fault' });
        kernel.faultStage(stage, reason);
      },
      takeFrames: (stage, isProcess, generation) => {
        const before = kernel.madeCount.value;
        kernel.takeFrames(stage, isProcess, generation);
        this.#takeFrames(before);
      },
      monitorStage: (stage) => this.#monitor(stage),
    };
  }

  /**
   * Forgets what was seen; of the rows that follow, `count` are told of from arrival `first` on.
   */
  clear(first: number, count: number): void {
    this.#first = first;
    this.#effects = Array.from({ length: count }, () => ({ kind: 'absent' }));
    this.#frames = [];
    this.#violations = [];
    this.#takeEvents();
  }

  /** What was seen since. */
  take(): { rows: RowEffect[]; frames: MadeFrame[]; violations: string[] } {
    const own = this.#takeEvents().map(({ name }) => name);
    const violated = [...this.#violations, ...own];
    return { rows: this.#effects, frames: this.#frames, violations: violated };
  }

  #note(arrival: number, effect: RowEffect): void {
    const index = arrival - this.#first;
    if (index >= 0 && index < this.#effects.length) this.#effects[index] = effect;
  }

  #monitor(stage: number): void {
    // What the call did before its rows are judged is about no row of its own.
    this.#violations.push(...this.#takeEvents().map(({ name }) => name));
    const calls = this.#call.map((row, index) => ({
      arrival: this.#rows.arrival(row),
      sequence: this.#rows.read(row).sequence,
      effect: this.#readEffect(index),
    }));
    this.#bare.monitorStage(stage);
    const events = this.#takeEvents();
    for (const { arrival, sequence, effect } of calls) {
      const event = events.find((candidate) => candidate.sequence === sequence);
      const violation = event?.name;
      this.#note(arrival, violation === undefined ? effect : { kind: 'violation', violation });
    }
  }

  /** What stands in the place's write block at row `index` of the call. */
  #readEffect(index: number): RowEffect {
    const block = this.#bare.writeBlock(this.#place);
    const changed = this.#view.getUint8(block + WRITE_CHANGED_OFFSET + index);
    const { columns } = writeLayout(this.#declared);
    return {
      kind: 'judged',
      verdict: this.#view.getUint8(block + WRITE_VERDICT_OFFSET + index),
      writes: columns
        .filter((_, bit) => (changed >> bit) & 1)
        .map(({ column, offset, size }) => {
          return [column, readValue(this.#view, block + offset + index * size, size)] as const;
        }),
    };
  }

  #takeFrames(before: number): void {
    const queue = this.#bare.madeQueue.value;
    for (let index = before; index < this.#bare.madeCount.value; index++) {
      const at = queue + index * layout.MADE_SIZE;
      const frame = this.#view.getUint32(at + layout.MADE_FRAME_OFFSET, true);
      const length = this.#view.getUint16(at + layout.MADE_LENGTH_OFFSET, true);
      this.#frames.push({
        output: this.#view.getUint8(at + layout.MADE_OUTPUT_OFFSET),
        egress: this.#view.getUint8(at + layout.MADE_EGRESS_OFFSET),
        bytes: new Uint8Array(this.#view.buffer.slice(frame, frame + length)),
      });
    }
  }

  /** Violations that the kernel has reported since it was last asked. */
  #takeEvents(): Event[] {
    const base = this.#bare.eventsAddress();
    const count = this.#view.getUint32(base, true);
    this.#view.setUint32(base, 0, true);
    return Array.from(
      { length: count },
      (_, index) => base + RECORDS_OFFSET + index * layout.EVENT_SIZE,
    )
      .filter((at) => this.#view.getUint8(at + layout.EVENT_KIND_OFFSET) === layout.EVENT_VIOLATION)
      .map((at) => ({
        name: violations.get(this.#view.getUint8(at + layout.EVENT_DETAIL_OFFSET))!.name,
        sequence: this.#view.getUint32(at + layout.EVENT_SEQUENCE_OFFSET, true),
      }));
  }
}
