import { beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../../config/manifest.ts';
import { BootError } from '../../../firmware/boot/boot-error.ts';
import { loadModule } from '../../../firmware/boot/load-module.ts';
import {
  MODULE_LIMITS,
  STACK_FRAME_SIZE,
  STACK_SIZE_MAX,
  STACK_VALUE_SIZE,
} from '../../../firmware/boot/module-limits.ts';
import { manifestOf } from '../plain-manifest.ts';
import { plainModule, wasmBinary } from '../wasm-binary.ts';
import { type WatParts, watModule } from '../wat.ts';

type Limit = keyof typeof MODULE_LIMITS;

const times = (count: number, text: string): string => Array(count).fill(text).join(' ');

/** A module with so many of what is limited, all told. */
const MODULES: Readonly<Partial<Record<Limit, (count: number) => WatParts>>> = {
  types: (count) => ({ first: times(count - 1, '(type (func (param i32)))') }),
  'parameters of a type': (count) => ({ more: `(func (param ${times(count, 'i32')}))` }),
  functions: (count) => ({ more: times(count - 2, '(func)') }),
  globals: (count) => ({ more: times(count - 5, '(global i32 (i32.const 0))') }),
  'locals of a function': (count) => ({ process: `(local ${times(count, 'i32')})` }),
  'labels of a br_table': (count) => ({
    process: `(block i32.const 0 br_table ${times(count + 1, '0')})`,
  }),
  'data segments': (count) => ({ more: times(count, '(data (i32.const 0) "")') }),
};

describe('the limits of a module', () => {
  let manifest: Manifest;
  beforeAll(() => {
    manifest = manifestOf();
  });

  async function refusalOf(parts: WatParts): Promise<string> {
    const bytes = await watModule(parts);
    try {
      loadModule('large', manifest, bytes);
      return 'taken';
    } catch (error) {
      if (!(error instanceof BootError)) throw error;
      return `${error.code}: ${error.message}`;
    }
  }

  it.each(Object.keys(MODULES) as Limit[])(
    'allow as many %s as they say, and not one more',
    async (what) => {
      const limit = MODULE_LIMITS[what];
      const make = MODULES[what]!;
      expect(await refusalOf(make(limit))).toBe('taken');
      const refusal = await refusalOf(make(limit + 1));
      expect(refusal).toContain(`MODULE_LIMIT: ${limit + 1} ${what}; at most ${limit}`);
    },
  );

  it('allow as many nested blocks as they say, and not one more', () => {
    const { functions, ...rest } = plainModule();
    const nested = (count: number) => [
      ...Array<number[]>(count).fill([0x02, 0x40]).flat(),
      ...Array<number>(count).fill(0x0b),
    ];
    const load = (count: number) =>
      loadModule('deep', manifest, wasmBinary({ ...rest, functions: [[], nested(count)] }));
    expect(load(512).hasTick).toBe(false);
    expect(() => load(513)).toThrow(/^513 nested blocks; at most 512/);
  });

  it('refuse a body of more bytes than they say', async () => {
    const refusal = await refusalOf({ process: times(10_000, 'i32.const 1000000000 drop') });
    expect(refusal).toMatch(/^MODULE_LIMIT: 70002 bytes of a body; at most 65536/);
  });

  it('refuse 40,000 locals, though they take three bytes', async () => {
    const refusal = await refusalOf({ process: `(local ${times(40_000, 'i64')})` });
    expect(refusal).toMatch(/^MODULE_LIMIT: 40000 locals/);
  });

  it('refuse thousands of exports by their number', async () => {
    const exports = Array.from({ length: 3000 }, (_, i) => `(export "e${i}" (func 0))`);
    expect(await refusalOf({ more: exports.join(' ') })).toMatch(/^MODULE_LIMIT: 3008 exports/);
  });

  it('refuse megabytes, also of custom sections', () => {
    const bytes = new Uint8Array(MODULE_LIMITS['bytes of binary'] + 1);
    expect(() => loadModule('large', manifest, bytes)).toThrow(
      expect.objectContaining({ code: 'MODULE_LIMIT' }),
    );
  });

  const values = (STACK_SIZE_MAX - STACK_FRAME_SIZE) / STACK_VALUE_SIZE;

  it('bound the stack that a function may need', async () => {
    // Instructions of a body: those here, and its end.
    expect(await refusalOf({ process: times(values - 1, 'nop') })).toBe('taken');
    expect(await refusalOf({ process: times(values, 'nop') })).toMatch(/^MODULE_STACK: function 1/);
  });

  it('bound the stack of the deepest chain of calls, not of all calls together', async () => {
    const half = times(values / 2 - 1, 'nop');
    const wide = { process: 'call 2 call 3', more: `(func ${half}) (func ${half})` };
    expect(await refusalOf(wide)).toBe('taken');
    const deep = { process: 'call 2', more: `(func ${half} call 3) (func ${half})` };
    expect(await refusalOf(deep)).toMatch(/^MODULE_STACK: function/);
  });

  it('hold for a module that keeps as many values alive as the bound allows', async () => {
    // Each value is computed twice: an optimiser computes it once and keeps it.
    const count = Math.floor(values / 12) - 10;
    const code = [0, 1].map(() =>
      Array.from({ length: count }, (_, i) => {
        const value = `(i32.mul (local.get 0) (i32.const ${i * 2 + 3}))`;
        return `(i32.store (i32.const ${i * 4}) ${value})`;
      }).join(' '),
    );
    const body = `(local i32) (local.set 0 (i32.load (i32.const 0))) ${code.join(' nop ')}`;
    const bytes = await watModule({ process: body });
    const { code: module } = loadModule('alive', manifest, bytes);
    const exports = new WebAssembly.Instance(module).exports as unknown as {
      process(): void;
      fuel: WebAssembly.Global;
    };
    for (let i = 0; i < 200; i++) {
      exports.fuel.value = 1_000_000;
      exports.process();
    }
    expect(exports.fuel.value).toBeGreaterThan(0);
  });
});
