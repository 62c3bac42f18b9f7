import { describe, expect, it } from 'vitest';
import { BootError } from '../../../firmware/boot/boot-error.ts';
import { WasmReader } from '../../../firmware/boot/wasm-reader.ts';
import { readSections } from '../../../firmware/boot/wasm-sections.ts';

const END = 0x0b;
const I32 = 0x7f;

/** Two functions without parameters and a global; the body of the first is locals and code. */
function moduleOf(locals: readonly number[], code: readonly number[]): Uint8Array {
  const body = [...locals, ...code];
  return moduleWith([body.length, ...body, 2, 0, END]);
}

/** Two functions, and the bytes of their bodies. */
function moduleWith(bodies: readonly number[]): Uint8Array {
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[1, 4, 1, 0x60, 0, 0], // type
    ...[3, 3, 2, 0, 0], // functions
    ...[5, 3, 1, 0, 1], // memory
    ...[6, 6, 1, I32, 1, 0x41, 0, END], // global
    ...[10, bodies.length + 1, 2, ...bodies],
  ]);
}

/** What the reader says of a body: the code of its refusal. */
function outcomeOf(code: readonly number[], locals: readonly number[] = [0]): string {
  return outcomeOfModule(moduleOf(locals, code));
}

function outcomeOfModule(bytes: Uint8Array): string {
  try {
    readSections(new WasmReader('test', bytes));
    return 'taken';
  } catch (error) {
    if (!(error instanceof BootError)) throw error;
    return error.code;
  }
}

describe('the body of a function', () => {
  it.each([
    ['nothing', 'taken', [END]],
    ['no end', 'MODULE_MALFORMED', [0x01]],
    ['an end within', 'MODULE_MALFORMED', [END, 0x01]],
    ['a call of the last function', 'taken', [0x10, 1, END]],
    ['a call of one more', 'MODULE_INDEX', [0x10, 2, END]],
    ['the last global', 'taken', [0x23, 0, 0x1a, END]],
    ['one more global', 'MODULE_INDEX', [0x23, 1, 0x1a, END]],
    ['a branch out of the function', 'taken', [0x0c, 0, END]],
    ['a branch out of more than that', 'MODULE_INDEX', [0x0c, 1, END]],
    ['a branch in a block', 'taken', [0x02, 0x40, 0x0c, 1, END, END]],
    ['a branch out of a block that is over', 'MODULE_INDEX', [0x02, 0x40, END, 0x0c, 1, END]],
    ['a branch in a loop', 'taken', [0x03, 0x40, 0x0c, 1, END, END]],
    ['a branch in an if', 'taken', [0x41, 0, 0x04, 0x40, 0x0c, 1, END, END]],
    ['a table with a label that is not there', 'MODULE_INDEX', [0x41, 0, 0x0e, 1, 0, 1, END]],
    ['a table whose last label is not there', 'MODULE_INDEX', [0x41, 0, 0x0e, 1, 1, 0, END]],
    ['a block of a value', 'taken', [0x02, I32, 0x41, 0, END, 0x1a, END]],
    ['a block of a float', 'MODULE_FLOAT', [0x02, 0x7d, END, END]],
    ['a block of a type', 'MODULE_MULTI_VALUE', [0x02, 0, END, END]],
    ['a block of a type by a long number', 'MODULE_REFERENCES', [0x02, 0x80, 0, END, END]],
    ['an alignment of 16', 'taken', [0x41, 0, 0x28, 4, 0, 0x1a, END]],
    ['an alignment of 32', 'MODULE_MEMORY', [0x41, 0, 0x28, 5, 0, 0x1a, END]],
    ['a load of another memory', 'MODULE_MEMORY', [0x41, 0, 0x28, 0x42, 0, 0, 0x1a, END]],
    ['the size of another memory', 'MODULE_MEMORY', [0x3f, 1, 0x1a, END]],
    ['an opcode below the prefixes', 'MODULE_OPCODE', [0xfa, 0, END]],
    ['the first prefix', 'MODULE_REFERENCES', [0xfb, 0, END]],
    ['the last prefix', 'MODULE_THREADS', [0xfe, 0, END]],
    ['an opcode above the prefixes', 'MODULE_OPCODE', [0xff, 0, END]],
    ['a prefix with a number that wraps', 'MODULE_OPCODE', [0xfc, 0x8a, 0x80, 0x04, END]],
    ['a number of 64 bits in ten bytes', 'taken', [0x42, ...Array(9).fill(0x80), 0, 0x1a, END]],
    ['one of eleven', 'MODULE_MALFORMED', [0x42, ...Array(10).fill(0x80), 0, 0x1a, END]],
  ])('with %s: %s', (_, outcome, code) => {
    expect(outcomeOf(code)).toBe(outcome);
  });

  it('has no other within it', () => {
    expect(outcomeOfModule(moduleWith([2, 0, END, 2, 0, END]))).toBe('taken');
    expect(outcomeOfModule(moduleWith([5, 0, END, 2, 0, END]))).toBe('MODULE_MALFORMED');
  });

  it('has the locals that it declares, and no more', () => {
    expect(outcomeOf([0x20, 1, 0x1a, END], [2, 1, I32, 1, I32])).toBe('taken');
    expect(outcomeOf([0x20, 2, 0x1a, END], [2, 1, I32, 1, I32])).toBe('MODULE_INDEX');
    expect(outcomeOf([0x20, 0, 0x1a, END])).toBe('MODULE_INDEX');
  });
});
