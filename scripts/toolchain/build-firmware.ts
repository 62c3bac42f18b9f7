/**
 * The firmware, compiled: the kernel and the modules.
 */
import { findProjectRoot } from './project-root.ts';
import { gatherSources, readBelow } from './sources.ts';
import { compileCached, defaultCacheFolder } from './wasm-cache.ts';

const KERNEL_ENTRY = 'firmware/kernel/kernel.ts';

/**
 * kernel.wasm, from the cache where it holds (null: always compiled). It is trusted, not bound by
 * the rules for modules: its memory grows.
 * @throws {CompileError} with file, line and column of every mistake
 */
export async function buildKernel(options: { cache?: string | null } = {}): Promise<Uint8Array> {
  const files = gatherSources(KERNEL_ENTRY, readBelow(findProjectRoot()));
  const cache = options.cache === undefined ? defaultCacheFolder() : options.cache;
  return compileCached({ entry: KERNEL_ENTRY, files, simd: true }, cache);
}
