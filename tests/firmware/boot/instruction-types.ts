/**
 * What each instruction takes from the operand stack and leaves there: the engine is asked, so that
 * no table of ours is the oracle of another.
 */
import { ALLOWED, type Immediate } from '../../../firmware/boot/opcodes.ts';

export const I32 = 0x7f;
export const I64 = 0x7e;
export const V128 = 0x7b;
export const VALUE_TYPES: readonly number[] = [I32, I64, V128];
const END = 0x0b;

/** An instruction that computes, loads or stores; `result` null: it leaves nothing. */
export interface TypedInstruction {
  readonly bytes: readonly number[];
  readonly parameters: readonly number[];
  readonly result: number | null;
  /**
   * Its operands are addresses and sizes: of copies and fills all, of loads and stores the first.
   */
  readonly addresses: number;
}

/** The plainest form of what follows an opcode; null: control flow, variables and constants. */
const IMMEDIATES: Readonly<Partial<Record<Immediate, readonly number[]>>> = {
  alignment: [0],
  offset: [0],
  memory: [0],
  lane: [1],
  '16 bytes': Array.from({ length: 16 }, (_, i) => (i * 7) % 32),
};

const GROW = 0x40;
const CONTROL_END = 0x1a;

/** An opcode as the binary has it: one byte, or a prefix and a LEB128. */
function encode(opcode: number): number[] {
  if (opcode < 0x10000) return [opcode];
  const low = opcode % 0x10000;
  return [opcode >> 16, ...(low < 0x80 ? [low] : [(low & 0x7f) | 0x80, low >> 7])];
}

/** A constant of a type, as code. */
export function constantOf(type: number, bytes: readonly number[] = Array(16).fill(0)): number[] {
  if (type === V128) return [0xfd, 0x0c, ...bytes];
  // Two bytes of a LEB128: 14 bits.
  return [type === I32 ? 0x41 : 0x42, (bytes[0] as number) | 0x80, (bytes[1] as number) & 0x7f];
}

function isValid(parameters: readonly number[], code: readonly number[], result: number | null) {
  const operands = parameters.flatMap((type) => constantOf(type));
  const body = [1, 1, result ?? I32, ...operands, ...code, ...(result ? [0x21, 0] : []), END];
  return WebAssembly.validate(
    Uint8Array.from([
      ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...[1, 4, 1, 0x60, 0, 0],
      ...[3, 2, 1, 0],
      ...[5, 4, 1, 1, 8, 8],
      ...[10, body.length + 2, 1, body.length, ...body],
    ]),
  );
}

const LISTS: readonly (readonly number[])[] = [[], ...lists(1), ...lists(2), ...lists(3)];

function lists(size: number): number[][] {
  const shorter = size === 1 ? [[]] : lists(size - 1);
  return shorter.flatMap((list) => VALUE_TYPES.map((type) => [...list, type]));
}

function typed(opcode: number, immediates: readonly Immediate[]): TypedInstruction | null {
  const tails = immediates.map((immediate) => IMMEDIATES[immediate]);
  if (opcode <= CONTROL_END || opcode === GROW || tails.includes(undefined)) return null;
  const bytes = [...encode(opcode), ...(tails as number[][]).flat()];
  for (const parameters of LISTS) {
    const result = [null, ...VALUE_TYPES].find((type) => isValid(parameters, bytes, type));
    if (result === undefined) continue;
    const isBulk = immediates[0] === 'memory';
    const addresses = isBulk ? parameters.length : immediates[0] === 'alignment' ? 1 : 0;
    return { bytes, parameters, result, addresses };
  }
  throw new RangeError(`the engine does not know 0x${opcode.toString(16)}`);
}

/** All that a module may have but control flow, variables, constants and memory.grow. */
export function typedInstructions(): TypedInstruction[] {
  return ALLOWED.flatMap(([first, last, ...immediates]) =>
    Array.from({ length: last - first + 1 }, (_, i) => typed(first + i, immediates)),
  ).filter((instruction) => instruction !== null);
}
