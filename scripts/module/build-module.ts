/** `sluice module build`: the binary, once the loader has judged it. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExitCode } from '../exit-code.ts';
import type { Host } from '../host.ts';
import { formatSize } from '../report/size-text.ts';
import { formatCount } from '../report/table.ts';
import { UsageError } from '../usage-error.ts';
import { factsOf, type ModuleFacts } from './module-facts.ts';
import { buildFolder, judge } from './module-under-work.ts';

interface BuildTask {
  readonly folder: string;
  readonly out: string | undefined;
}

function writeBinary(file: string, wasm: Uint8Array): void {
  try {
    writeFileSync(file, wasm);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UsageError(`${file} cannot be written (${code})`, 'name another file with --out');
  }
}

function factsText(facts: ModuleFacts, file: string): string {
  const { name, version, size, digest, memory, memoryMax, exports } = facts;
  return [
    `module ${name} ${version}`,
    `  binary   ${file}, ${formatCount(size)} bytes`,
    `  sha256   ${digest}`,
    `  memory   ${formatSize(memory)} of ${formatSize(memoryMax)}`,
    `  exports  ${exports.join(' ')}\n`,
  ].join('\n');
}

/** Compiles, judges and writes; a binary that is refused is not written. */
export async function runBuild({ folder, out }: BuildTask, host: Host): Promise<ExitCode> {
  const built = await buildFolder(folder);
  const loaded = judge(folder, built);
  const file = out ?? join(folder, 'module.wasm');
  const isSource = existsSync(join(folder, 'index.ts'));
  // Without a source the binary is the author's own: there is nothing to write but to --out.
  if (isSource || out !== undefined) writeBinary(file, built.wasm);
  host.stdout.write(factsText(factsOf(loaded, built.wasm), file));
  return ExitCode.Done;
}
