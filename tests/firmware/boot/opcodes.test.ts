import { describe, expect, it } from 'vitest';
import { ALLOWED, type Immediate, REFUSED } from '../../../firmware/boot/opcodes.ts';
import { disassemble } from '../wat.ts';

/** What follows an opcode, at its plainest. */
const IMMEDIATES: Readonly<Record<Immediate, readonly number[]>> = {
  'block type': [0x40],
  label: [0],
  labels: [0, 0],
  function: [0],
  local: [0],
  global: [0],
  alignment: [0],
  offset: [0],
  memory: [0],
  i32: [0],
  i64: [0],
  lane: [0],
  '16 bytes': Array<number>(16).fill(0),
};
const STRUCTURE = new Set([0x02, 0x03, 0x04, 0x05, 0x0b]);
const UNREACHABLE = 0x00;
const END = 0x0b;

/** An opcode as the binary has it: one byte, or a prefix and a LEB128. */
function encode(opcode: number): number[] {
  if (opcode < 0x10000) return [opcode];
  const low = opcode % 0x10000;
  return [opcode >> 16, ...(low < 0x80 ? [low] : [(low & 0x7f) | 0x80, low >> 7])];
}

/** A module with a memory, a mutable i32 global, and a function of one i32 local and this code. */
function moduleOf(code: readonly number[]): Uint8Array {
  const body = [1, 1, 0x7f, UNREACHABLE, ...code, UNREACHABLE, END];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[1, 4, 1, 0x60, 0, 0], // type
    ...[3, 2, 1, 0], // function
    ...[5, 4, 1, 1, 8, 8], // memory
    ...[6, 6, 1, 0x7f, 1, 0x41, 0, END], // global
    ...[10, body.length + 2, 1, body.length, ...body],
  ]);
}

function each(runs: readonly (readonly [number, number, ...unknown[]])[]): number[] {
  return runs.flatMap(([first, last]) =>
    Array.from({ length: Math.min(last - first, 0x400) + 1 }, (_, i) => first + i),
  );
}

const allowed = new Map<number, readonly number[]>(
  ALLOWED.flatMap(([first, last, ...kinds]) =>
    each([[first, last]]).map((opcode) => [opcode, kinds.flatMap((kind) => IMMEDIATES[kind])]),
  ),
);

/** Names of what computes on integers only, and does the same on every machine. */
const INTEGER =
  /^(unreachable|nop|br(_if|_table)?|return|call|drop|select|(local|global)\.\w+|memory\.(size|grow|copy|fill)|(i32|i64|v128|i8x16|i16x8|i32x4|i64x2)\.\w+)$/;
const INEXACT = /f32|f64|relaxed|atomic/;

describe('the table of instructions', () => {
  it('allows what wabt knows as integer instructions, with what follows each', async () => {
    for (const [opcode, immediates] of allowed) {
      if (STRUCTURE.has(opcode)) continue;
      const text = await disassemble(moduleOf([...encode(opcode), ...immediates]));
      const [, name] = /unreachable\s+([\w.]+)[^\n]*\n\s*unreachable/.exec(text) ?? [];
      expect(name, `0x${opcode.toString(16)}: ${text}`).toMatch(INTEGER);
      expect(name).not.toMatch(INEXACT);
    }
  });

  it('allows nothing that the engine does not know', () => {
    for (const [opcode, immediates] of allowed) {
      if (STRUCTURE.has(opcode)) continue;
      const isKnown = WebAssembly.validate(moduleOf([...encode(opcode), ...immediates]));
      expect(isKnown, `0x${opcode.toString(16)}`).toBe(true);
    }
  });

  it('leaves out no integer instruction that the engine knows', () => {
    const forms = [...new Set([...allowed.values()].map((bytes) => bytes.join()))];
    const plain = each([
      [0x00, 0xfa],
      [0xfc0000, 0xfc001f],
      [0xfd0000, 0xfd013f],
    ] as never);
    const known = plain.filter((opcode) =>
      forms.some((form) => {
        const immediates = form === '' ? [] : form.split(',').map(Number);
        return WebAssembly.validate(moduleOf([...encode(opcode), ...immediates]));
      }),
    );
    const refused = new Set(each(REFUSED));
    expect(known.filter((opcode) => !allowed.has(opcode) && !refused.has(opcode))).toEqual([]);
  });

  it('names nothing twice', () => {
    const all = [...each(ALLOWED), ...each(REFUSED)];
    expect(new Set(all).size).toBe(all.length);
  });
});
