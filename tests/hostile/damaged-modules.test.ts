import { beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../config/manifest.ts';
import { ModuleSlot } from '../../firmware/board/module-slot.ts';
import { BootError } from '../../firmware/boot/boot-error.ts';
import { type LoadedModule, loadModule } from '../../firmware/boot/load-module.ts';
import { manifestOf } from '../firmware/plain-manifest.ts';
import { watModule } from '../firmware/wat.ts';

/** A small module with a loop, a call, a branch and a copy in it. */
const SMALL = {
  process: `(local i32)
    (loop
      (i32.store8 offset=131072 (local.get 0) (i32.const 1))
      (br_if 0 (i32.lt_u
        (local.tee 0 (i32.add (local.get 0) (i32.const 1)))
        (i32.load (i32.const 65536)))))
    (if (i32.eqz (local.get 0)) (then (call 2)))
    (memory.copy (i32.const 0) (i32.const 65536) (i32.const 64))`,
  more: '(func (memory.fill (i32.const 0) (i32.const 1) (i32.const 64)))',
};

describe('a damaged module', () => {
  let manifest: Manifest;
  let binary: Uint8Array;
  beforeAll(async () => {
    manifest = manifestOf();
    binary = await watModule(SMALL);
    expect(load(binary)).not.toBeNull();
  });

  /** Null: it is refused, with a code. */
  function load(bytes: Uint8Array): LoadedModule | null {
    try {
      return loadModule('damaged', manifest, bytes);
    } catch (error) {
      if (!(error instanceof BootError)) throw error;
      expect(error.code).toMatch(/^MODULE_/);
      return null;
    }
  }

  it('is refused wherever it is cut short', () => {
    const taken = Array.from(binary, (_, size) => size).filter(
      (size) => load(binary.subarray(0, size)) !== null,
    );
    expect(taken).toEqual([]);
  });

  it('is refused for each bit, or runs within its memory, fuel and stack', () => {
    let taken = 0;
    for (let bit = 0; bit < binary.length * 8; bit++) {
      const bytes = binary.slice();
      bytes[bit >> 3] ^= 1 << (bit & 7);
      const loaded = load(bytes);
      if (loaded === null) continue;
      taken++;
      const slot = new ModuleSlot(loaded, 0);
      const { byteLength } = slot.memory;
      expect(byteLength).toBeLessThanOrEqual(manifest.limits.memory);
      for (const procedure of ['initialize', 'process'] as const) {
        const fault = slot.call(procedure);
        expect(['trap', 'out-of-fuel', undefined]).toContain(fault?.kind);
      }
      expect(slot.memory.byteLength).toBe(byteLength);
    }
    expect(taken).toBeGreaterThan(100);
  });
});
