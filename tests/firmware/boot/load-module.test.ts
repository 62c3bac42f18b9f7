import { beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../../config/manifest.ts';
import { BootError } from '../../../firmware/boot/boot-error.ts';
import { type LoadedModule, loadModule } from '../../../firmware/boot/load-module.ts';
import { manifestOf } from '../plain-manifest.ts';
import { plainModule, type WasmParts, wasmBinary } from '../wasm-binary.ts';

const BLOCKS = ['read_block', 'write_block', 'inbox', 'outbox', 'frames'];
const PAGE = 65_536;

describe('the loader', () => {
  let manifest: Manifest;
  beforeAll(() => {
    manifest = manifestOf('accepts: ip\nreads: [ipv4.dst]\nwrites: { eth.dst: any }');
  });

  function load(change: Partial<WasmParts>): LoadedModule {
    return loadModule('plain', manifest, wasmBinary({ ...plainModule(), ...change }));
  }

  function refusalOf(change: Partial<WasmParts>): string {
    try {
      load(change);
      return 'taken';
    } catch (error) {
      if (!(error instanceof BootError)) throw error;
      expect(error.hint).not.toBe('');
      return error.code;
    }
  }

  it('takes a plain module, and says where its blocks are', () => {
    const { blocks, memory, hasTick, hasReceive } = load({});
    expect(Object.keys(blocks)).toEqual(BLOCKS);
    expect(Object.values(blocks)).toEqual(BLOCKS.map((_, i) => PAGE * (i + 1)));
    expect([memory, hasTick, hasReceive]).toEqual([8 * PAGE, false, false]);
  });

  it('notices tick and receive', () => {
    const { exports } = plainModule();
    const more = ['tick', 'receive'].map((name) => ({ name, kind: 'function' as const, index: 0 }));
    expect(load({ exports: [...exports, ...more] })).toMatchObject({
      hasTick: true,
      hasReceive: true,
    });
  });

  it.each(['memory', 'initialize', 'process', ...BLOCKS])(
    'refuses a module without %s',
    (missing) => {
      const exports = plainModule().exports.filter(({ name }) => name !== missing);
      expect(refusalOf({ exports })).toBe('MODULE_EXPORT_MISSING');
    },
  );

  it.each(['function', 'global', 'memory'] as const)(
    'refuses an exported %s that ABI 1 does not name',
    (kind) => {
      const exports = [...plainModule().exports, { name: 'backdoor', kind, index: 0 }];
      expect(refusalOf({ exports })).toBe('MODULE_EXPORT');
    },
  );

  it('refuses an export of the right name and the wrong kind', () => {
    const exports = plainModule().exports.map((entry) =>
      entry.name === 'inbox' ? { ...entry, kind: 'function' as const, index: 0 } : entry,
    );
    expect(refusalOf({ exports })).toBe('MODULE_EXPORT');
  });

  it('refuses a procedure with a parameter', () => {
    expect(refusalOf({ withParameter: [1] })).toBe('MODULE_SIGNATURE');
  });

  it.each([
    ['mutable', { value: PAGE, isMutable: true }],
    ['not aligned to 64', { value: PAGE + 32 }],
    ['beyond the memory', { value: 8 * PAGE }],
    ['partly beyond the memory', { value: 8 * PAGE - 64 }],
    ['at -64', { value: -64 }],
    ['over another', { value: 2 * PAGE }],
    ['partly over another', { value: 2 * PAGE - 64 }],
  ])('refuses a read block that is %s', (_, block) => {
    const globals = [block, ...plainModule().globals.slice(1)];
    expect(refusalOf({ globals })).toBe('MODULE_BLOCK');
  });

  it('takes blocks that touch', () => {
    // Read block: a header of 64 and 256 rows of 4; write block: 512 and 256 rows of 8.
    const globals = [64, 64 + 64 + 1024, 5 * PAGE, 6 * PAGE, 7 * PAGE].map((value) => ({ value }));
    expect(refusalOf({ globals })).toBe('taken');
    const closer = globals.with(1, { value: 64 + 1024 });
    expect(refusalOf({ globals: closer })).toBe('MODULE_BLOCK');
  });

  it('refuses no memory at all', () => {
    const { exports } = plainModule();
    const without = exports.filter(({ kind }) => kind !== 'memory');
    expect(refusalOf({ memories: [], exports: without })).toBe('MODULE_MEMORY');
  });

  it.each([
    ['nothing', []],
    ['a text', [0x6e, 0x61, 0x6d, 0x65, 0x3a]],
    ['a header alone of another version', [0, 0x61, 0x73, 0x6d, 2, 0, 0, 0]],
  ])('refuses %s as no WebAssembly', (_, bytes) => {
    const load = () => loadModule('plain', manifest, Uint8Array.from(bytes));
    expect(load).toThrow(expect.objectContaining({ code: 'MODULE_MALFORMED' }));
  });
});
