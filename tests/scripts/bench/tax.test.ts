import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { loadModule } from '../../../firmware/boot/load-module.ts';
import { parseFrameSizes } from '../../../scripts/bench/frame-size.ts';
import { importMemory } from '../../../scripts/bench/tax/imported-memory.ts';
import type { Protection } from '../../../scripts/bench/tax/protection.ts';
import { unmeteredModule } from '../../../scripts/bench/tax/unmetered-module.ts';
import {
  buildRewrittenKernel,
  rewritesWithout,
} from '../../../scripts/bench/tax/variant-kernel.ts';
import { startVariant } from '../../../scripts/bench/tax/variant-rig.ts';
import { importsOf, resolveImport } from '../../../scripts/project/imports.ts';
import { sourceFiles } from '../../../scripts/project/source-files.ts';
import { buildModule } from '../../../scripts/toolchain/build-firmware.ts';
import { loadFirmware } from '../../../scripts/toolchain/load-firmware.ts';
import { findProjectRoot } from '../../../scripts/toolchain/project-root.ts';

const size = { flows: 300, routes: 50, rules: 20 };
const [short] = parseFrameSizes('64');
const { system, digest, components } = await loadFirmware();
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Compiling takes seconds, more on a busy machine: two builds have all that is taken out. */
const COMPILE_MS = 120_000;
const ISOLATION: readonly Protection[] = ['copies', 'monitor', 'fuel'];
const POLICY: readonly Protection[] = ['policy'];

it.each([[ISOLATION], [POLICY], [['fuel'] as const]])(
  'a router without %s forwards the same frames',
  async (without) => {
    const { rig, undo } = await startVariant(without, size);
    try {
      rig.prepare(short);
      expect(rig.run(0.01).packets).toBeGreaterThan(0);
      rig.check();
    } finally {
      undo();
    }
  },
  COMPILE_MS,
);

it(
  'without copies, the blocks of modules are the staging blocks',
  async () => {
    const { rig, undo } = await startVariant(ISOLATION, size);
    const { kernel, slots, tables } = rig.board;
    undo();
    for (const { memory } of slots) expect(memory).toBe(kernel.memory.buffer);
    for (const [place, { module }] of tables.pipeline.places.entries()) {
      expect(kernel.readBlock(place)).toBe(slots[module].loaded.blocks.read_block);
      expect(kernel.writeBlock(place)).toBe(slots[module].loaded.blocks.write_block);
    }
  },
  COMPILE_MS,
);

it(
  'no build without protections is the firmware, before or after it was made',
  async () => {
    const [kernel] = components;
    expect(kernel.name).toBe('kernel.wasm');
    for (const without of [ISOLATION, POLICY]) {
      const variant = await buildRewrittenKernel(rewritesWithout(without));
      expect(sha256(variant)).not.toBe(kernel.digest);
    }
    expect((await loadFirmware()).digest).toBe(digest);
    expect(sha256(await buildRewrittenKernel([]))).toBe(kernel.digest);
  },
  COMPILE_MS,
);

it('the gatekeeper refuses the modules of such builds', async () => {
  const [{ name, path, manifest }] = system.modules;
  const { wasm } = await buildModule(path);
  expect(() => loadModule(name, manifest, importMemory(wasm))).toThrow(
    expect.objectContaining({ code: 'MODULE_IMPORTS' }),
  );
  expect(() => loadModule(name, manifest, unmeteredModule(wasm))).toThrow(
    expect.objectContaining({ code: 'MODULE_EXPORT' }),
  );
});

it('a kernel whose source no longer has what is replaced is no variant', async () => {
  const rewrite = { path: 'firmware/kernel/kernel.ts', from: 'not in it', to: '' };
  await expect(buildRewrittenKernel([rewrite])).rejects.toThrow(/kernel.ts has changed/);
});

it('nothing but the bench and tests can make such a build', () => {
  const users = sourceFiles(findProjectRoot()).filter(
    (file) =>
      file.path.endsWith('.ts') &&
      importsOf(file).some(({ specifier }) =>
        /^scripts\/bench\/tax\//.test(resolveImport(file.path, specifier)),
      ),
  );
  const paths = users.map(({ path }) => path);
  expect(paths).toContain('scripts/bench/run-bench.ts');
  const outside = paths.filter((path) => !/^(scripts\/bench|tests)\//.test(path));
  expect(outside).toEqual(['scripts/project/fuel-bench.ts']);
});
