/**
 * The firmware, compiled: the kernel and the modules.
 */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, join, posix, resolve } from 'node:path';
import { loadManifest, type Manifest } from '../../config/manifest.ts';
import { MODULE_GLOBALS, moduleBindings } from './module-bindings.ts';
import { checkModuleShape } from './module-shape.ts';
import { findProjectRoot } from './project-root.ts';
import { readBinary } from './read-binary.ts';
import { gatherSources, LIBRARY, readBelow, type SourceReader } from './sources.ts';
import { compileCached, defaultCacheFolder } from './wasm-cache.ts';

export const KERNEL_ENTRY = 'firmware/kernel/kernel.ts';
const TRAFFIC_ENTRY = 'scripts/bench/traffic/engine.ts';
const MOVER_ENTRY = 'scripts/replay/mover/mover.ts';
const BLOCKS_ENTRY = 'scripts/replay/mover/blocks.ts';
const LIBRARY_FOLDER = 'firmware/sdk';
const LIBRARY_ABI = 'config/abi.ts';
const MODULES_FOLDER = 'firmware/modules';
const BINDINGS_FOLDER = 'build/bindings';
/** Virtual paths of a module's program: its sources lie below SOURCES. */
export const MODULE_ENTRY = 'module.ts';
const SOURCES = 'source';

export interface BuildOptions {
  /** The folder of compiled programs, or null for none; build/wasm if not given. */
  cache?: string | null;
}

/** A module as built: its manifest, that file's text, and its program. */
export interface BuiltModule {
  manifest: Manifest;
  manifestText: string;
  wasm: Uint8Array;
}

function cacheOf(options: BuildOptions): string | null {
  return options.cache === undefined ? defaultCacheFolder() : options.cache;
}

/**
 * kernel.wasm. It is trusted, not bound by the rules for modules: its memory grows.
 * @throws {CompileError} with file, line and column of every mistake
 */
export async function buildKernel(options: BuildOptions = {}): Promise<Uint8Array> {
  const files = gatherSources(KERNEL_ENTRY, readBelow(findProjectRoot()));
  return compileCached({ entry: KERNEL_ENTRY, files, simd: true }, cacheOf(options));
}

/** A program that works on the kernel's memory, outside of the kernel. */
async function buildEngine(
  entry: string,
  options: BuildOptions,
  sharesMemory: boolean,
): Promise<Uint8Array> {
  const files = gatherSources(entry, readBelow(findProjectRoot()));
  const request = { entry, files, simd: true, importsMemory: true, sharesMemory };
  return compileCached(request, cacheOf(options));
}

/** The bench's generator and sink. */
export async function buildTrafficEngine(options: BuildOptions = {}): Promise<Uint8Array> {
  return buildEngine(TRAFFIC_ENTRY, options, false);
}

/** What moves a replay's frames between capture and rings, for a kernel of `shareMemory`. */
export async function buildFrameMover(options: BuildOptions = {}): Promise<Uint8Array> {
  return buildEngine(MOVER_ENTRY, options, true);
}

/** What makes blocks of pcapng of what the mover has moved, in another thread. */
export async function buildBlockMaker(options: BuildOptions = {}): Promise<Uint8Array> {
  return buildEngine(BLOCKS_ENTRY, options, true);
}

function moduleReader(folder: string, manifest: Manifest): SourceReader {
  const project = readBelow(findProjectRoot());
  const own = readBelow(folder);
  const entry = [
    `export { ${MODULE_GLOBALS.join(', ')} } from './${SOURCES}/manifest';`,
    `export * from './${SOURCES}/index';\n`,
  ].join('\n');
  const bindings = moduleBindings(manifest);
  return (path) => {
    if (path === MODULE_ENTRY) return entry;
    if (path === `${SOURCES}/manifest.ts`) return bindings;
    if (path === `${LIBRARY}abi.ts`) return project(LIBRARY_ABI);
    if (path.startsWith(LIBRARY))
      return project(posix.join(LIBRARY_FOLDER, path.slice(LIBRARY.length)));
    return path.startsWith(`${SOURCES}/`) ? own(path.slice(SOURCES.length + 1)) : null;
  };
}

/**
 * The source that a module's `./manifest` stands for, and all its other sources, by virtual path.
 */
export function moduleSources(folder: string, manifest: Manifest): Map<string, string> {
  return gatherSources(MODULE_ENTRY, moduleReader(folder, manifest));
}

/**
 * The module in `folder`: `manifest.yaml` and either `module.wasm`, taken as it is, or `index.ts`
 * (which is preferred), compiled with memory of exactly the manifest's limit. A manifest that has
 * been read from there is not read again.
 * @throws {ConfigError} for a bad manifest
 * @throws {CompileError | ModuleShapeError} for sources that make no module
 */
export async function buildModule(
  folder: string,
  options: BuildOptions & { manifest?: Manifest } = {},
): Promise<BuiltModule> {
  const manifestFile = join(folder, 'manifest.yaml');
  const manifest = options.manifest ?? loadManifest(manifestFile);
  const manifestText = readFileSync(manifestFile, 'utf8');
  const binary = join(folder, 'module.wasm');
  if (!existsSync(join(folder, 'index.ts')) && existsSync(binary)) {
    return { manifest, manifestText, wasm: readBinary(binary) };
  }
  const request = {
    entry: MODULE_ENTRY,
    files: moduleSources(folder, manifest),
    memoryBytes: manifest.limits.memory,
    locate: (path: string) =>
      path.startsWith(`${SOURCES}/`) ? join(folder, path.slice(SOURCES.length + 1)) : path,
  };
  const wasm = await compileCached(request, cacheOf(options));
  checkModuleShape(basename(resolve(folder)), wasm);
  return { manifest, manifestText, wasm };
}

/** Compiles kernel, engines beside it and every module of firmware/modules into the cache. */
export async function buildAll(options: BuildOptions = {}): Promise<void> {
  const modules = join(findProjectRoot(), MODULES_FOLDER);
  for (const entry of await readdir(modules, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const { manifest } = await buildModule(join(modules, entry.name), options);
    await keepBindings(entry.name, manifest);
  }
  await buildKernel(options);
  await buildTrafficEngine(options);
  await buildFrameMover(options);
  await buildBlockMaker(options);
}

/** Keeps a copy of `./manifest` where firmware/modules/tsconfig.json lets editors find it. */
async function keepBindings(name: string, manifest: Manifest): Promise<void> {
  const folder = join(findProjectRoot(), BINDINGS_FOLDER, name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'manifest.ts'), moduleBindings(manifest));
}
