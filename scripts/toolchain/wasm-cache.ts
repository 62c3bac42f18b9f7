/**
 * Compiled programs on disk, by what they were compiled from.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type CompileRequest,
  compileAssemblyScript,
  compileFlags,
  compilerVersion,
} from './compile.ts';
import { findProjectRoot } from './project-root.ts';

/** The folder that compiled programs are kept in unless a caller names another. */
export function defaultCacheFolder(): string {
  return join(findProjectRoot(), 'build', 'wasm');
}

function cacheKey(request: CompileRequest): string {
  const hash = createHash('sha256');
  const add = (text: string) => hash.update(`${Buffer.byteLength(text)}:`).update(text);
  add(compilerVersion());
  add(request.entry);
  for (const flag of compileFlags(request)) add(flag);
  for (const [path, text] of request.files) {
    add(path);
    add(text);
  }
  return hash.digest('hex');
}

/**
 * The compiled program, from `folder` where it is there, else compiled and kept there; null for
 * no cache. The key is SHA-256 over all sources, the flags and the compiler's version.
 * @throws {CompileError} if it has to be compiled and does not
 */
export async function compileCached(
  request: CompileRequest,
  folder: string | null,
): Promise<Uint8Array> {
  if (folder === null) return compileAssemblyScript(request);
  const file = join(folder, `${cacheKey(request)}.wasm`);
  try {
    return new Uint8Array(readFileSync(file));
  } catch {
    const wasm = await compileAssemblyScript(request);
    mkdirSync(folder, { recursive: true });
    // Another process may compile the same: nobody must ever see half a file.
    const unfinished = `${file}.${process.pid}.part`;
    writeFileSync(unfinished, wasm);
    renameSync(unfinished, file);
    return wasm;
  }
}
