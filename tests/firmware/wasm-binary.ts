/** WebAssembly binaries by hand, section by section (WebAssembly core specification 5.5). */

const I32 = 0x7f;
const END = 0x0b;

function leb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const byte = rest % 128;
    rest = Math.floor(rest / 128);
    if (rest === 0) return [...bytes, byte];
    bytes.push(byte + 128);
  }
}

/** Signed LEB128, as constants have it. */
function signedLeb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const byte = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0)) {
      return [...bytes, byte];
    }
    bytes.push(byte | 0x80);
  }
}

function text(value: string): number[] {
  const bytes = [...new TextEncoder().encode(value)];
  return [...leb(bytes.length), ...bytes];
}

function section(id: number, entries: readonly number[][]): number[] {
  if (entries.length === 0) return [];
  const body = [...leb(entries.length), ...entries.flat()];
  return [id, ...leb(body.length), ...body];
}

/** What a binary is made of. Functions are indexed after imported ones. */
export interface WasmParts {
  /** Bodies, all of type [] -> []. */
  functions: number[][];
  /** Initial and maximum pages. */
  memories: [initial: number, maximum?: number][];
  /** Constant i32 globals. */
  globals: { value: number; isMutable?: boolean }[];
  exports: { name: string; kind: 'function' | 'table' | 'memory' | 'global'; index: number }[];
  imports?: { module: string; name: string; kind: 'function' | 'memory' | 'global' }[];
  /** Tables of function references, by their size. */
  tables?: number[];
  start?: number;
  /** i32 locals of each function. */
  locals?: number[];
  /** Functions of type [i32] -> [] instead, by index. */
  withParameter?: number[];
}

const KINDS = { function: 0, table: 1, memory: 2, global: 3 } as const;
const IMPORTS = { function: [0, 0], memory: [2, 1, 1, 1], global: [3, I32, 0] } as const;

/** The binary of the parts. */
export function wasmBinary(parts: WasmParts): Uint8Array {
  const types = [
    [0x60, 0, 0],
    [0x60, 1, I32, 0],
  ];
  const imports = (parts.imports ?? []).map(({ module, name, kind }) => [
    ...text(module),
    ...text(name),
    ...IMPORTS[kind],
  ]);
  const functions = parts.functions.map((_, i) => [parts.withParameter?.includes(i) ? 1 : 0]);
  const tables = (parts.tables ?? []).map((size) => [0x70, 0, ...leb(size)]);
  const memories = parts.memories.map(([initial, maximum]) =>
    maximum === undefined ? [0, ...leb(initial)] : [1, ...leb(initial), ...leb(maximum)],
  );
  const globals = parts.globals.map(({ value, isMutable }) => [
    ...[I32, isMutable ? 1 : 0],
    ...[0x41, ...signedLeb(value), END],
  ]);
  const exports = parts.exports.map(({ name, kind, index }) => [
    ...text(name),
    KINDS[kind],
    ...leb(index),
  ]);
  const code = parts.functions.map((body, i) => {
    const locals = parts.locals?.[i] ?? 0;
    const bytes = [...(locals > 0 ? [1, ...leb(locals), I32] : [0]), ...body, END];
    return [...leb(bytes.length), ...bytes];
  });
  const start = parts.start === undefined ? [] : [8, 1, parts.start];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, types),
    ...section(2, imports),
    ...section(3, functions),
    ...section(4, tables),
    ...section(5, memories),
    ...section(6, globals),
    ...section(7, exports),
    ...start,
    ...section(10, code),
  ]);
}

const PAGE = 65_536;
const REGION = PAGE;
const BLOCKS = ['read_block', 'write_block', 'inbox', 'outbox', 'frames'];

/** A module that the loader takes: blocks a page apart, procedures that do nothing. */
export function plainModule(): WasmParts {
  return {
    functions: [[], []],
    memories: [[8, 8]],
    globals: BLOCKS.map((_, i) => ({ value: PAGE + i * REGION })),
    exports: [
      { name: 'memory', kind: 'memory', index: 0 },
      { name: 'initialize', kind: 'function', index: 0 },
      { name: 'process', kind: 'function', index: 1 },
      ...BLOCKS.map((name, index) => ({ name, kind: 'global' as const, index })),
    ],
  };
}
