import { beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../../config/manifest.ts';
import { loadModule } from '../../../firmware/boot/load-module.ts';
import { manifestOf } from '../plain-manifest.ts';
import { Random } from '../random.ts';
import { plainModule, wasmBinary } from '../wasm-binary.ts';
import { watModule } from '../wat.ts';
import { Interpreter } from './interpreter.ts';
import { PROGRAM_LOCALS, randomCode } from './random-program.ts';

const END = 0x0b;

interface Metered {
  readonly memory: WebAssembly.Memory;
  readonly fuel: WebAssembly.Global;
  process(): void;
}

describe('metering', () => {
  let manifest: Manifest;
  beforeAll(() => {
    manifest = manifestOf();
  });

  function instantiate(bytes: Uint8Array): Metered {
    const { code } = loadModule('metered', manifest, bytes);
    return new WebAssembly.Instance(code).exports as unknown as Metered;
  }

  /** How a call with so much fuel ends, and what it leaves. */
  function run(module: Metered, fuel: number): { isTrap: boolean; left: number } {
    module.fuel.value = fuel;
    try {
      module.process();
      return { isTrap: false, left: module.fuel.value };
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      return { isTrap: true, left: module.fuel.value };
    }
  }

  it('counts what an interpreter counts, and changes nothing that a program does', () => {
    const random = new Random(0x5eedf0e1);
    let looped = 0;
    for (let i = 0; i < 150; i++) {
      const functions = [[], randomCode(random, true), randomCode(random, false)];
      const locals = functions.map(() => PROGRAM_LOCALS);
      const module = instantiate(wasmBinary({ ...plainModule(), functions, locals }));
      const oracle = new Interpreter(functions.map((code) => [...code, END]));
      oracle.run(1);
      const { isTrap, left } = run(module, 1_000_000);
      const where = `program ${i}: ${functions[1]}`;
      expect([isTrap, 1_000_000 - left], where).toEqual([false, oracle.spent]);
      const memory = new Uint8Array(module.memory.buffer, 0, 64);
      expect(Buffer.compare(memory, oracle.memory), where).toBe(0);
      if (oracle.spent > 100) looped++;
      if (i % 10 > 0 || oracle.spent === 0) continue;
      // Enough is enough, and one less is not.
      expect(run(module, oracle.spent)).toEqual({ isTrap: false, left: 0 });
      expect(run(module, oracle.spent - 1).left).toBeLessThan(0);
    }
    expect(looped).toBeGreaterThan(10);
  });

  it('stops at the same place with the same fuel every time', async () => {
    const module = instantiate(await watModule({ process: '(loop (br 0))' }));
    const first = run(module, 12_345);
    expect(first).toEqual({ isTrap: true, left: -1 });
    for (let i = 0; i < 10; i++) expect(run(module, 12_345)).toEqual(first);
  });

  it.each([
    ['a loop that does nothing', '(loop (br 0))', ''],
    ['a loop of loops', '(loop (loop (br 1)))', ''],
    ['a loop of loops that do nothing', `(loop ${'(loop)'.repeat(10_000)} (br 0))`, ''],
    ['a loop by br_table', '(loop i32.const 0 br_table 0 0)', ''],
    ['a loop in a function that is called', 'call 2', '(func (loop (br 0)))'],
    [
      'a loop that fills memory',
      '(loop (memory.fill (i32.const 0) (i32.const 1) (i32.const 524288)) (br 0))',
      '',
    ],
    [
      'a loop that fills nothing',
      '(loop (memory.fill (i32.const 0) (i32.const 1) (i32.const 0)) (br 0))',
      '',
    ],
    [
      'calls that double forty times',
      'call 2',
      Array.from(
        { length: 40 },
        (_, i) => `(func ${i < 39 ? `call ${i + 3} call ${i + 3}` : 'nop'})`,
      ).join(''),
    ],
  ])('ends %s', async (_, process, more) => {
    const module = instantiate(await watModule({ process, more }));
    const { isTrap, left } = run(module, 100_000);
    expect([isTrap, left < 0]).toEqual([true, true]);
  });

  it('charges copies and fills by their length, before they run', async () => {
    const process = `(memory.fill (i32.const 0) (i32.const 7) (i32.const 4096))
      (memory.copy (i32.const 8192) (i32.const 0) (i32.const 4111))`;
    const module = instantiate(await watModule({ process }));
    expect(run(module, 8 + 256 + 256)).toEqual({ isTrap: false, left: 0 });
    const fresh = instantiate(await watModule({ process }));
    expect(run(fresh, 8 + 255).isTrap).toBe(true);
    expect(new Uint8Array(fresh.memory.buffer)[0]).toBe(0);
  });

  it('tells a fill of a size beyond all bounds from one that is out of fuel', async () => {
    const process = '(memory.fill (i32.const 0) (i32.const 7) (i32.const -1))';
    const module = instantiate(await watModule({ process }));
    expect(run(module, 1_000_000).left).toBeLessThan(0);
    expect(run(module, 1_000_000_000)).toMatchObject({ isTrap: true });
    expect(module.fuel.value).toBeGreaterThanOrEqual(0);
  });

  it('tells a trap by the fuel that is left', async () => {
    const module = instantiate(await watModule({ process: 'unreachable' }));
    expect(run(module, 10)).toEqual({ isTrap: true, left: 10 });
  });

  it.each([
    ['goes on behind a block', 3, 'call 2 (block nop) nop'],
    ['goes on behind a loop', 6, '(loop (br_if 0 (i32.const 0)) call 2 nop) nop'],
    ['goes on into a block', 5, '(block (br_if 0 (i32.const 0))) call 2 (block nop) nop'],
    ['ends where a branch leads', 4, '(block (br_if 0 (i32.const 0)) call 2 nop) nop'],
    ['ends behind an if', 4, '(if (i32.const 1) (then call 2 nop)) nop'],
    ['ends at a branch', 2, 'call 2 (br 0) nop'],
    ['ends at a loop', 3, 'call 2 nop (loop nop) nop'],
  ])('charges all of a region as it is entered, and a region %s', async (_, cost, process) => {
    // The function that is called traps: what is left is what was left when it was called.
    const module = instantiate(await watModule({ process, more: '(func unreachable)' }));
    expect(run(module, 100)).toEqual({ isTrap: true, left: 100 - cost });
  });

  it('keeps results, and what returns early', async () => {
    const more = `(func (param i32) (result i64)
      (if (local.get 0) (then (return (i64.const 5))))
      (block (br 1 (i64.const 7))) unreachable)`;
    const process = `(i64.store (i32.const 0) (call 2 (i32.const 1)))
      (i64.store (i32.const 8) (call 2 (i32.const 0)))`;
    const module = instantiate(await watModule({ process, more }));
    expect(run(module, 100).isTrap).toBe(false);
    expect([...new BigInt64Array(module.memory.buffer, 0, 2)]).toEqual([5n, 7n]);
  });
});
