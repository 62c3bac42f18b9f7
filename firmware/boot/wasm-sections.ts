/**
 * Reads the sections of a module (WebAssembly core specification 5.5), strictly: what a module may
 * not have, and what is not known here, is refused.
 */

import { type FunctionBody, readBody } from './function-body.ts';
import type { ModuleCode } from './module-codes.ts';
import type { MODULE_LIMITS } from './module-limits.ts';
import {
  OP_END,
  OP_I32_CONST,
  OP_I64_CONST,
  OP_V128_CONST,
  OPCODES_PER_PREFIX,
  PREFIX_SIMD,
} from './opcodes.ts';
import * as wasm from './wasm-numbers.ts';
import type { WasmReader } from './wasm-reader.ts';

/** Value types of a function, as bytes of the binary. */
export interface FunctionType {
  readonly parameters: readonly number[];
  readonly results: readonly number[];
}

export interface WasmGlobal {
  readonly isMutable: boolean;
  /** The constant value of an i32; null where it is of another type. */
  readonly i32: number | null;
}

/** In pages of 64 KiB; null: there is no maximum. `at` is the byte offset, here and below. */
interface WasmMemory {
  readonly initial: number;
  readonly maximum: number | null;
  readonly at: number;
}

interface WasmExport {
  readonly kind: number;
  readonly index: number;
  readonly at: number;
}

/** A data segment: where its bytes go in the memory. */
interface WasmData {
  readonly start: number;
  readonly size: number;
  readonly at: number;
}

/** What is in a module. */
export interface WasmSections {
  readonly types: FunctionType[];
  /** The type of each function, by index. */
  readonly functions: FunctionType[];
  readonly memories: WasmMemory[];
  readonly globals: WasmGlobal[];
  readonly exports: Map<string, WasmExport>;
  readonly bodies: FunctionBody[];
  readonly data: WasmData[];
  /** Each section's vector, by the section's id: how many entries, and their bytes. */
  readonly contents: Map<number, { readonly count: number; readonly entries: Uint8Array }>;
}

/** @throws BootError MODULE_… for what a module may not have */
export function readSections(reader: WasmReader): WasmSections {
  const { bytes } = reader;
  reader.limit('bytes of binary', bytes.length);
  for (const byte of wasm.MAGIC_AND_VERSION) {
    if (reader.byte() !== byte) reader.refuse('MODULE_MALFORMED', 'no header of WebAssembly 1', 0);
  }
  const found: WasmSections = {
    types: [],
    functions: [],
    memories: [],
    globals: [],
    exports: new Map(),
    bodies: [],
    data: [],
    contents: new Map(),
  };
  let order = -1;
  while (reader.at < bytes.length) {
    const start = reader.at;
    const id = reader.byte();
    const size = reader.u32();
    const end = reader.skip(size) + size;
    if (id === wasm.SECTION_CUSTOM) continue;
    const refusal = wasm.SECTIONS_REFUSED.get(id);
    if (refusal !== undefined) reader.refuse(refusal, `section ${id}`, start);
    const place = wasm.SECTION_ORDER.indexOf(id);
    if (place < 0) reader.refuse('MODULE_SECTION', `section ${id}`, start);
    if (place <= order) reader.refuse('MODULE_MALFORMED', `section ${id} out of order`, start);
    order = place;
    reader.at = end - size;
    reader.end = end;
    readSection(reader, id, found);
    if (reader.at !== end) reader.refuse('MODULE_MALFORMED', `section ${id} goes on`);
    reader.end = bytes.length;
  }
  if (found.bodies.length !== found.functions.length) {
    reader.refuse('MODULE_MALFORMED', `${found.bodies.length} bodies of functions`);
  }
  return found;
}

/** What is counted in a section, and how one entry is read. */
type Entries = readonly [
  keyof typeof MODULE_LIMITS,
  (reader: WasmReader, found: WasmSections) => unknown,
];

