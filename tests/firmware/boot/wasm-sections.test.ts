import { describe, expect, it } from 'vitest';
import { BootError } from '../../../firmware/boot/boot-error.ts';
import { EXPORT_MEMORY } from '../../../firmware/boot/wasm-numbers.ts';
import { WasmReader } from '../../../firmware/boot/wasm-reader.ts';
import { readSections, type WasmSections } from '../../../firmware/boot/wasm-sections.ts';
import { firmwareOf } from '../configuration.ts';
import { Random } from '../random.ts';
import { plainModule, wasmBinary } from '../wasm-binary.ts';

const read = (bytes: Uint8Array): WasmSections => readSections(new WasmReader('test', bytes));

/** A section: its id, its size, its bytes. */
const section = (id: number, ...bytes: number[]) => [id, bytes.length, ...bytes];
const HEADER = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

function refusalOf(bytes: readonly number[]): string {
  try {
    read(Uint8Array.from(bytes));
    return 'taken';
  } catch (error) {
    if (!(error instanceof BootError)) throw error;
    return error.code;
  }
}

describe('readSections', () => {
  it('finds what is in a binary', () => {
    const { memories, exports, functions, bodies } = read(wasmBinary(plainModule()));
    expect(memories).toEqual([expect.objectContaining({ initial: 8, maximum: 8 })]);
    expect(exports.get('memory')).toMatchObject({ kind: EXPORT_MEMORY, index: 0 });
    expect(functions).toEqual([0, 1].map(() => ({ parameters: [], results: [] })));
    expect(bodies.map(({ instructions }) => instructions.length)).toEqual([1, 1]);
  });

  it.each([0, 1, 63, 64, 127, 128, -1, -64, -65, 65_536, 2 ** 31 - 1, -(2 ** 31)])(
    'reads a global of %d',
    (value) => {
      const binary = wasmBinary({
        ...plainModule(),
        globals: [{ value }, { value, isMutable: true }],
        exports: [],
      });
      expect(WebAssembly.validate(binary)).toBe(true);
      expect(read(binary).globals).toEqual([
        { isMutable: false, i32: value },
        { isMutable: true, i32: value },
      ]);
    },
  );

  it.each([
    ['nothing', []],
    ['another version', HEADER.with(4, 2)],
    ['a component', HEADER.with(6, 1)],
    ['a section that is cut short', [...HEADER, 1, 5, 0]],
    ['a section with more in it than it counts', [...HEADER, ...section(1, 0, 0)]],
    ['a section twice', [...HEADER, ...section(5, 0), ...section(5, 0)]],
    ['sections in disorder', [...HEADER, ...section(7, 0), ...section(5, 0)]],
    ['functions without bodies', [...HEADER, ...section(1, 1, 0x60, 0, 0), ...section(3, 1, 0)]],
    ['bodies without functions', [...HEADER, ...section(10, 1, 2, 0, 0x0b)]],
    ['an integer of six bytes', [...HEADER, ...section(1, 0x80, 0x80, 0x80, 0x80, 0x80, 0)]],
    ['an integer of 33 bits', [...HEADER, ...section(1, 0x80, 0x80, 0x80, 0x80, 0x10)]],
  ])('refuses %s as malformed', (_, bytes) => {
    expect(refusalOf(bytes)).toBe('MODULE_MALFORMED');
  });

  it('takes integers that are padded, as linkers leave them', () => {
    expect(refusalOf([...HEADER, ...section(5, 0x80, 0x80, 0x80, 0x80, 0)])).toBe('taken');
  });

  it.each([6, 12, 13, 14, 127])('refuses section %i where it is not known or refused', (id) => {
    const isKnown = id === 6 || id === 12;
    expect(refusalOf([...HEADER, ...section(id, 0)]) === 'taken').toBe(isKnown);
  });

  it('passes over custom sections, wherever they stand', () => {
    const custom = section(0, 4, 110, 97, 109, 101, 1, 2, 3);
    const bytes = [...HEADER, ...custom, ...section(5, 0), ...custom, ...section(7, 0), ...custom];
    expect(refusalOf(bytes)).toBe('taken');
  });

  it('sees what the engine sees in the modules of the router', async () => {
    for (const { code, memory } of (await firmwareOf()).modules) {
      const exports = new WebAssembly.Instance(code).exports as { memory: WebAssembly.Memory };
      expect(exports.memory.buffer.byteLength).toBe(memory);
    }
  });

  it('never reads on for ever, nor throws but what it names', () => {
    const random = new Random(0x5eed0031);
    const whole = wasmBinary({ ...plainModule(), tables: [3], start: 1 });
    for (let i = 0; i < 5000; i++) {
      const bytes = whole.slice(0, random.oneIn(3) ? random.below(whole.length) : whole.length);
      if (bytes.length > 8) bytes[8 + random.below(bytes.length - 8)] = random.below(256);
      expect(refusalOf([...bytes])).toMatch(/^(taken|MODULE_[A-Z_]+)$/);
    }
  });
});
