/**
 * A module as a sandbox runs it: its own memory, no imports, and nothing but its blocks and
 * regions. Rows are objects by column name; what the manifest does not declare cannot be given.
 */
import * as abi from '../../config/abi.ts';
import { type BlockColumn, readLayout, writeLayout } from '../../config/block-layout.ts';
import type { ColumnName } from '../../config/columns.ts';
import type { MessageType, Place } from '../../config/manifest.ts';
import type { BuiltModule } from '../../scripts/toolchain/build-firmware.ts';
import { instantiate, type ModuleExports } from './webassembly.ts';

export type Row = Partial<Record<ColumnName, number | Uint8Array>>;
export type Message = Record<string, number>;

/** What a module made of a row: the output's or drop's name, and the columns it changed. */
export interface Judged {
  verdict: string;
  changed: Partial<Record<ColumnName, number>>;
}

export interface MadeFrame {
  output: string;
  egress: number;
  row: number;
  quote: number;
  bytes: Uint8Array;
}

/** What one call left behind. */
export interface Outcome {
  rows: Judged[];
  messages: { name: string; record: Message }[];
  frames: MadeFrame[];
}

const FIELD_SIZE = { u8: 1, u16: 2, u32: 4, u64: 8 } as const;
const NANOSECONDS = 1_000_000_000;

export class Sandbox {
  readonly module: BuiltModule;
  readonly exports: ModuleExports;
  private readonly view: DataView;
  private readonly bytes: Uint8Array;

  /** `exports`: of an instance that has not been initialised, if not of the module as built. */
  constructor(module: BuiltModule, exports = instantiate(module.wasm)) {
    this.module = module;
    this.exports = exports;
    this.view = new DataView(this.exports.memory.buffer);
    this.bytes = new Uint8Array(this.exports.memory.buffer);
    this.exports.initialize();
  }

  /** Hands rows to a place ('' where the manifest has only one) at `seconds` since boot. */
  process(rows: Row[], { place = '', seconds = 0 } = {}): Outcome {
    const declared = this.place(place);
    this.openCall(declared, rows.length, seconds);
    for (const column of readLayout(declared).columns) this.fill(column, rows);
    this.exports.process();
    const { columns } = writeLayout(declared);
    const judged = rows.map((_, row) => this.readRow(declared, columns, row));
    return { rows: judged, ...this.collect(declared) };
  }

  /** Delivers messages of one type, in one entry. */
  receive(name: string, records: Message[], seconds = 0): Outcome {
    const types = this.module.manifest.messages.receives;
    const type = types.findIndex((t) => t.name === name);
    const message = types[type] as MessageType;
    const inbox = this.exports.inbox.value;
    const size = Math.ceil((records.length * message.size) / 8) * 8;
    const place = this.module.manifest.places[0] as Place;
    this.openCall(place, 0, seconds);
    this.view.setUint32(inbox, abi.MESSAGE_HEADER_SIZE + size, true);
    const entry = inbox + abi.REGION_HEADER_SIZE;
    this.view.setUint16(entry + abi.MESSAGE_TYPE_OFFSET, type, true);
    this.view.setUint16(entry + abi.MESSAGE_RECORDS_OFFSET, records.length, true);
    records.forEach((record, i) => {
      const at = entry + abi.MESSAGE_HEADER_SIZE + i * message.size;
      for (const { name: field, type: kind, offset } of message.fields) {
        this.put(at + offset, FIELD_SIZE[kind], record[field] ?? 0);
      }
    });
    if (this.exports.receive === undefined) throw new Error('the module has no receive');
    this.exports.receive();
    return { rows: [], ...this.collect(place) };
  }

  tick(seconds: number): Outcome {
    const place = this.module.manifest.places[0] as Place;
    this.openCall(place, 0, seconds);
    if (this.exports.tick === undefined) throw new Error('the module has no tick');
    this.exports.tick();
    return { rows: [], ...this.collect(place) };
  }

  private place(name: string): Place {
    const found = this.module.manifest.places.find((place) => place.name === name);
    if (found === undefined) throw new Error(`no place ${name}`);
    return found;
  }

  private openCall(place: Place, count: number, seconds: number): void {
    const read = this.exports.read_block.value;
    const write = this.exports.write_block.value;
    const index = this.module.manifest.places.indexOf(place);
    const now = BigInt(Math.round(seconds * NANOSECONDS));
    this.view.setUint32(read + abi.READ_COUNT_OFFSET, count, true);
    this.view.setUint32(read + abi.READ_PLACE_OFFSET, index, true);
    this.view.setBigInt64(read + abi.READ_NOW_OFFSET, now, true);
    this.bytes.fill(0, write, write + abi.WRITE_COLUMNS_OFFSET);
  }

