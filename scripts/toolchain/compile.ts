/**
 * AssemblyScript to WebAssembly, by the compiler's own interface. It is imported only when there
 * is something to compile: loading it costs half a second and 340 MB.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProjectRoot } from './project-root.ts';
import { SHARED_PAGES_MAX } from './share-memory.ts';
import { LIBRARY } from './sources.ts';

/** What is compiled. `files` holds every source by its virtual path (see sources.ts). */
export interface CompileRequest {
  entry: string;
  files: ReadonlyMap<string, string>;
  /** Memory of exactly this many bytes (initial = maximum); without it, growable. */
  memoryBytes?: number;
  /** Where static data begin: bytes; 0 if not given. */
  memoryBase?: number;
  simd?: boolean;
  /** The memory is another program's: `env.memory`. */
  importsMemory?: boolean;
  /** And other threads have it as well. */
  sharesMemory?: boolean;
  /** Where a virtual path's source really lies, for messages only. */
  locate?: (path: string) => string;
}

/** One mistake in a source. `line` and `column` count from 1. */
export interface CompileDiagnostic {
  file: string;
  line: number;
  column: number;
  message: string;
}

/** Thrown when sources do not compile, with all the mistakes that the compiler found. */
export class CompileError extends Error {
  readonly code = 'TOOLCHAIN_COMPILE';
  readonly diagnostics: readonly CompileDiagnostic[];

  constructor(diagnostics: readonly CompileDiagnostic[], text: string) {
    const lines = diagnostics.map((d) => `${d.file}:${d.line}:${d.column}: ${d.message}`);
    super(lines.length > 0 ? lines.join('\n') : text);
    this.name = 'CompileError';
    this.diagnostics = diagnostics;
  }
}

const PAGE_SIZE = 65536;
const LIBRARY_FOLDER = 'library';
/** The compiler's category of mistakes, as against hints and warnings. */
const ERROR = 3;
const OUTPUT = 'program.wasm';

/** The compiler's flags for a request: with the sources, all that its output depends on. */
export function compileFlags(request: Omit<CompileRequest, 'files'>): string[] {
  const flags = ['-O3', '--runtime', 'stub', '--noAssert', '--use', 'abort=', '--noColors'];
  flags.push('--lib', LIBRARY_FOLDER);
  if (request.simd === true) flags.push('--enable', 'simd');
  if (request.importsMemory === true) flags.push('--importMemory');
  if (request.sharesMemory === true) {
    flags.push('--enable', 'threads', '--sharedMemory');
    flags.push('--maximumMemory', String(SHARED_PAGES_MAX));
  }
  if (request.memoryBase !== undefined) flags.push('--memoryBase', String(request.memoryBase));
  if (request.memoryBytes !== undefined) {
    const pages = String(Math.ceil(request.memoryBytes / PAGE_SIZE));
    flags.push('--initialMemory', pages, '--maximumMemory', pages);
  }
  return flags;
}

/** The compiler's version, without loading it. */
export function compilerVersion(): string {
  const file = join(findProjectRoot(), 'node_modules/assemblyscript/package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

function position(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) as string).length + 1 };
}

/**
 * Compiles `entry` and what it imports. The same request gives the same bytes on any machine.
 * @throws {CompileError} with file, line and column of every mistake
 */
export async function compileAssemblyScript(request: CompileRequest): Promise<Uint8Array> {
  const asc = await import('assemblyscript/asc');
  const diagnostics: CompileDiagnostic[] = [];
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [request.entry, '--outFile', OUTPUT, ...compileFlags(request)],
    {
      readFile: (path: string, folder: string) =>
        folder === LIBRARY_FOLDER && !path.startsWith(LIBRARY)
          ? null
          : (request.files.get(path) ?? null),
      writeFile: (path: string, contents: Uint8Array | string) => {
        if (path === OUTPUT && typeof contents !== 'string') wasm = contents;
      },
      listFiles: () => [],
      reportDiagnostic: (diagnostic) => {
        if (diagnostic.category !== ERROR) return;
        const file = diagnostic.range?.source?.normalizedPath.replace(/^~lib\//, '') ?? '';
        const text = request.files.get(file) ?? '';
        const at = position(text, diagnostic.range?.start ?? 0);
        diagnostics.push({
          file: request.locate?.(file) ?? file,
          ...at,
          message: diagnostic.message,
        });
      },
    },
  );
  if (error !== null || wasm === undefined) {
    throw new CompileError(diagnostics, `${error?.message ?? ''}\n${stderr.toString()}`.trim());
  }
  return wasm;
}
