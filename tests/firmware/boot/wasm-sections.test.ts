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
const I32 = 0x7f;
const END = 0x0b;
/** Five bytes of an integer that goes on. */
const LONG = Array<number>(5).fill(0x80);
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
    ['a section with an empty custom one behind its entries', [...HEADER, ...section(5, 0, 0, 0)]],
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

  it.each([
    [6, 'taken'],
    [12, 'taken'],
    [13, 'MODULE_EXCEPTIONS'],
    [14, 'MODULE_SECTION'],
    [127, 'MODULE_SECTION'],
  ])('of section %i says: %s', (id, outcome) => {
    expect(refusalOf([...HEADER, ...section(id, 0)])).toBe(outcome);
  });

  const NO_TYPES = section(1, 1, 0x60, 0, 0);
  const V128 = [0xfd, 12, ...Array<number>(16).fill(0)];
  it.each([
    ['a type of a structure', 'MODULE_REFERENCES', section(1, 1, 0x5f, 0, 0)],
    ['a type of one result', 'taken', section(1, 1, 0x60, 0, 1, I32)],
    ['a type of two results', 'MODULE_MULTI_VALUE', section(1, 1, 0x60, 0, 2, I32, I32)],
    ['a parameter that is an f64', 'MODULE_FLOAT', section(1, 1, 0x60, 1, 0x7c, 0)],
    ['a parameter that is an f32', 'MODULE_FLOAT', section(1, 1, 0x60, 1, 0x7d, 0)],
    ['a parameter of any reference', 'MODULE_REFERENCES', section(1, 1, 0x60, 1, 0x6f, 0)],
    ['a function of no type', 'MODULE_INDEX', [...NO_TYPES, ...section(3, 1, 1)]],
    ['a memory without a maximum', 'taken', section(5, 1, 0, 1)],
    ['a shared memory', 'MODULE_THREADS', section(5, 1, 2, 1)],
    ['a shared memory with a maximum', 'MODULE_THREADS', section(5, 1, 3, 1, 1)],
    ['a memory of 64 bits', 'MODULE_MEMORY', section(5, 1, 4, 1)],
    ['a global of 64 bits', 'taken', section(6, 1, 0x7e, 0, 0x42, 0, END)],
    ['a global of 128 bits', 'taken', section(6, 1, 0x7b, 0, ...V128, END)],
    ['a global that is shuffled', 'MODULE_GLOBAL', section(6, 1, 0x7b, 0, ...V128.with(1, 13))],
    ['a global of two constants', 'MODULE_GLOBAL', section(6, 1, I32, 0, 0x41, 0, 0x41, 0, END)],
    ['a global that is another', 'MODULE_GLOBAL', section(6, 1, I32, 0, 0x23, 0, END)],
    [
      'a global that is number 12',
      'MODULE_GLOBAL',
      section(6, 1, 0x7b, 0, 0x23, ...V128.slice(1), END),
    ],
    ['a constant of six bytes', 'MODULE_MALFORMED', section(6, 1, I32, 0, 0x41, ...LONG, 0, END)],
    ['a constant of five bytes', 'taken', section(6, 1, I32, 0, 0x41, ...LONG.slice(1), 0, END)],
    ['an export twice', 'MODULE_EXPORT', section(7, 2, 1, 120, 0, 0, 1, 120, 0, 0)],
    ['data that is passive', 'MODULE_PASSIVE_DATA', section(11, 1, 1, 0)],
    ['data of a memory', 'MODULE_PASSIVE_DATA', section(11, 1, 2, 0, 0x41, 0, END, 0)],
    ['data at a 64-bit address', 'MODULE_DATA', section(11, 1, 0, 0x42, 0, END, 0)],
    ['data at a global', 'MODULE_DATA', section(11, 1, 0, 0x23, 0, END, 0)],
  ])('of %s says: %s', (_, outcome, sections) => {
    expect(refusalOf([...HEADER, ...sections])).toBe(outcome);
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
