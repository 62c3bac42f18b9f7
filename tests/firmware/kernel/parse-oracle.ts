/** Holds the kernel's parse against netstack's reader of the same frame, column by column. */

import { VECTOR_ROWS_MAX } from '../../../config/abi.ts';
import { readLayout } from '../../../config/block-layout.ts';
import { type ColumnName, columnNames, columns } from '../../../config/columns.ts';
import { ROW_NODE } from '../../../firmware/boot/table-layout.ts';
import { writeU48 } from '../../../netstack/byte-order.ts';
import { type Columns, readColumns, windowOf } from '../../../netstack/columns.ts';
import { routerYaml, scratchFolder } from '../configuration.ts';
import { type KernelUnderTest, startKernelUnderTest } from '../kernel-under-test.ts';
import { writeBelow } from '../write-below.ts';

const FRAME_SIZE_MAX = 2048;
/** Fewer than the slots that the kernel posts on a ring of the tests' board. */
const BATCH = 80;
const WINDOWS = ['payload[128]', 'frame[64]'];
const FROM_FRAME = Object.keys(readColumns(new Uint8Array(0)).columns) as (keyof Columns)[];
/** They stay in the frame until a place asks for them: compared in its block. */
const IN_FRAME = new Set(['eth.src', 'ipv4.dscp', 'ipv4.fragment', 'tcp.seq', 'tcp.ack']);
/** What the kernel may say of a frame that parses, before any module sees it. */
const AFTER_PARSE = new Set(['martian', 'spoofed', 'broadcast', 'multicast', 'fault', undefined]);

/** A system of one place that is handed every frame that parses and reads every column. */
export function readAllSystem(): string {
  const folder = scratchFolder();
  const reads = columnNames.filter((name) => name !== 'payload' && name !== 'frame');
  const everything = 'vlan or not vlan';
  writeBelow(
    folder,
    'all/manifest.yaml',
    `name: all
version: 1.0.0
summary: Reads every column of every packet.
accepts: ${everything}
reads: ${JSON.stringify([...reads, ...WINDOWS])}
outputs: { out: ${everything} }
limits: { memory: 4 MiB, fuel-per-packet: 1000 }
`,
  );
  return writeBelow(
    folder,
    'system.yaml',
    `modules: { all: all }\nlinks: { wire: { ${everything}: all } }\n`,
  );
}

export class ParseOracle {
  readonly #target: KernelUnderTest;
  readonly #view: DataView;
  readonly #block: ReturnType<typeof readLayout>;
  #seconds = 1;
  #arrivals = 0;
  /** Frames compared so far, and rows whose read block was compared too. */
  frames = 0;
  handed = 0;

  private constructor(target: KernelUnderTest) {
    this.#target = target;
    this.#view = new DataView(target.kernel.memory.buffer);
    this.#block = readLayout(target.tables.pipeline.places[0].place);
  }

  static async start(): Promise<ParseOracle> {
    return new ParseOracle(await startKernelUnderTest(routerYaml('flows: []'), readAllSystem()));
  }

  /** The first difference, or null. Frames above the arena's slots are not looked at. */
  compare(frames: readonly Uint8Array[]): string | null {
    const fitting = frames.filter((frame) => frame.length <= FRAME_SIZE_MAX);
    for (let at = 0; at < fitting.length; at += BATCH) {
      const difference = this.#compareBatch(
        fitting.slice(at, at + BATCH).map((f) => this.#addressed(f)),
      );
      if (difference !== null) return difference;
    }
    return null;
  }

  #addressed(frame: Uint8Array): Uint8Array {
    const copy = frame.slice();
    if (copy.length >= 6 && (copy[0] & 1) === 0) writeU48(copy, 0, this.#target.nics[0].mac);
    return copy;
  }

