/**
 * The way of one packet through the real kernel: an observer between board and kernel that reads
 * rows and blocks before and after each step. It changes nothing, and knows no rule of the router.
 */
import {
  VECTOR_ROWS_MAX,
  VERDICT_HOLD,
  WRITE_CHANGED_OFFSET,
  WRITE_VERDICT_OFFSET,
} from '../../config/abi.ts';
import { readLayout, writeLayout } from '../../config/block-layout.ts';
import type { Place } from '../../config/manifest.ts';
import type { KernelExports } from '../board/kernel.ts';
import * as layout from '../boot/table-layout.ts';
import type { Tables } from '../boot/tables.ts';
import { KernelRows, readValue } from './kernel-rows.ts';
import { type RowViolation, TracedPacket } from './traced-packet.ts';

/** Frames that modules send unasked while the packet waits; more are not told of. */
const MEANWHILE_MAX = 3;

/** Follows one packet. One board, one trace. */
export class PacketTrace {
  readonly packet = new TracedPacket();
  #arrival = -1;
  readonly #tables: Tables;
  readonly #flowCapacity: number;
  #kernel!: KernelExports;
  #rows!: KernelRows;
  #view!: DataView;
  /** Rows of the present stage, before it was run one by one. */
  #stageRows: number[] = [];
  #vectorRows = 0;

  constructor(tables: Tables, flowCapacity: number) {
    this.#tables = tables;
    this.#flowCapacity = flowCapacity;
  }

  /** The packet to follow: the frame before which `arrival` frames arrive. Once, in time. */
  follow(arrival: number): void {
    this.#arrival = arrival;
  }

