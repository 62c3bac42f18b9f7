/**
 * Random modules that validate and end: all instructions, typed; calls that go round in no circle.
 */
import type { Random } from '../random.ts';
import { plainModule, wasmBinary } from '../wasm-binary.ts';
import {
  constantOf,
  I32,
  I64,
  type TypedInstruction,
  V128,
  VALUE_TYPES,
} from './instruction-types.ts';

interface FunctionType {
  readonly parameters: readonly number[];
  readonly result: number | null;
}

const TYPES: readonly FunctionType[] = [
  { parameters: [], result: null },
  { parameters: [I32, I64], result: I32 },
  { parameters: [V128], result: I64 },
  { parameters: [I64, I32], result: V128 },
];
/** The type of each function: initialize, process, and what they call. */
const FUNCTIONS = [0, 0, 1, 2, 3, 0];
const EXPORTED = 2;
const END = 0x0b;
const EMPTY = 0x40;
/** Loops of one function: each has its counter. */
const LOOPS_MAX = 4;
const ROUNDS = 3;
const DEPTH_MAX = 4;

export const SECTION_CODE = 10;

function leb(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...leb(Math.floor(value / 128))];
}

function vector(entries: readonly (readonly number[])[]): number[] {
  return [...leb(entries.length), ...entries.flat()];
}

/** The binary of a module whose every function is random. */
export function randomModule(
  random: Random,
  instructions: readonly TypedInstruction[],
): Uint8Array {
  const code = FUNCTIONS.map((_, index) => new FunctionWriter(random, instructions, index).write());
  const types = TYPES.map(({ parameters, result }) => [
    0x60,
    ...vector(parameters.map((type) => [type])),
    ...vector(result === null ? [] : [[result]]),
  ]);
  const own = new Map<number, number[]>([
    [1, vector(types)],
    [3, vector(FUNCTIONS.map((type) => [type]))],
    [SECTION_CODE, vector(code.map((body) => [...leb(body.length), ...body]))],
  ]);
  return withSections(wasmBinary(plainModule()), own);
}

/** A binary with sections, by id, in the place of its own. */
function withSections(binary: Uint8Array, own: ReadonlyMap<number, readonly number[]>): Uint8Array {
  const bytes = [...binary.subarray(0, 8)];
  for (let at = 8; at < binary.length; ) {
    const [id = 0, size = 0] = binary.subarray(at, at + 2); // all are shorter than 128 bytes
    const content = own.get(id) ?? binary.subarray(at + 2, at + 2 + size);
    bytes.push(id, ...leb(content.length), ...content);
    at += 2 + size;
  }
  return Uint8Array.from(bytes);
}

class FunctionWriter {
  readonly #random: Random;
  readonly #instructions: readonly TypedInstruction[];
  readonly #index: number;
  readonly #type: FunctionType;
  /** Types of parameters and variables; counters of loops follow. */
  readonly #locals: readonly number[];
  /** Enclosing blocks, innermost last: whether a branch there needs a value. */
  readonly #needsValue: boolean[] = [];
  #loops = 0;

  constructor(random: Random, instructions: readonly TypedInstruction[], index: number) {
    this.#random = random;
    this.#instructions = instructions;
    this.#index = index;
    this.#type = TYPES[FUNCTIONS[index] as number] as FunctionType;
    this.#locals = [...this.#type.parameters, ...VALUE_TYPES, ...VALUE_TYPES];
  }