  #compareBatch(frames: readonly Uint8Array[]): string | null {
    const { kernel, nics } = this.#target;
    this.#seconds++;
    kernel.beginBreath(0n); // posts free slots
    kernel.endBreath();
    for (const frame of frames) {
      if (!nics[0].send(frame, this.#seconds)) return 'the ring is full';
    }
    for (let done = 0; done < frames.length; ) {
      kernel.beginBreath(1n << 60n);
      const before = done;
      for (
        let rows = kernel.receive(VECTOR_ROWS_MAX);
        rows > 0;
        rows = kernel.receive(VECTOR_ROWS_MAX)
      ) {
        const difference = this.#compareRows(frames.slice(done, done + rows));
        if (difference !== null) return difference;
        done += rows;
      }
      kernel.endBreath();
      if (done === before) return `the kernel takes in ${done} of ${frames.length} frames`;
    }
    this.frames += frames.length;
    return null;
  }

  #compareRows(frames: readonly Uint8Array[]): string | null {
    const { kernel } = this.#target;
    for (const [row, frame] of frames.entries()) {
      const read = readColumns(frame);
      for (const name of FROM_FRAME) {
        if (IN_FRAME.has(name)) continue;
        const kernelValue = this.#value(kernel.columnOf(columns[name].id), row, name);
        if (kernelValue === read.columns[name]) continue;
        return `${name}: kernel ${kernelValue}, netstack ${read.columns[name]}: ${hex(frame)}`;
      }
    }
    const difference = this.#compareBlock(frames);
    this.#target.dropAll();
    return difference ?? this.#compareReasons(frames);
  }

  #value(address: number, row: number, name: ColumnName): number | bigint {
    const { size } = columns[name];
    const at = address + row * size;
    if (size === 1) return this.#view.getUint8(at);
    if (size === 2) return this.#view.getUint16(at, true);
    if (size === 4) return this.#view.getUint32(at, true);
    if (size === 8) return Number(this.#view.getBigUint64(at, true));
    // ipv6 addresses stay in wire order.
    return (this.#view.getBigUint64(at) << 64n) | this.#view.getBigUint64(at + 8);
  }

  /** The read block of the rows that were handed over, in row order. */
  #compareBlock(frames: readonly Uint8Array[]): string | null {
    const { kernel } = this.#target;
    const nodes = new Uint8Array(kernel.memory.buffer, kernel.columnOf(ROW_NODE), VECTOR_ROWS_MAX);
    const node = this.#target.tables.pipeline.places[0].node;
    const handed = frames.filter((_, row) => nodes[row] === node);
    if (handed.length === 0) return null;
    const count = kernel.gatherStage(0);
    if (count !== handed.length) return `${count} rows in the block, not ${handed.length}`;
    this.handed += count;
    for (const [row, frame] of handed.entries()) {
      const read = readColumns(frame);
      for (const { column, offset, size } of this.#block.columns) {
        const at = kernel.readBlock(0) + offset;
        if (column === 'payload' || column === 'frame') {
          const bytes = new Uint8Array(kernel.memory.buffer, at + row * size, size);
          const expected = windowOf(frame, read, column, size);
          if (Buffer.compare(bytes, expected) !== 0) {
            return `${column}: kernel ${hex(bytes)}, netstack ${hex(expected)}: ${hex(frame)}`;
          }
        } else if (column in read.columns) {
          const value = this.#value(at, row, column);
          const expected = read.columns[column as keyof Columns];
          if (value !== expected)
            return `block ${column}: ${value}, not ${expected}: ${hex(frame)}`;
        }
      }
    }
    return null;
  }

  #compareReasons(frames: readonly Uint8Array[]): string | null {
    const reasons = this.#target.takeReasons();
    for (const frame of frames) {
      const { reason } = readColumns(frame);
      const found = reasons.get(this.#arrivals++);
      const isRight = reason === null ? AFTER_PARSE.has(found) : found === reason;
      if (!isRight) return `dropped as ${found}, netstack says ${reason}: ${hex(frame)}`;
    }
    return null;
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
