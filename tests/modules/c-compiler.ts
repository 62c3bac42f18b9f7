/** Modules in C, compiled as docs/abi.md says. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProjectRoot } from '../../scripts/toolchain/project-root.ts';
import { hasProgram } from '../project/has-program.ts';
import { moduleFolder } from './open-module.ts';

export const hasClang = hasProgram('clang') && hasProgram('wasm-ld');
export const NO_CLANG = 'skipped: clang and wasm-ld (Debian: clang, lld) are not installed';

/** The page's command, for another program and as much memory as `bytes`. */
function command(source: string, binary: string, bytes: number): string {
  const page = readFileSync(join(findProjectRoot(), 'docs', 'abi.md'), 'utf8');
  const [, line = ''] = /^\$ (clang (?:.*\\\n)*.*)$/m.exec(page) ?? [];
  return line
    .replaceAll(/memory=\d+/g, `memory=${bytes}`)
    .replace('mark/module.wasm', binary)
    .replace('mark/mark.c', `-Wall -Wextra -Werror ${source}`);
}

/** A folder below `parent` with module neighbor as C makes it. */
export function buildNeighborInC(parent: string): string {
  const folder = join(parent, 'neighbor');
  mkdirSync(folder);
  for (const file of ['manifest.yaml', 'tests.yaml']) {
    copyFileSync(join(moduleFolder('neighbor'), file), join(folder, file));
  }
  const source = join(findProjectRoot(), 'tests', 'modules', 'c', 'neighbor.c');
  const memory = 1024 * 1024; // its limits.memory
  const { status, stderr } = spawnSync(
    'sh',
    ['-c', command(source, join(folder, 'module.wasm'), memory)],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
  return folder;
}
