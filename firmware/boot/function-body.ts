/**
 * Walks the code of a function (WebAssembly core specification 5.4), instruction by instruction.
 * Critical for isolation: an instruction that is not in the table of what is allowed is refused,
 * and so is an index beyond what the module defines; what the loader adds lies beyond.
 */
import {
  ALLOWED,
  type Immediate,
  OP_BLOCK,
  OP_END,
  OP_IF,
  OP_LOOP,
  OPCODES_PER_PREFIX,
  PREFIX_FIRST,
  REFUSED,
} from './opcodes.ts';
import { ALIGNMENT_MAX, BLOCK_EMPTY } from './wasm-numbers.ts';
import type { WasmReader } from './wasm-reader.ts';
import type { FunctionType, WasmSections } from './wasm-sections.ts';

/** One instruction: its bytes are start..end of the binary. */
export interface Instruction {
  /** As in opcodes.ts. */
  readonly opcode: number;
  readonly start: number;
  readonly end: number;
  /** Blocks that it is in. */
  readonly depth: number;
  /** The function that a call goes to; of an `end`, the instruction that it closes, or -1. */
  readonly value: number;
}

export interface FunctionBody {
  readonly type: FunctionType;
  /** Declared locals in groups of one type, as in the binary, and how many groups and locals. */
  readonly groups: Uint8Array;
  readonly groupCount: number;
  readonly localCount: number;
  /** The last one ends the function. */
  readonly instructions: readonly Instruction[];
  /** The blocks (by their first instruction; -1 is the function) that a branch leads to. */
  readonly targets: ReadonlySet<number>;
}

const IMMEDIATES = new Map<number, readonly Immediate[]>();
for (const [first, last, ...immediates] of ALLOWED) {
  for (let opcode = first; opcode <= last; opcode++) IMMEDIATES.set(opcode, immediates);
}

/** @throws BootError MODULE_… for what a function may not have */
export function readBody(reader: WasmReader, module: WasmSections): FunctionBody {
  const index = module.bodies.length;
  const type = module.functions[index];
  if (type === undefined) reader.refuse('MODULE_MALFORMED', 'a body of no function');
  const size = reader.count('bytes of a body');
  const sectionEnd = reader.end;
  reader.end = reader.skip(size) + size;
  reader.at -= size;
  reader.where = ` in function ${index}${exportedName(module, index)}`;
  const body = new BodyReader(reader, module, type).read();
  if (reader.at !== reader.end) reader.refuse('MODULE_MALFORMED', 'code after the end');
  reader.end = sectionEnd;
  reader.where = '';
  return body;
}

function exportedName({ exports }: WasmSections, index: number): string {
  const [name] = [...exports].find(([, { kind, index: at }]) => kind === 0 && at === index) ?? [];
  return name === undefined ? '' : ` (${name})`;
}

class BodyReader {
  readonly #reader: WasmReader;
  readonly #module: WasmSections;
  readonly #type: FunctionType;
  readonly #instructions: Instruction[] = [];
  readonly #targets = new Set<number>();
  /** The first instruction of each open block; the function itself is -1. */
  readonly #open = [-1];
  #localCount: number;

  constructor(reader: WasmReader, module: WasmSections, type: FunctionType) {
    this.#reader = reader;
    this.#module = module;
    this.#type = type;
    this.#localCount = type.parameters.length;
  }

  read(): FunctionBody {
    const reader = this.#reader;
    const groupCount = reader.count('locals of a function');
    const start = reader.at;
    for (let i = 0; i < groupCount; i++) {
      this.#localCount += reader.u32();
      reader.limit('locals of a function', this.#localCount);
      reader.valueType();
    }
    const groups = reader.bytes.subarray(start, reader.at);
    while (this.#open.length > 0) this.#instruction();
    return {
      type: this.#type,
      groups,
      groupCount,
      localCount: this.#localCount,
      instructions: this.#instructions,
      targets: this.#targets,
    };
  }

  #instruction(): void {
    const reader = this.#reader;
    const open = this.#open;
    const start = reader.at;
    const opcode = this.#opcode();
    const depth = open.length - 1;
    let value = opcode === OP_END ? (open.pop() as number) : 0;
    for (const immediate of IMMEDIATES.get(opcode) ?? []) value = this.#immediate(immediate);
    if (opcode === OP_BLOCK || opcode === OP_LOOP || opcode === OP_IF) {
      open.push(this.#instructions.length);
      reader.limit('nested blocks', depth + 1, start);
    }
    this.#instructions.push({ opcode, start, end: reader.at, depth, value });
  }

  #opcode(): number {
    const reader = this.#reader;
    const start = reader.at;
    let opcode = reader.byte();
    if (opcode >= PREFIX_FIRST) {
      opcode = opcode * OPCODES_PER_PREFIX + Math.min(reader.u32(), OPCODES_PER_PREFIX - 1);
    }
    if (IMMEDIATES.has(opcode)) return opcode;
    const [, , code] = REFUSED.find(([first, last]) => first <= opcode && opcode <= last) ?? [];
    return reader.refuse(code ?? 'MODULE_OPCODE', `instruction 0x${opcode.toString(16)}`, start);
  }

  /** Reads a part of what follows an opcode; of a call, returns the function. */
  #immediate(immediate: Immediate): number {
    const reader = this.#reader;
    switch (immediate) {
      case 'block type':
        return this.#blockType();
      case 'label':
        return this.#label();
      case 'labels':
        for (let left = reader.count('labels of a br_table'); left >= 0; left--) this.#label();
        return 0;
      case 'function':
        return this.#index(immediate, this.#module.functions.length);
      case 'local':
        return this.#index(immediate, this.#localCount);
      case 'global':
        return this.#index(immediate, this.#module.globals.length);
      case 'alignment':
        if (reader.u32() > ALIGNMENT_MAX) reader.refuse('MODULE_MEMORY', 'a second memory');
        return 0;
      case 'offset':
        return reader.u32();
      case 'memory':
        if (reader.byte() !== 0) reader.refuse('MODULE_MEMORY', 'a second memory');
        return 0;
      case 'i32':
        return reader.signed(32);
      case 'i64':
        return reader.signed(64);
      case 'lane':
        return reader.byte();
      case '16 bytes':
        return reader.skip(16);
    }
  }

  #blockType(): number {
    const reader = this.#reader;
    const type = reader.byte();
    if (type < BLOCK_EMPTY) reader.refuse('MODULE_MULTI_VALUE', 'a block with parameters');
    if (type === BLOCK_EMPTY) return 0;
    reader.at--;
    return reader.valueType();
  }

  /** A branch: notes where it leads. */
  #label(): number {
    const target = this.#open[this.#open.length - 1 - this.#reader.u32()];
    if (target === undefined) this.#reader.refuse('MODULE_INDEX', 'a label that is not there');
    this.#targets.add(target);
    return 0;
  }

  #index(what: string, count: number): number {
    const index = this.#reader.u32();
    if (index >= count) this.#reader.refuse('MODULE_INDEX', `${what} ${index} of ${count}`);
    return index;
  }
}
