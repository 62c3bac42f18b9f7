import { afterEach, expect, it, vi } from 'vitest';
import { ModuleSlot } from '../../firmware/board/module-slot.ts';
import { loadModule } from '../../firmware/boot/load-module.ts';
import { manifestOf } from './plain-manifest.ts';
import { watModule } from './wat.ts';

afterEach(() => vi.restoreAllMocks());

/** As V8 says it when the address space is used up (ulimit -v). */
function exhaustHost(): void {
  vi.spyOn(WebAssembly, 'Instance').mockImplementation(function refuse() {
    throw new RangeError('Out of memory: Cannot allocate Wasm memory for new instance');
  });
}

it('a module whose memory the host cannot give is refused by name', async () => {
  const loaded = loadModule('large', manifestOf(), await watModule());
  exhaustHost();
  expect(() => new ModuleSlot(loaded, 0)).toThrow(
    expect.objectContaining({ code: 'MODULE_MEMORY_HOST', component: 'large' }),
  );
});

it('a fresh instance without memory is a fault and not the end of the board', async () => {
  const slot = new ModuleSlot(loadModule('large', manifestOf(), await watModule()), 0);
  exhaustHost();
  expect(slot.restart()).toMatchObject({ kind: 'no-memory' });
});

it('what else may be wrong with an instance is not taken for memory', async () => {
  const loaded = loadModule('large', manifestOf(), await watModule());
  vi.spyOn(WebAssembly, 'Instance').mockImplementation(function refuse() {
    throw new TypeError('a bug of ours');
  });
  expect(() => new ModuleSlot(loaded, 0)).toThrow('a bug of ours');
});