  private fill(column: BlockColumn, rows: Row[]): void {
    rows.forEach((row, i) => {
      const at = this.exports.read_block.value + column.offset + i * column.size;
      const value = row[column.column] ?? 0;
      if (typeof value === 'number') this.put(at, column.size, value);
      else this.bytes.fill(0, at, at + column.size).set(value.subarray(0, column.size), at);
    });
  }

  private put(at: number, size: number, value: number): void {
    if (size === 1) this.view.setUint8(at, value);
    else if (size === 2) this.view.setUint16(at, value, true);
    else if (size === 4) this.view.setUint32(at, value, true);
    else if (size === 8) this.view.setBigUint64(at, BigInt(value), true);
    else this.bytes.fill(0, at, at + size);
  }

  private take(at: number, size: number): number {
    if (size === 1) return this.view.getUint8(at);
    if (size === 2) return this.view.getUint16(at, true);
    return size === 4 ? this.view.getUint32(at, true) : Number(this.view.getBigUint64(at, true));
  }

  private readRow(place: Place, columns: readonly BlockColumn[], row: number): Judged {
    const write = this.exports.write_block.value;
    const verdict = this.view.getUint8(write + abi.WRITE_VERDICT_OFFSET + row);
    const bits = this.view.getUint8(write + abi.WRITE_CHANGED_OFFSET + row);
    const changed: Judged['changed'] = {};
    columns.forEach(({ column, offset, size }, bit) => {
      if (bits & (1 << bit)) changed[column] = this.take(write + offset + row * size, size);
    });
    return { verdict: this.verdictName(place, verdict), changed };
  }

  private verdictName(place: Place, verdict: number): string {
    if (verdict === abi.VERDICT_DROP) return 'drop';
    if (verdict === abi.VERDICT_CONSUME && place.consumes) return 'consume';
    if (verdict === abi.VERDICT_HOLD && place.holds) return 'hold';
    const name =
      verdict <= abi.VERDICT_OUTPUT_LAST
        ? place.outputs[verdict - 1]?.name
        : this.module.manifest.drops[verdict - abi.VERDICT_NAMED_DROP_FIRST];
    if (name === undefined) throw new Error(`verdict ${verdict} is not declared`);
    return name;
  }

  private collect(place: Place): Pick<Outcome, 'messages' | 'frames'> {
    const messages: Outcome['messages'] = [];
    this.eachEntry(this.exports.outbox.value, (at) => {
      const type = this.view.getUint16(at + abi.MESSAGE_TYPE_OFFSET, true);
      const records = this.view.getUint16(at + abi.MESSAGE_RECORDS_OFFSET, true);
      const { name, fields, size } = this.module.manifest.messages.sends[type] as MessageType;
      for (let i = 0; i < records; i++) {
        const start = at + abi.MESSAGE_HEADER_SIZE + i * size;
        const read = fields.map((f) => [f.name, this.take(start + f.offset, FIELD_SIZE[f.type])]);
        messages.push({ name, record: Object.fromEntries(read) });
      }
      return abi.MESSAGE_HEADER_SIZE + records * size;
    });
    const frames: MadeFrame[] = [];
    this.eachEntry(this.exports.frames.value, (at) => {
      const size = this.view.getUint16(at + abi.FRAME_LENGTH_OFFSET, true);
      const start = at + abi.FRAME_HEADER_SIZE;
      const output = this.view.getUint8(at + abi.FRAME_OUTPUT_OFFSET);
      frames.push({
        output: this.outputOf(place, output),
        egress: this.view.getUint8(at + abi.FRAME_EGRESS_OFFSET),
        row: this.view.getUint16(at + abi.FRAME_ROW_OFFSET, true),
        quote: this.view.getUint16(at + abi.FRAME_QUOTE_OFFSET, true),
        bytes: this.bytes.slice(start, start + size),
      });
      return abi.FRAME_HEADER_SIZE + size;
    });
    return { messages, frames };
  }

  private outputOf(place: Place, number: number): string {
    const output = place.outputs[number - 1];
    if (output === undefined) throw new Error(`output ${number} is not declared`);
    return output.name;
  }

  private eachEntry(region: number, visit: (at: number) => number): void {
    const used = this.view.getUint32(region, true);
    if (used > abi.REGION_SIZE - abi.REGION_HEADER_SIZE) throw new Error('the region overflows');
    const start = region + abi.REGION_HEADER_SIZE;
    for (let at = start; at < start + used; ) at += Math.ceil(visit(at) / 8) * 8;
    // The kernel takes what is there, as the board does after each call.
    this.view.setUint32(region, 0, true);
  }
}
