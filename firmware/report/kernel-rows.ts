/** Reads rows of the vector out of the kernel's memory. Decides nothing. */
import { type ColumnName, columnNames, columns } from '../../config/columns.ts';
import type { KernelExports } from '../board/kernel.ts';
import * as layout from '../boot/table-layout.ts';

/** Ethernet frames in the arena are no longer. */
const FRAME_SIZE_MAX = 2048;

/** A value of a column, in host order: IPv6 addresses and windows are their bytes. */
export type ColumnValue = number | Uint8Array;

/** A row as it stood at one moment: all columns that are arrays, and what the kernel knows. */
export interface RowState {
  readonly columns: ReadonlyMap<ColumnName, ColumnValue>;
  /** NODE_* of table-layout.ts. */
  readonly node: number;
  readonly classId: number;
  /** Its entry of the flow table, + 1; 0: none. */
  readonly flow: number;
  /** Generation of the policy's stamp; 0: none. */
  readonly stamp: number;
  readonly sequence: number;
  /** ns since boot. */
  readonly time: bigint;
}

/** The value of `size` bytes at `at`. */
export function readValue(view: DataView, at: number, size: number): ColumnValue {
  switch (size) {
    case 1:
      return view.getUint8(at);
    case 2:
      return view.getUint16(at, true);
    case 4:
      return view.getUint32(at, true);
    case 8:
      return Number(view.getBigUint64(at, true));
    default:
      return new Uint8Array(view.buffer.slice(at, at + size));
  }
}

export function sameValue(a: ColumnValue | undefined, b: ColumnValue | undefined): boolean {
  if (!(a instanceof Uint8Array) || !(b instanceof Uint8Array)) return a === b;
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** The vector in a kernel's memory. Rows count from 0. */
export class KernelRows {
  readonly #kernel: KernelExports;
  readonly #view: DataView;
  readonly #arrays: readonly { name: ColumnName; address: number; size: number }[];

  constructor(kernel: KernelExports) {
    this.#kernel = kernel;
    this.#view = new DataView(kernel.memory.buffer);
    this.#arrays = columnNames
      .filter((name) => columns[name].size > 0)
      .map((name) => {
        const { id, size } = columns[name];
        return { name, address: kernel.columnOf(id), size };
      });
  }

  /** Where the row is: NODE_* of table-layout.ts. */
  node(row: number): number {
    return this.#view.getUint8(this.#kernel.columnOf(layout.ROW_NODE) + row);
  }

  /** How many frames had arrived before it, or ARRIVAL_NONE. */
  arrival(row: number): number {
    return this.#u32(layout.ROW_ARRIVAL, row);
  }

  /** Address of its frame: of no other row while this one is not finished. */
  frame(row: number): number {
    return this.#u32(layout.ROW_FRAME, row);
  }

  flow(row: number): number {
    return this.#u32(layout.ROW_FLOW, row);
  }

  flags(row: number): number {
    return this.#view.getUint8(this.#kernel.columnOf(layout.ROW_FLAGS) + row);
  }

  /** A copy of the frame's bytes as they stand in the arena. */
  frameBytes(row: number, length: number): Uint8Array {
    const at = this.frame(row);
    return new Uint8Array(this.#view.buffer.slice(at, at + Math.min(length, FRAME_SIZE_MAX)));
  }

  /** The columns of a row as a module would see them; of a row that is gone, as it went. */
  read(row: number): RowState {
    if (this.node(row) !== layout.NODE_NONE) this.#kernel.completeRow(row);
    return {
      columns: new Map(
        this.#arrays.map(({ name, address, size }) => [
          name,
          readValue(this.#view, address + row * size, size),
        ]),
      ),
      node: this.node(row),
      classId: this.#view.getUint16(this.#kernel.columnOf(layout.ROW_CLASS) + row * 2, true),
      flow: this.flow(row),
      stamp: this.#u32(layout.ROW_STAMP, row),
      sequence: this.#u32(layout.ROW_SEQUENCE, row),
      time: this.#view.getBigInt64(this.#kernel.columnOf(layout.ROW_TIME) + row * 8, true),
    };
  }

  #u32(array: number, row: number): number {
    return this.#view.getUint32(this.#kernel.columnOf(array) + row * 4, true);
  }
}
