import { beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../../config/manifest.ts';
import { BootError } from '../../../firmware/boot/boot-error.ts';
import { loadModule } from '../../../firmware/boot/load-module.ts';
import { manifestOf } from '../plain-manifest.ts';
import { type WatParts, watModule } from '../wat.ts';

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

  it('takes data that ends where the memory does', async () => {
    expect(await refusalOf({ more: '(data (i32.const 524287) "x")' })).toBeNull();
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