const ENTRIES = new Map<number, Entries>([
  [wasm.SECTION_TYPE, ['types', (reader, { types }) => types.push(readType(reader))]],
  [
    wasm.SECTION_FUNCTION,
    ['functions', (reader, found) => found.functions.push(typeAt(reader, found))],
  ],
  [wasm.SECTION_MEMORY, ['memories', (reader, { memories }) => memories.push(readLimits(reader))]],
  [wasm.SECTION_GLOBAL, ['globals', (reader, { globals }) => globals.push(readGlobal(reader))]],
  [wasm.SECTION_EXPORT, ['exports', readExport]],
  [wasm.SECTION_CODE, ['functions', (reader, found) => found.bodies.push(readBody(reader, found))]],
  [wasm.SECTION_DATA, ['data segments', (reader, { data }) => data.push(readData(reader))]],
]);

function readSection(reader: WasmReader, id: number, found: WasmSections): void {
  const entries = ENTRIES.get(id);
  if (entries === undefined) {
    reader.u32(); // How many data segments there are: only instructions that are refused ask.
    return;
  }
  const [what, read] = entries;
  const count = reader.count(what);
  const start = reader.at;
  for (let i = 0; i < count; i++) read(reader, found);
  found.contents.set(id, { count, entries: reader.bytes.subarray(start, reader.at) });
}

function readType(reader: WasmReader): FunctionType {
  const form = reader.byte();
  if (form !== wasm.TYPE_FUNCTION) reader.refuse('MODULE_REFERENCES', 'a type of no function');
  const list = (count: number) => Array.from({ length: count }, () => reader.valueType());
  const parameters = list(reader.count('parameters of a type'));
  const count = reader.u32();
  if (count > 1) reader.refuse('MODULE_MULTI_VALUE', `a type of ${count} results`);
  return { parameters, results: list(count) };
}

function typeAt(reader: WasmReader, { types }: WasmSections): FunctionType {
  const index = reader.u32();
  return types[index] ?? reader.refuse('MODULE_INDEX', `type ${index}`);
}

function readLimits(reader: WasmReader): WasmMemory {
  const { at } = reader;
  const flags = reader.byte();
  if (flags === 2 || flags === 3) reader.refuse('MODULE_THREADS', 'a shared memory');
  if (flags > 1) reader.refuse('MODULE_MEMORY', `a memory of kind ${flags}`);
  const initial = reader.u32();
  return { initial, maximum: flags === 1 ? reader.u32() : null, at };
}

function readGlobal(reader: WasmReader): WasmGlobal {
  reader.valueType();
  const isMutable = reader.byte() === 1;
  return { isMutable, i32: readConstant(reader, 'MODULE_GLOBAL') };
}

/** A constant and its end; the value of an i32, null for another type. */
function readConstant(reader: WasmReader, refusal: ModuleCode): number | null {
  const opcode = reader.byte();
  let value: number | null = null;
  if (opcode === OP_I32_CONST) value = reader.signed(32);
  else if (opcode === OP_I64_CONST) reader.signed(64);
  else if (opcode === PREFIX_SIMD && reader.u32() === OP_V128_CONST % OPCODES_PER_PREFIX)
    reader.skip(16);
  else reader.refuse(refusal, 'a value that is no constant');
  if (reader.byte() !== OP_END) reader.refuse(refusal, 'a value of more than one constant');
  return value;
}

function readExport(reader: WasmReader, { exports }: WasmSections): void {
  const { at } = reader;
  const name = reader.name();
  if (exports.has(name)) reader.refuse('MODULE_EXPORT', `a second export "${name}"`, at);
  exports.set(name, { kind: reader.byte(), index: reader.u32(), at });
}

function readData(reader: WasmReader): WasmData {
  const { at } = reader;
  const flags = reader.u32();
  if (flags !== 0) reader.refuse('MODULE_PASSIVE_DATA', `a data segment of kind ${flags}`, at);
  const start = readConstant(reader, 'MODULE_DATA');
  if (start === null) return reader.refuse('MODULE_DATA', 'an offset that is no i32', at);
  const size = reader.u32();
  reader.skip(size);
  return { start: start >>> 0, size, at };
}
