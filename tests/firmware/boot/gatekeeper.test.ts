import { beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../../config/manifest.ts';
import { BootError } from '../../../firmware/boot/boot-error.ts';
import { loadModule } from '../../../firmware/boot/load-module.ts';
import { MODULE_CODES, type ModuleCode } from '../../../firmware/boot/module-codes.ts';
import { manifestOf } from '../plain-manifest.ts';
import { type WatParts, watModule } from '../wat.ts';

type Crime = readonly [what: string, code: ModuleCode, parts: WatParts];

const CALL_INDIRECT = '(table 1 1 funcref) (type $t (func))';

/** The smallest module that does one thing that no module may, and nothing else. */
const CRIMES: readonly Crime[] = [
  ['imports a function', 'MODULE_IMPORTS', { first: '(import "env" "now" (func))' }],
  ['imports a global', 'MODULE_IMPORTS', { first: '(import "env" "seed" (global i32))' }],
  ['has a start section', 'MODULE_START', { more: '(start 0)' }],
  ['has a table', 'MODULE_TABLE', { more: '(table 1 1 funcref)' }],
  ['has an element segment', 'MODULE_TABLE', { more: '(elem func 0)' }],
  [
    'calls indirectly',
    'MODULE_TABLE',
    { first: CALL_INDIRECT, process: 'i32.const 0 call_indirect (type $t)' },
  ],
  ['has a tag', 'MODULE_EXCEPTIONS', { more: '(tag)' }],
  ['takes a reference to a function', 'MODULE_REFERENCES', { process: 'ref.func 0 drop' }],
  ['has a null reference', 'MODULE_REFERENCES', { process: 'ref.null func drop' }],
  [
    'selects by type',
    'MODULE_REFERENCES',
    { process: 'i32.const 1 i32.const 2 i32.const 0 select (result i32) drop' },
  ],
  ['has a local that is a reference', 'MODULE_REFERENCES', { process: '(local funcref)' }],
  ['calls itself', 'MODULE_RECURSION', { process: 'call 1' }],
  [
    'calls itself round a corner',
    'MODULE_RECURSION',
    { process: 'call 2', more: '(func call 3) (func call 2)' },
  ],
  [
    'computes with f32',
    'MODULE_FLOAT',
    { process: 'i32.const 1 f32.convert_i32_s f32.sqrt i32.trunc_f32_s drop' },
  ],
  ['has an f64 constant', 'MODULE_FLOAT', { process: 'f64.const 0 drop' }],
  ['loads an f32', 'MODULE_FLOAT', { process: 'i32.const 0 f32.load drop' }],
  ['has a local that is an f64', 'MODULE_FLOAT', { process: '(local f64)' }],
  ['has a parameter that is an f32', 'MODULE_FLOAT', { more: '(func (param f32))' }],
  [
    'has a block that is an f64',
    'MODULE_FLOAT',
    { process: '(block (result f64) unreachable) drop' },
  ],
  [
    'adds four f32',
    'MODULE_FLOAT',
    { process: '(local v128) local.get 0 local.get 0 f32x4.add drop' },
  ],
  ['truncates, saturating', 'MODULE_FLOAT', { process: 'unreachable i32.trunc_sat_f32_s drop' }],
  [
    'uses relaxed SIMD',
    'MODULE_RELAXED',
    { process: '(local v128) local.get 0 local.get 0 i8x16.relaxed_swizzle drop' },
  ],
  ['has a shared memory', 'MODULE_THREADS', { memory: '(memory (export "memory") 8 8 shared)' }],
  ['uses an atomic', 'MODULE_THREADS', { process: 'i32.const 0 i32.atomic.load drop' }],
  ['fences', 'MODULE_THREADS', { process: 'atomic.fence' }],
  ['throws', 'MODULE_EXCEPTIONS', { process: 'throw 0' }],
  ['tries', 'MODULE_EXCEPTIONS', { process: 'try catch_all end' }],
  ['calls in tail position', 'MODULE_TAIL_CALL', { process: 'return_call 0' }],
  [
    'has a function of two results',
    'MODULE_MULTI_VALUE',
    { more: '(func (result i32 i32) unreachable)' },
  ],
  [
    'has a block with a parameter',
    'MODULE_MULTI_VALUE',
    { process: 'i32.const 0 (block (param i32) drop)' },
  ],
  ['has a passive data segment', 'MODULE_PASSIVE_DATA', { more: '(data "x")' }],
  [
    'initialises memory from a segment',
    'MODULE_PASSIVE_DATA',
    {
      process: 'i32.const 0 i32.const 0 i32.const 0 memory.init 0',
      more: '(data (i32.const 0) "x")',
    },
  ],
  [
    'drops a segment',
    'MODULE_PASSIVE_DATA',
    { process: 'data.drop 0', more: '(data (i32.const 0) "x")' },
  ],
  [
    'has a global that is computed',
    'MODULE_GLOBAL',
    { more: '(global i32 (i32.add (i32.const 1) (i32.const 2)))' },
  ],
  ['has a global that is another', 'MODULE_GLOBAL', { more: '(global i32 (global.get 0))' }],
  ['has no memory', 'MODULE_MEMORY', { memory: '' }],
  ['has a memory of 64 bits', 'MODULE_MEMORY', { memory: '(memory (export "memory") i64 8 8)' }],
  [
    'has a memory without a maximum',
    'MODULE_MEMORY_GROWS',
    { memory: '(memory (export "memory") 8)' },
  ],
  [
    'has a memory that may grow',
    'MODULE_MEMORY_GROWS',
    { memory: '(memory (export "memory") 8 9)' },
  ],
  [
    'has more memory than its limit',
    'MODULE_MEMORY_LIMIT',
    { memory: '(memory (export "memory") 9 9)' },
  ],
  ['has data beyond its memory', 'MODULE_DATA', { more: '(data (i32.const 524288) "x")' }],
  ['has data across its end', 'MODULE_DATA', { more: '(data (i32.const 524286) "xyz")' }],
  ['has data at -1', 'MODULE_DATA', { more: '(data (i32.const -1) "x")' }],
  [
    'has data at a computed place',
    'MODULE_DATA',
    { more: '(data (i32.add (i32.const 1) (i32.const 2)) "x")' },
  ],
  ['exports what nobody asked for', 'MODULE_EXPORT', { more: '(export "backdoor" (func 0))' }],
  ['exports twice', 'MODULE_EXPORT', { more: '(export "process" (func 0))' }],
  ['exports process as a memory', 'MODULE_EXPORT', { more: '(export "tick" (memory 0))' }],
  [
    'has a tick with a parameter',
    'MODULE_SIGNATURE',
    { more: '(func (export "tick") (param i32))' },
  ],
  [
    'has a tick with a result',
    'MODULE_SIGNATURE',
    { more: '(func (export "tick") (result i32) unreachable)' },
  ],
  ['leaves a value on the stack', 'MODULE_INVALID', { process: 'i32.const 0' }],
  ['stores an i64 as an i32', 'MODULE_INVALID', { process: 'i32.const 0 i64.const 0 i32.store' }],
];

describe('the gatekeeper', () => {
  let manifest: Manifest;
  beforeAll(() => {
    manifest = manifestOf();
  });

  async function refusalOf(parts: WatParts | Uint8Array): Promise<BootError | null> {
    const bytes = parts instanceof Uint8Array ? parts : await watModule(parts);
    try {
      loadModule('crime', manifest, bytes);
      return null;
    } catch (error) {
      if (!(error instanceof BootError)) throw error;
      return error;
    }
  }

  it('takes a module that does nothing that it may not', async () => {
    expect(await refusalOf({})).toBeNull();
  });

  it.each(CRIMES)('refuses a module that %s: %s', async (_, code, parts) => {
    const refusal = await refusalOf(parts);
    expect(refusal?.code).toBe(code);
    expect(refusal?.component).toBe('crime');
    expect(refusal?.hint).toBe(MODULE_CODES[code].hint);
    expect(refusal?.message).toMatch(/at byte \d+$/);
  });

  it('says in which function and at which byte', async () => {
    const bytes = await watModule({ process: 'nop f64.const 0 drop' });
    const refusal = await refusalOf(bytes);
    const at = Number(/function 1 \(process\), at byte (\d+)$/.exec(refusal?.message ?? '')?.[1]);
    expect(bytes[at]).toBe(0x44);
  });

  it('says who calls whom in a circle', async () => {
    const refusal = await refusalOf({ process: 'call 2', more: '(func call 3) (func call 2)' });
    expect(refusal?.message).toContain('function 2 calls 3 calls 2');
  });

  it('takes integers, sign extension, bulk memory and SIMD of integers', async () => {
    const code = `(local v128 i64)
      i32.const 7 i32.extend8_s drop
      i64.const -1 i64.extend32_s local.set 1
      i32.const 0 i32.const 1 i32.const 64 memory.fill
      i32.const 64 i32.const 0 i32.const 64 memory.copy
      i32.const 0 v128.load local.tee 0 local.get 0 i8x16.add local.set 0
      i32.const 16 local.get 0 v128.store
      i32.const 0 local.get 0 v128.load8_lane 3 local.set 0
      (block (block (block i32.const 1 br_table 0 1 2 0)))`;
    expect(await refusalOf({ process: code })).toBeNull();
  });
});
