import { describe, expect, it } from 'vitest';
import { readSections } from '../../../firmware/boot/wasm-sections.ts';
import { firmwareOf } from '../configuration.ts';
import { Random } from '../random.ts';
import { plainModule, wasmBinary } from '../wasm-binary.ts';

describe('readSections', () => {
  it('finds what is in a binary', () => {
    const binary = wasmBinary({ ...plainModule(), tables: [3], start: 1 });
    const found = readSections(binary);
    expect(found).toMatchObject({ imports: 0, hasStart: true, tables: 1 });
    expect(found.memories).toEqual([{ initial: 8, maximum: 8 }]);
    expect(found.exports.map(({ name }) => name)).toContain('read_block');
    expect(found.isProcedure(0)).toBe(true);
    expect(found.isProcedure(2)).toBe(false);
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
      expect(readSections(binary).globals).toEqual([
        { isMutable: false, i32: value },
        { isMutable: true, i32: value },
      ]);
    },
  );

  it('sees what the engine sees in the modules of the router', async () => {
    for (const { code, memory } of (await firmwareOf()).modules) {
      const exports = new WebAssembly.Instance(code).exports as { memory: WebAssembly.Memory };
      expect(exports.memory.buffer.byteLength).toBe(memory);
    }
  });

  it('never reads on for ever, nor throws but RangeError', () => {
    const random = new Random(0x5eed0031);
    const whole = wasmBinary({ ...plainModule(), tables: [3], start: 1 });
    for (let i = 0; i < 5000; i++) {
      const bytes = whole.slice(0, random.oneIn(3) ? random.below(whole.length) : whole.length);
      if (bytes.length > 8) bytes[8 + random.below(bytes.length - 8)] = random.below(256);
      try {
        readSections(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }
  });
});
