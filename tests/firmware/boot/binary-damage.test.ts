import { beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../../config/manifest.ts';
import { BootError } from '../../../firmware/boot/boot-error.ts';
import { loadModule } from '../../../firmware/boot/load-module.ts';
import { manifestOf } from '../plain-manifest.ts';
import { watModule } from '../wat.ts';

const FUEL = 2000;

interface Exports {
  readonly fuel: WebAssembly.Global;
  initialize(): void;
  process(): void;
}

/** A module of every kind of section and of most kinds of instructions, as small as can be. */
const SMALL = {
  initialize: '(memory.fill (i32.const 0) (i32.const 1) (i32.const 64))',
  process: `(local i32 i64)
    (loop
      (block (br_if 0 (i32.eqz (local.tee 0 (call 2 (local.get 0)))))
        (if (i32.lt_u (local.get 0) (i32.const 9))
          (then (i32.store offset=4 (i32.const 8) (global.get 5)))
          (else (global.set 5 (i32.wrap_i64 (local.get 1)))))
        (br_if 1 (memory.grow (i32.const 1)))))`,
  more: `(global (mut i32) (i32.const 3))
    (func (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
    (data (i32.const 16) "data")`,
};

/** Id, size, count; a segment: kind, offset, end, size, bytes. */
const DATA_SECTION_SIZE = 1 + 1 + 1 + (1 + 2 + 1 + 1 + 4);

describe('a damaged binary', () => {
  let manifest: Manifest;
  let whole: Uint8Array;
  beforeAll(async () => {
    manifest = manifestOf();
    whole = await watModule(SMALL);
  });

  /** The code of the refusal; or it runs, within its fuel. */
  function outcomeOf(bytes: Uint8Array): string {
    try {
      const { code } = loadModule('damaged', manifest, bytes);
      const exports = new WebAssembly.Instance(code).exports as unknown as Exports;
      for (const procedure of ['initialize', 'process'] as const) runWithin(exports, procedure);
      return 'runs';
    } catch (error) {
      if (!(error instanceof BootError)) throw error;
      return error.code;
    }
  }

  function runWithin(exports: Exports, procedure: 'initialize' | 'process'): void {
    exports.fuel.value = FUEL;
    try {
      exports[procedure]();
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    }
    expect(exports.fuel.value).toBeLessThanOrEqual(FUEL);
  }

  it('is not this one', () => {
    expect(outcomeOf(whole)).toBe('runs');
  });

  it('cut short at any byte is refused by name, but where only its data is gone', () => {
    const runs = [];
    for (let size = 0; size < whole.length; size++) {
      const outcome = outcomeOf(whole.slice(0, size));
      expect(outcome, `${size} bytes`).toMatch(/^(runs|MODULE_[A-Z_]+)$/);
      if (outcome === 'runs') runs.push(size);
    }
    expect(runs).toEqual([whole.length - DATA_SECTION_SIZE]);
  });

  it('with any bit turned is refused by name, or runs within its fuel', () => {
    const outcomes = { runs: 0, refused: 0 };
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const turned = whole.slice();
      turned[bit >> 3] = (turned[bit >> 3] as number) ^ (1 << (bit & 7));
      const outcome = outcomeOf(turned);
      expect(outcome, `bit ${bit}`).toMatch(/^(runs|MODULE_[A-Z_]+)$/);
      if (outcome === 'runs') outcomes.runs++;
      else outcomes.refused++;
    }
    expect(outcomes.runs).toBeGreaterThan(50);
    expect(outcomes.refused).toBeGreaterThan(500);
  });
});
