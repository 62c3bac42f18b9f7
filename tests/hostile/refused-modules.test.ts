import { beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../config/manifest.ts';
import { BootError } from '../../firmware/boot/boot-error.ts';
import { loadModule } from '../../firmware/boot/load-module.ts';
import { MODULE_CODES } from '../../firmware/boot/module-codes.ts';
import { manifestOf } from '../firmware/plain-manifest.ts';
import { watModule } from '../firmware/wat.ts';
import { REFUSED_MODULES } from './refused-modules.ts';

/** What reading a module may cost, however it is made: ms. It takes a few at most. */
const PATIENCE_MS = 2000;

describe('the gatekeeper', () => {
  let manifest: Manifest;
  beforeAll(() => {
    manifest = manifestOf();
  });

  it.each(REFUSED_MODULES)('refuses a module that %s: %s', async (_, code, module) => {
    const bytes = typeof module === 'function' ? module() : await watModule(module);
    const start = performance.now();
    const refusal = refusalOf(bytes);
    expect(performance.now() - start).toBeLessThan(PATIENCE_MS);
    expect(refusal).toMatchObject({ code, component: 'crime', hint: MODULE_CODES[code].hint });
    expect(refusal?.message).toMatch(/, at byte \d+$/);
  });

  function refusalOf(bytes: Uint8Array): BootError | null {
    try {
      loadModule('crime', manifest, bytes);
      return null;
    } catch (error) {
      if (!(error instanceof BootError)) throw error;
      return error;
    }
  }
});
