/** A module as its author has it: a folder with a manifest, and a program or its source. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { loadManifest } from '../../config/manifest.ts';
import { type LoadedModule, loadModule } from '../../firmware/boot/load-module.ts';
import { type BuiltModule, buildModule } from '../toolchain/build-firmware.ts';
import { readBinary } from '../toolchain/read-binary.ts';
import { UsageError } from '../usage-error.ts';

export function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

/** @throws {UsageError} if there is no such folder, or nothing to build in it */
export function requireModuleFolder(folder: string): void {
  if (!isFolder(folder)) {
    throw new UsageError(`${folder} is no folder`, "name a module's folder");
  }
  const hasProgram = ['index.ts', 'module.wasm'].some((name) => existsSync(join(folder, name)));
  if (hasProgram) return;
  throw new UsageError(`${folder} has no index.ts or module.wasm`, 'write one of them');
}

/**
 * Builds the module of a folder.
 * @throws {UsageError | ConfigError} for a folder or manifest that cannot be used
 * @throws {CompileError | ModuleShapeError} for sources that make no module
 */
export function buildFolder(folder: string): Promise<BuiltModule> {
  requireModuleFolder(folder);
  return buildModule(folder);
}

/** Reads a binary beside its manifest. @throws {UsageError | ConfigError} */
export function readProgram(file: string, manifestFile: string | undefined): BuiltModule {
  let wasm: Uint8Array;
  try {
    wasm = readBinary(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const what = code === 'ENOENT' ? 'no such file' : `cannot be read (${code})`;
    throw new UsageError(`${file}: ${what}`, 'check the path');
  }
  const beside = join(dirname(file), 'manifest.yaml');
  if (manifestFile === undefined && !existsSync(beside)) {
    throw new UsageError(`${file}: by which manifest?`, 'name it with --manifest');
  }
  const path = manifestFile ?? beside;
  return { manifest: loadManifest(path), manifestText: readFileSync(path, 'utf8'), wasm };
}

/** The gatekeeper's judgement. @throws {BootError} MODULE_… naming what to change */
export function judge(path: string, { manifest, wasm }: BuiltModule): LoadedModule {
  return loadModule(basename(resolve(path)), manifest, wasm);
}