  /** For BoardOptions: the same kernel, watched. */
  observe(kernel: KernelExports): KernelExports {
    this.#kernel = kernel;
    this.#rows = new KernelRows(kernel);
    this.#view = new DataView(kernel.memory.buffer);
    return {
      ...kernel,
      receive: (rowsMax) => {
        const rows = kernel.receive(rowsMax);
        this.#received(rows);
        return rows;
      },
      gatherStage: (place) => {
        const count = kernel.gatherStage(place);
        this.#gathered(layout.NODE_PLACE_FIRST + place);
        return count;
      },
      gatherAgain: (place, k) => {
        const count = kernel.gatherAgain(place, k);
        for (const path of this.#paths()) path.index = this.#stageRows[k] === path.row ? 0 : -1;
        return count;
      },
      takeFrames: (place, isProcess, generation) => {
        const first = kernel.madeCount.value;
        kernel.takeFrames(place, isProcess, generation);
        this.#made(place, first);
      },
      monitorStage: (place) => this.#monitor(place, () => kernel.monitorStage(place)),
      faultStage: (place, reason) => {
        kernel.faultStage(place, reason);
        for (const path of this.#paths()) {
          if (path.index < 0) continue;
          path.steps.push({ kind: 'fault', place, reason, after: this.#rows.read(path.row) });
        }
      },
      policyStage: () => this.#policy('policy', layout.NODE_POLICY, () => kernel.policyStage()),
      local: () => this.#policy('local', layout.NODE_LOCAL, () => kernel.local()),
      transmitStage: () => this.#transmit(() => kernel.transmitStage()),
    };
  }

  /** The packet, and what was made because of it. */
  *#paths(): Iterable<TracedPacket> {
    const open = [this.packet];
    for (const path of open) {
      if (path.row >= 0 || path.address !== 0) yield path;
      open.push(...path.answers);
    }
  }

  #all(): TracedPacket[] {
    const found = [this.packet];
    for (const path of found) found.push(...path.answers);
    return found;
  }

  #received(rows: number): void {
    if (this.#arrival < 0) return;
    this.#vectorRows = rows;
    for (const path of this.#all()) path.row = -1;
    for (let row = 0; row < rows; row++) {
      if (this.#rows.arrival(row) === this.#arrival) this.#enter(this.packet, row);
      else if (this.#rows.arrival(row) === layout.ARRIVAL_NONE) this.#enterMade(row);
    }
  }

  #enterMade(row: number): void {
    const address = this.#rows.frame(row);
    const path = this.#all().find((candidate) => candidate.address === address);
    if (path !== undefined) this.#enter(path, row);
    else if (this.packet.address !== 0 && this.packet.meanwhile.length < MEANWHILE_MAX) {
      const isOriginated = (this.#rows.flags(row) & layout.ROW_FLAG_ORIGINATED) !== 0;
      const length = this.#rows.read(row).columns.get('meta.length') as number;
      if (isOriginated) this.packet.meanwhile.push(this.#rows.frameBytes(row, length));
    }
  }

  #enter(path: TracedPacket, row: number): void {
    const after = this.#rows.read(row);
    path.row = row;
    path.address = 0;
    path.sequences.add(after.sequence);
    const isReleased = path.steps.length > 0;
    const first = this.#rows.arrival(row) === layout.ARRIVAL_NONE ? 'made' : 'arrived';
    path.frame ??= this.#rows.frameBytes(row, after.columns.get('meta.length') as number);
    path.steps.push({ kind: isReleased ? 'released' : first, after });
  }

  #gathered(node: number): void {
    this.#stageRows = [];
    for (let row = 0; row < this.#vectorRows; row++) {
      if (this.#rows.node(row) === node) this.#stageRows.push(row);
    }
    for (const path of this.#paths()) path.index = this.#stageRows.indexOf(path.row);
  }

  /** Which of the frames that a call made answer what we follow. */
  #made(place: number, first: number): void {
    const queue = this.#kernel.madeQueue.value;
    for (let index = first; index < this.#kernel.madeCount.value; index++) {
      const at = queue + index * layout.MADE_SIZE;
      const isAnswer = this.#view.getUint8(at + layout.MADE_FLAGS_OFFSET) & layout.ROW_FLAG_ANSWER;
      const sequence = this.#view.getUint32(at + layout.MADE_SEQUENCE_OFFSET, true);
      if (!isAnswer) continue;
      const asker = [...this.#paths()].find(({ index, sequences }) => {
        return index >= 0 && sequences.has(sequence);
      });
      if (asker === undefined) continue;
      const answer = new TracedPacket(place);
      answer.address = this.#view.getUint32(at + layout.MADE_FRAME_OFFSET, true);
      asker.answers.push(answer);
    }
  }

  #monitor(place: number, run: () => void): void {
    const followed = [...this.#paths()].filter(({ index, row }) => index >= 0 && row >= 0);
    const { place: declared } = this.#tables.pipeline.places[place];
    const calls = followed.map((path) => ({
      path,
      call: this.#readCall(place, declared, path.index),
      before: this.#rows.read(path.row),
    }));
    const events = this.#view.getUint32(this.#kernel.eventsAddress(), true);
    run();
    for (const { path, call, before } of calls) {
      const after = this.#rows.read(path.row);
      const violation = this.#violationOf(before.sequence, events);
      const isGone = after.node === layout.NODE_NONE;
      const isHeld = isGone && call.verdict === VERDICT_HOLD && !this.#isOver(before.sequence);
      path.steps.push({ kind: 'module', place, ...call, before, after, violation, isHeld });
      if (isHeld) path.address = this.#rows.frame(path.row);
      path.index = -1;
    }
  }

  /** What stands in the staging blocks of a place at row `index`. */
  #readCall(place: number, declared: Place, index: number) {
    const read = this.#kernel.readBlock(place);
    const write = this.#kernel.writeBlock(place);
    const valueAt = (block: number, offset: number, size: number) =>
      readValue(this.#view, block + offset + index * size, size);
    const changed = this.#view.getUint8(write + WRITE_CHANGED_OFFSET + index);
    return {
      seen: readLayout(declared).columns.map(
        ({ column, offset, size }) => [column, valueAt(read, offset, size)] as const,
      ),
      verdict: this.#view.getUint8(write + WRITE_VERDICT_OFFSET + index),
      written: writeLayout(declared)
        .columns.filter((_, bit) => (changed >> bit) & 1)
        .map(({ column, offset, size }) => [column, valueAt(write, offset, size)] as const),
    };
  }

  /** Whether the kernel has written down what became of a row. */
  #isOver(sequence: number): boolean {
    const base = this.#kernel.outcomesAddress();
    const count = this.#view.getUint32(base + 4, true);
    return Array.from({ length: count }, (_, index) => {
      const at = base + 64 + index * layout.OUTCOME_SIZE;
      return this.#view.getUint32(at + layout.OUTCOME_SEQUENCE_OFFSET, true);
    }).includes(sequence);
  }

  #violationOf(sequence: number, first: number): RowViolation | null {
    const base = this.#kernel.eventsAddress();
    const count = this.#view.getUint32(base, true);
    for (let index = first; index < count; index++) {
      const at = base + 64 + index * layout.EVENT_SIZE;
      const kind = this.#view.getUint8(at + layout.EVENT_KIND_OFFSET);
      const isOurs = this.#view.getUint32(at + layout.EVENT_SEQUENCE_OFFSET, true) === sequence;
      if (kind !== layout.EVENT_VIOLATION || !isOurs) continue;
      return {
        kind: this.#view.getUint8(at + layout.EVENT_DETAIL_OFFSET),
        value: this.#view.getBigUint64(at + layout.EVENT_VALUE_OFFSET, true),
      };
    }
    return null;
  }

  #policy(kind: 'policy' | 'local', node: number, run: () => void): void {
    const followed = [...this.#paths()].filter(
      ({ row }) => row >= 0 && this.#rows.node(row) === node,
    );
    if (followed.length === 0) {
      run();
      return;
    }
    const before = followed.map(({ row }) => this.#rows.read(row));
    const standing = Array.from({ length: VECTOR_ROWS_MAX }, (_, row) => this.#rows.node(row));
    const base = this.#kernel.flowEntryAddress(0);
    const size = this.#flowCapacity * layout.FLOW_ENTRY_SIZE;
    const entries = new Uint8Array(this.#view.buffer.slice(base, base + size));
    run();
    for (const [i, path] of followed.entries()) {
      const after = this.#rows.read(path.row);
      const isOlder = (row: number) =>
        standing[row] === node && this.#rows.flow(row) === after.flow;
      const isShared = Array.from({ length: path.row }, (_, row) => row).some(isOlder);
      const entry = after.flow - 1;
      const at = base + entry * layout.FLOW_ENTRY_SIZE + layout.FLOW_ENTRY_POLICY_OFFSET;
      path.steps.push({
        kind,
        before: before[i],
        after,
        flow: entry < 0 ? null : this.#view.getUint16(at, true),
        isNewEntry: entry >= 0 && !isShared && !this.#isSameEntry(entries, entry),
      });
    }
  }

  /** Whether an entry of the flow table stood in this copy already, for the same connection. */
  #isSameEntry(entries: Uint8Array, entry: number): boolean {
    const start = entry * layout.FLOW_ENTRY_SIZE;
    if (entries[start + layout.FLOW_ENTRY_STATE_OFFSET] === 0) return false;
    const now = new Uint8Array(this.#view.buffer, this.#kernel.flowEntryAddress(entry));
    const key = entries.subarray(start, start + layout.FLOW_ENTRY_KEY_SIZE);
    return key.every((byte, index) => byte === now[index]);
  }

  #transmit(run: () => void): void {
    const followed = [...this.#paths()].filter(
      ({ row }) => row >= 0 && this.#rows.node(row) === layout.NODE_TX,
    );
    const before = followed.map(({ row }) => this.#rows.read(row));
    run();
    for (const [i, path] of followed.entries()) {
      const after = this.#rows.read(path.row);
      const length = after.columns.get('meta.length') as number;
      const frame = this.#rows.frameBytes(path.row, length);
      path.steps.push({ kind: 'tx', before: before[i], after, frame });
    }
  }
}