  /** Locals and code, with its end. */
  write(): number[] {
    const groups = [...VALUE_TYPES, ...VALUE_TYPES].map((type) => [1, type]);
    groups.push([LOOPS_MAX, I32]);
    const { result } = this.#type;
    const code = this.#block(0, result !== null);
    return [...vector(groups), ...code, ...(result === null ? [] : this.#value(result, 2)), END];
  }

  #block(depth: number, needsValue: boolean): number[] {
    this.#needsValue.push(needsValue);
    const code = Array.from({ length: 1 + this.#random.below(4) }, () => this.#statement(depth));
    this.#needsValue.pop();
    return code.flat();
  }

  #localOf(type: number): number {
    const fitting = this.#locals.flatMap((each, index) => (each === type ? [index] : []));
    return this.#random.pick(fitting);
  }

  #labels(): number[] {
    return this.#needsValue.flatMap((needs, i) => (needs ? [] : this.#needsValue.length - 1 - i));
  }

  #statement(depth: number): number[] {
    const random = this.#random;
    const labels = this.#labels();
    switch (random.below(depth < DEPTH_MAX ? 9 : 5)) {
      case 0: {
        const type = random.pick(VALUE_TYPES);
        return [...this.#value(type, 3), 0x21, this.#localOf(type)];
      }
      case 1:
        return this.#instruction(random.pick(this.#withResult(null)), 2);
      case 2:
        return [...this.#value(random.pick(VALUE_TYPES), 3), 0x1a];
      case 3:
        if (labels.length === 0) return [0x01];
        return [...this.#value(I32, 2), 0x0d, random.pick(labels)];
      case 4: {
        if (labels.length === 0 || random.oneIn(2)) return [0x01];
        const targets = [random.pick(labels), random.pick(labels)];
        // What follows is never reached, and has to be typed all the same.
        return [0x02, EMPTY, ...this.#value(I32, 1), 0x0e, 1, ...targets.map((l) => l + 1), END];
      }
      case 5:
        return [...this.#value(I32, 2), 0x04, EMPTY, ...this.#block(depth + 1, false), END];
      case 6:
        return [0x02, EMPTY, ...this.#block(depth + 1, false), END];
      case 7: {
        const { result } = this.#type;
        const value = result === null ? [] : this.#value(result, 1);
        return [...this.#value(I32, 1), 0x04, EMPTY, ...value, 0x0f, END];
      }
      default:
        return this.#loop(depth);
    }
  }

  /** Every round counts first, however it came about. */
  #loop(depth: number): number[] {
    if (this.#loops === LOOPS_MAX) return [0x01];
    const counter = this.#locals.length + this.#loops++;
    const count = [0x20, counter, 0x41, 1, 0x6a, 0x22, counter, 0x41, ROUNDS, 0x4b, 0x0d, 1];
    this.#needsValue.push(false);
    const body = this.#block(depth + 1, false);
    this.#needsValue.pop();
    return [0x02, EMPTY, 0x03, EMPTY, ...count, ...body, 0x0c, 0, END, END];
  }

  #withResult(result: number | null): TypedInstruction[] {
    return this.#instructions.filter((instruction) => instruction.result === result);
  }

  /** An instruction with its operands; addresses and sizes are small enough most of the time. */
  #instruction({ bytes, parameters, addresses }: TypedInstruction, depth: number): number[] {
    const mask = this.#random.oneIn(12) ? [] : [0x41, 0xff, 0x1f, 0x71]; // i32.and 4095
    const operands = parameters.flatMap((type, index) =>
      this.#value(type, depth).concat(index < addresses ? mask : []),
    );
    return [...operands, ...bytes];
  }

  #constant(type: number): number[] {
    return constantOf(type, [...this.#random.bytes(16)]);
  }

  /** Code that leaves a value of the type. */
  #value(type: number, depth: number): number[] {
    const random = this.#random;
    const choice = depth === 0 ? random.below(2) : random.below(9);
    if (choice === 0) return this.#constant(type);
    if (choice === 1) return [0x20, this.#localOf(type)];
    if (choice === 2) return [...this.#value(type, depth - 1), 0x22, this.#localOf(type)];
    if (choice === 3) {
      const [yes, no] = [this.#value(type, depth - 1), this.#value(type, depth - 1)];
      return [...this.#value(I32, depth - 1), 0x04, type, ...yes, 0x05, ...no, END];
    }
    if (choice === 4) {
      const callee = FUNCTIONS.findIndex((each, index) => {
        const isLater = index >= EXPORTED && index > this.#index;
        return isLater && TYPES[each]?.result === type;
      });
      if (callee < 0) return this.#constant(type);
      const { parameters } = TYPES[FUNCTIONS[callee] as number] as FunctionType;
      return [...parameters.flatMap((each) => this.#value(each, depth - 1)), 0x10, callee];
    }
    return this.#instruction(random.pick(this.#withResult(type)), depth - 1);
  }
}
