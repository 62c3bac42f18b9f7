/** A data table: modules that never run, because the gatekeeper reads them first. */
import type { ModuleCode } from '../../firmware/boot/module-codes.ts';
import type { WatParts } from '../firmware/wat.ts';
import {
  blocksAt,
  chain,
  dataOf,
  exportOf,
  leb,
  repeat,
  withBody,
  withCustomSection,
  withReadBlock,
  withSection,
} from './odd-binaries.ts';

const NOP = 0x01;
const END = 0x0b;
const I64 = 0x7e;

/** What it does, why it is refused, and the module: plain but for these parts, or all its bytes. */
export type RefusedModule = readonly [
  crime: string,
  code: ModuleCode,
  module: WatParts | (() => Uint8Array),
];

const CALL_INDIRECT = '(table 1 1 funcref) (type $t (func))';

/** The smallest module that does one thing that no module may, and nothing else. */
export const REFUSED_MODULES: readonly RefusedModule[] = [
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
  [
    'exports under a name with a mark of byte order',
    'MODULE_EXPORT',
    { more: '(func (export "\\ef\\bb\\bftick"))' },
  ],
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
  // Bombs: what would cost the loader, the engine or the host too much.
  ['calls 300 functions deep', 'MODULE_STACK', chain(300)],
  ['calls in a circle of 300', 'MODULE_RECURSION', chain(300, 2)],
  ['has a huge straight body', 'MODULE_LIMIT', () => withBody([0, ...repeat(65_536, NOP), END])],
  ['has 40,000 locals', 'MODULE_LIMIT', () => withBody([1, ...leb(40_000), I64, END])],
  ['has 4,294,967,295 locals', 'MODULE_LIMIT', () => withBody([1, ...leb(2 ** 32 - 1), I64, END])],
  ['has blocks 1,000 deep', 'MODULE_LIMIT', () => withBody([0, ...repeat(1000, 2, 0x40)])],
  [
    'has a br_table of 60,000 labels',
    'MODULE_LIMIT',
    () => withBody([0, 0x41, 0, 0x0e, ...leb(60_000)]),
  ],
  [
    'has a memory of 4 GiB',
    'MODULE_MEMORY_LIMIT',
    { memory: '(memory (export "memory") 65536 65536)' },
  ],
  ['has two memories', 'MODULE_MEMORY', () => withSection(5, [2, 1, 8, 8, 1, 8, 8])],
  ['has a million memories', 'MODULE_LIMIT', () => withSection(5, leb(1_000_000))],
  ['has a table of 4,294,967,295', 'MODULE_TABLE', { more: '(table 4294967295 funcref)' }],
  ['has 100,000 data segments', 'MODULE_LIMIT', () => withSection(11, leb(100_000))],
  [
    'has a data segment larger than its memory',
    'MODULE_DATA',
    () => withSection(11, dataOf(600_000)),
  ],
  ['has a data segment of megabytes', 'MODULE_LIMIT', () => withSection(11, dataOf(2_000_000))],
  [
    'has thousands of exports',
    'MODULE_LIMIT',
    () =>
      withSection(
        7,
        leb(5000).concat(...Array.from({ length: 5000 }, (_, i) => exportOf(`e${i}`))),
      ),
  ],
  [
    'has an export with a name of 100,000 bytes',
    'MODULE_LIMIT',
    () => withSection(7, [1].concat(exportOf('x'.repeat(100_000)))),
  ],
  ['has custom sections of megabytes', 'MODULE_LIMIT', () => withCustomSection(2_000_000)],
  // Blocks: where the board would copy to and from.
  ['has its read block over its write block', 'MODULE_BLOCK', blocksAt({ write_block: 65_536 })],
  ['has its inbox within its outbox', 'MODULE_BLOCK', blocksAt({ inbox: 262_208 })],
  ['has a block that ends behind its memory', 'MODULE_BLOCK', blocksAt({ frames: 458_816 })],
  ['has a block at -64', 'MODULE_BLOCK', blocksAt({ frames: -64 })],
  ['has a block at an odd address', 'MODULE_BLOCK', blocksAt({ inbox: 196_609 })],
  ['has a block that it may move', 'MODULE_BLOCK', blocksAt({}, '(mut i32)')],
  ['has a block that is an i64', 'MODULE_BLOCK', withReadBlock('i64 (i64.const 65536)')],
];
