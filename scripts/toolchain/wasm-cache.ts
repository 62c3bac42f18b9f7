/**
 * Compiled programs on disk, by what they were compiled from.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type CompileRequest,
  compileAssemblyScript,
  compileFlags,
  compilerVersion,
} from './compile.ts';
import { findProjectRoot } from './project-root.ts';

/** A file of the cache: SHA-256 of the program, then the program. */
const DIGEST_SIZE = 32;
/** Read-only, another's, full, or no folder at all. */
const UNWRITABLE = ['EROFS', 'EACCES', 'EPERM', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'EEXIST'];

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

function digestOf(wasm: Uint8Array): Buffer {
  return createHash('sha256').update(wasm).digest();
}

/** The program in a file of the cache, or null if there is none or it is not as it was kept. */
function readKept(file: string): Uint8Array | null {
  let kept: Buffer;
  try {
    kept = readFileSync(file);
  } catch {
    return null;
  }
  const wasm = new Uint8Array(kept.subarray(DIGEST_SIZE));
  return digestOf(wasm).equals(kept.subarray(0, DIGEST_SIZE)) ? wasm : null;
}

/** Keeps a program where that is possible; without it, the next who wants it compiles it again. */
function keep(folder: string, file: string, wasm: Uint8Array): void {
  // Another process may compile the same: nobody must ever see half a file.
  const unfinished = `${file}.${process.pid}.part`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(unfinished, Buffer.concat([digestOf(wasm), wasm]));
    renameSync(unfinished, file);
  } catch (error) {
    if (!UNWRITABLE.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    if (existsSync(unfinished)) rmSync(unfinished);
  }
}

/**
 * The compiled program, from `folder` where it is there and whole, else compiled and kept there
 * as far as that can be written; null for no cache. The key is SHA-256 over all sources, the flags
 * and the compiler's version.
 * @throws {CompileError} if it has to be compiled and does not
 */
export async function compileCached(
  request: CompileRequest,
  folder: string | null,
): Promise<Uint8Array> {
  if (folder === null) return compileAssemblyScript(request);
  const file = join(folder, `${cacheKey(request)}.kept`);
  const kept = readKept(file);
  if (kept !== null) return kept;
  const wasm = await compileAssemblyScript(request);
  keep(folder, file, wasm);
  return wasm;
}
