/**
 * Reads what the loader must know of a WebAssembly binary and the engine's API does not tell:
 * memory limits, globals, start section, tables, signatures (WebAssembly core specification 5.5).
 * The engine has validated the bytes before; a shape that is not known here is an error all the
 * same.
 */

/** A mutable or immutable global with a constant i32 value; null where it is something else. */
export interface WasmGlobal {
  readonly isMutable: boolean;
  readonly i32: number | null;
}

export interface WasmExport {
  readonly name: string;
  readonly kind: 'function' | 'table' | 'memory' | 'global';
  readonly index: number;
}

/** What is in a module. Memory sizes are in pages of 64 KiB. */
export interface WasmSections {
  readonly imports: number;
  readonly hasStart: boolean;
  readonly tables: number;
  readonly memories: readonly { readonly initial: number; readonly maximum: number | null }[];
  readonly globals: readonly WasmGlobal[];
  readonly exports: readonly WasmExport[];
  /** Whether a function, by index, takes nothing and returns nothing. */
  isProcedure(functionIndex: number): boolean;
}

const EXPORT_KINDS = ['function', 'table', 'memory', 'global'] as const;
const SECTION = {
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
};
const I32_CONST = 0x41;
const END = 0x0b;

class Reader {
  at = 8;
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  byte(): number {
    if (this.at >= this.bytes.length) throw new RangeError(`the binary ends at ${this.at}`);
    return this.bytes[this.at++];
  }

  /** LEB128, at most five bytes. */
  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError(`an integer is too long at ${this.at}`);
  }

  i32(): number {
    let value = 0;
    let shift = 0;
    for (;;) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      shift += 7;
      if (byte >= 0x80 && shift < 35) continue;
      return shift < 32 && byte & 0x40 ? value | (-1 << shift) : value;
    }
  }

  name(): string {
    const size = this.u32();
    const start = this.at;
    this.at += size;
    return new TextDecoder().decode(this.bytes.subarray(start, this.at));
  }
}

/** Reads a binary that WebAssembly.validate accepts. Throws RangeError for what is unknown. */
export function readSections(bytes: Uint8Array): WasmSections {
  const reader = new Reader(bytes);
  const procedures: boolean[] = [];
  const functions: number[] = [];
  const found = {
    imports: 0,
    hasStart: false,
    tables: 0,
    memories: [] as { initial: number; maximum: number | null }[],
    globals: [] as WasmGlobal[],
    exports: [] as WasmExport[],
    isProcedure: (index: number): boolean => procedures[functions[index]] === true,
  };
  while (reader.at < bytes.length) {
    const id = reader.byte();
    const size = reader.u32();
    const end = reader.at + size;
    if (id === SECTION.type) list(reader, () => procedures.push(readType(reader)));
    else if (id === SECTION.import) found.imports = reader.u32();
    else if (id === SECTION.function) list(reader, () => functions.push(reader.u32()));
    else if (id === SECTION.table) found.tables = reader.u32();
    else if (id === SECTION.memory) list(reader, () => found.memories.push(readLimits(reader)));
    else if (id === SECTION.global) list(reader, () => found.globals.push(readGlobal(reader)));
    else if (id === SECTION.export) list(reader, () => found.exports.push(readExport(reader)));
    else if (id === SECTION.start) found.hasStart = true;
    reader.at = end;
  }
  return found;
}

function list(reader: Reader, read: () => void): void {
  for (let count = reader.u32(); count > 0; count--) read();
}

/** Whether the function type is [] -> []. */
function readType(reader: Reader): boolean {
  reader.byte();
  const parameters = reader.u32();
  reader.at += parameters;
  const results = reader.u32();
  reader.at += results;
  return parameters === 0 && results === 0;
}

function readLimits(reader: Reader): { initial: number; maximum: number | null } {
  const flags = reader.byte();
  if (flags > 1) throw new RangeError('a memory that is shared or of 64 bits');
  const initial = reader.u32();
  return { initial, maximum: flags === 1 ? reader.u32() : null };
}

function readGlobal(reader: Reader): WasmGlobal {
  const type = reader.byte();
  const isMutable = reader.byte() === 1;
  if (type === 0x7f && reader.bytes[reader.at] === I32_CONST) {
    reader.at++;
    const i32 = reader.i32();
    if (reader.byte() === END) return { isMutable, i32 };
    throw new RangeError('a global whose value is not one constant');
  }
  while (reader.byte() !== END);
  return { isMutable, i32: null };
}

function readExport(reader: Reader): WasmExport {
  const name = reader.name();
  const kind = EXPORT_KINDS[reader.byte()];
  if (kind === undefined) throw new RangeError(`export ${name} is of an unknown kind`);
  return { name, kind, index: reader.u32() };
}
