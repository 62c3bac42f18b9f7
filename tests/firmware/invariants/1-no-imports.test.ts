import { beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../../config/manifest.ts';
import { BootError } from '../../../firmware/boot/boot-error.ts';
import { loadModule } from '../../../firmware/boot/load-module.ts';
import { type BoardUnderTest, boot } from '../board-under-test.ts';
import { firmwareOf, OPEN, routerYaml } from '../configuration.ts';
import { manifestOf } from '../plain-manifest.ts';
import { plainModule, type WasmParts, wasmBinary } from '../wasm-binary.ts';

// memory.grow, then unreachable unless it gave -1.
const MEMORY_GROW_OR_TRAP = [0x40, 0, 0x41, 0x7f, 0x47, 0x04, 0x40, 0x00, 0x0b];

describe('invariant 1: a module has no imports, and its memory never grows', () => {
  let manifest: Manifest;
  beforeAll(() => {
    manifest = manifestOf();
  });

  function refusalOf(change: Partial<WasmParts>): string | null {
    try {
      loadModule('hostile', manifest, wasmBinary({ ...plainModule(), ...change }));
      return null;
    } catch (error) {
      if (!(error instanceof BootError)) throw error;
      expect(error.component).toBe('hostile');
      return error.code;
    }
  }

  it('invariant 1: a module that asks for nothing is taken', () => {
    expect(refusalOf({})).toBeNull();
  });

  it.each(['function', 'memory', 'global'] as const)(
    'invariant 1: an imported %s is refused',
    (kind) => {
      const imports = [{ module: 'env', name: 'clock', kind }];
      const memories: WasmParts['memories'] = kind === 'memory' ? [] : [[8, 8]];
      expect(refusalOf({ imports, memories })).toBe('MODULE_IMPORTS');
    },
  );

  it.each([
    ['has no maximum', [[8]]],
    ['may grow', [[4, 8]]],
    ['may grow by one page', [[8, 9]]],
  ] as const)('invariant 1: a memory that %s is refused', (_, memories) => {
    const parts = memories as unknown as WasmParts['memories'];
    expect(refusalOf({ memories: parts })).toBe('MODULE_MEMORY_GROWS');
  });

  it('invariant 1: a memory above the limit of the manifest is refused', () => {
    expect(refusalOf({ memories: [[9, 9]] })).toBe('MODULE_MEMORY_LIMIT');
  });

  it('invariant 1: a start section is refused', () => {
    expect(refusalOf({ start: 0 })).toBe('MODULE_START');
  });

  it('invariant 1: a table is refused', () => {
    expect(refusalOf({ tables: [1] })).toBe('MODULE_TABLE');
  });

  it.each([0, 1])('invariant 1: memory.grow by %i fails, and the memory stays', (pages) => {
    const functions = [[], [0x41, pages, ...MEMORY_GROW_OR_TRAP]];
    const { code } = loadModule('grower', manifest, wasmBinary({ ...plainModule(), functions }));
    const exports = new WebAssembly.Instance(code).exports as {
      memory: WebAssembly.Memory;
      fuel: WebAssembly.Global;
      process(): void;
    };
    exports.fuel.value = 100;
    exports.process();
    expect(exports.memory.buffer.byteLength).toBe(8 * 65_536);
  });

  it('invariant 1: every module of the router is instantiated with nothing', async () => {
    const { modules } = await firmwareOf();
    expect(modules.map(({ name }) => name)).toEqual(['route', 'neighbor', 'arp', 'icmp', 'ping']);
    for (const { code } of modules) {
      expect(new WebAssembly.Instance(code).exports).toBeDefined();
    }
  });

  it('invariant 1: no memory of the running router grows', async () => {
    const board: BoardUnderTest = await boot(routerYaml(OPEN));
    const sizes = () => board.board.slots.map(({ memory }) => memory.byteLength);
    const before = sizes();
    for (let host = 1; host < 255; host++) {
      board.send(`udp 10.1.0.20:4000 > 10.2.0.${host}:502 ttl ${host % 3}`);
    }
    board.advance(60);
    expect(sizes()).toEqual(before);
  });
});
