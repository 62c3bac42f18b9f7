import { afterEach, describe, expect, it, vi } from 'vitest';
import { ModuleSlot } from '../../firmware/board/module-slot.ts';
import { loadModule } from '../../firmware/boot/load-module.ts';
import { manifestOf } from './plain-manifest.ts';
import { watModule } from './wat.ts';

/** What a call without rows may use: docs/abi.md. */
const FUEL = 1000;

async function slotOf(process: string, more = ''): Promise<ModuleSlot> {
  return new ModuleSlot(loadModule('called', manifestOf(), await watModule({ process, more })), 0);
}

describe('a call of a module', () => {
  afterEach(() => vi.restoreAllMocks());

  it('may use all of its fuel, and not one instruction more', async () => {
    expect((await slotOf('nop '.repeat(FUEL))).call('process')).toBeNull();
    const more = (await slotOf('nop '.repeat(FUEL + 1))).call('process');
    expect(more).toMatchObject({ kind: 'out-of-fuel' });
  });

  it('that traps with its last fuel is a trap', async () => {
    const callee = (count: number) => `(func ${'nop '.repeat(count)})`;
    const last = (await slotOf('call 2 unreachable', callee(FUEL - 2))).call('process');
    expect(last).toMatchObject({ kind: 'trap' });
    const beyond = (await slotOf('call 2 unreachable', callee(FUEL - 1))).call('process');
    expect(beyond).toMatchObject({ kind: 'out-of-fuel' });
  });

  it('for which the host has no stack left is a trap', async () => {
    const loaded = loadModule('called', manifestOf(), await watModule());
    const { Instance } = WebAssembly;
    vi.spyOn(WebAssembly, 'Instance').mockImplementation(function deepen(module) {
      const process = () => {
        throw new RangeError('Maximum call stack size exceeded');
      };
      return { exports: { ...new Instance(module).exports, process } };
    });
    const fault = new ModuleSlot(loaded, 0).call('process');
    expect(fault).toMatchObject({ kind: 'trap', message: 'Maximum call stack size exceeded' });
  });

  it('of what it does not export is no fault of the module, but a bug of ours', async () => {
    const slot = await slotOf('nop');
    expect(() => slot.call('tick')).toThrow(TypeError);
  });
});
