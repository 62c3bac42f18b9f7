/**
 * An interpreter for the instructions that random programs are made of. It counts what it executes:
 * an oracle that shares nothing with the metering.
 */
import { PROGRAM_LOCALS } from './random-program.ts';

/** Bytes of each instruction; of br_table, with two labels and the default. */
const SIZES: Readonly<Record<number, number>> = {
  1: 1,
  2: 2,
  3: 2,
  4: 2,
  5: 1,
  11: 1,
  12: 2,
  13: 2,
  14: 4,
  15: 1,
  16: 2,
  32: 2,
  33: 2,
  34: 2,
  65: 2,
  252: 3,
};

interface Label {
  /** Where a branch goes on: behind a block, at a loop's first instruction. */
  readonly target: number;
  readonly isLoop: boolean;
}

export class Interpreter {
  /** Instructions executed, and 1 for each 16 bytes that were filled. */
  spent = 0;
  readonly memory = new Uint8Array(64);
  readonly #functions: readonly (readonly number[])[];

  /** Codes of functions, each with its end, by index. */
  constructor(functions: readonly (readonly number[])[]) {
    this.#functions = functions;
  }

  run(index: number): void {
    const code = this.#functions[index] as number[];
    const ends = matchingEnds(code);
    const locals = new Int32Array(PROGRAM_LOCALS);
    const stack: number[] = [];
    const labels: Label[] = [];
    const pop = () => stack.pop() as number;
    for (let at = 0; at < code.length; ) {
      const opcode = code[at] as number;
      const operand = code[at + 1] as number;
      const next = at + (SIZES[opcode] ?? 1);
      const branch = (depth: number): number => {
        if (depth >= labels.length) return code.length;
        const label = labels[labels.length - 1 - depth] as Label;
        labels.length -= label.isLoop ? depth : depth + 1;
        return label.target;
      };
      const end = ends.get(at) ?? { orElse: 0, end: 0 };
      if (![2, 5, 11].includes(opcode)) this.spent++;
      at = next;
      if (opcode === 2) labels.push({ target: end.end + 1, isLoop: false });
      else if (opcode === 3) labels.push({ target: next, isLoop: true });
      else if (opcode === 4) {
        const isTrue = pop() !== 0;
        if (!isTrue && end.orElse === 0) at = end.end + 1;
        else labels.push({ target: end.end + 1, isLoop: false });
        if (!isTrue && end.orElse > 0) at = end.orElse + 1;
      } else if (opcode === 5) at = branch(0);
      else if (opcode === 11) labels.pop();
      else if (opcode === 12) at = branch(operand);
      else if (opcode === 13 && pop() !== 0) at = branch(operand);
      else if (opcode === 14) at = branch(code[next - (pop() === 0 ? 2 : 1)] as number);
      else if (opcode === 15) return;
      else if (opcode === 16) this.run(operand);
      else if (opcode === 32) stack.push(locals[operand] as number);
      else if (opcode === 33) locals[operand] = pop();
      else if (opcode === 34) locals[operand] = stack.at(-1) as number;
      else if (opcode === 65) stack.push(operand);
      else if (opcode === 252) this.#fill(pop(), pop(), pop());
      else if (opcode !== 1 && opcode !== 13) stack.push(compute(opcode, pop(), pop()));
    }
  }

  #fill(size: number, value: number, start: number): void {
    this.spent += size >> 4;
    this.memory.fill(value & 0xff, start, start + size);
  }
}

function compute(opcode: number, b: number, a: number): number {
  if (opcode === 0x49) return a >>> 0 < b >>> 0 ? 1 : 0;
  if (opcode === 0x4b) return a >>> 0 > b >>> 0 ? 1 : 0;
  const results: Readonly<Record<number, number>> = {
    [0x6a]: a + b,
    [0x6b]: a - b,
    [0x6c]: Math.imul(a, b),
    [0x71]: a & b,
    [0x72]: a | b,
    [0x73]: a ^ b,
  };
  const result = results[opcode];
  if (result === undefined) throw new RangeError(`instruction ${opcode}`);
  return result | 0;
}

/** Where the else (0: none) and the end of each block are, by where it begins. */
function matchingEnds(code: readonly number[]): Map<number, { orElse: number; end: number }> {
  const found = new Map<number, { orElse: number; end: number }>();
  const open: { orElse: number; end: number }[] = [];
  for (let at = 0; at < code.length; at += SIZES[code[at] as number] ?? 1) {
    const opcode = code[at] as number;
    if (opcode >= 2 && opcode <= 4) {
      const block = { orElse: 0, end: 0 };
      open.push(block);
      found.set(at, block);
    }
    const block = open.at(-1);
    if (opcode === 5 && block !== undefined) block.orElse = at;
    if (opcode === 11 && block !== undefined) {
      block.end = at;
      open.pop();
    }
  }
  return found;
}
