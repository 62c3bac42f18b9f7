/** Does what a page of docs/ says, in an empty folder, and compares what it shows. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { inProject } from '../sluice.ts';

const SLUICE = inProject();

/** Lines that a command prints in `folder`. */
function run(folder: string, command: string): string[] {
  const script = `sluice() { "${process.execPath}" "$SLUICE/scripts/sluice.mjs" "$@"; }; ${command}`;
  const env = { ...process.env, SLUICE };
  const { status, stdout, stderr } = spawnSync('sh', ['-c', script], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  expect(status, `${command}: ${stderr}`).toBe(0);
  return stdout.split('\n');
}

function writeBelow(folder: string, file: string, text: string): void {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/**
 * Writes each block that names a file, and runs the commands of each console block: the lines that
 * stand below a command must be printed, in that order. Returns how many blocks there were.
 */
export function playPage(page: string, folder: string): number {
  const text = readFileSync(inProject('docs', page), 'utf8');
  const blocks = [...text.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```/gm)];
  for (const [, kind, file, content = ''] of blocks) {
    if (file !== undefined) writeBelow(folder, file, content);
    if (kind === 'console') playConsole(folder, content);
  }
  return blocks.length;
}

function playConsole(folder: string, content: string): void {
  for (const part of content.split(/^\$ /m).slice(1)) {
    const [command = '', ...lines] = part.trimEnd().replaceAll('\\\n', '').split('\n');
    const printed = run(folder, command);
    let at = 0;
    for (const line of lines) {
      const found = printed.indexOf(line, at);
      expect(found, `"${line}" of ${command}`).toBeGreaterThanOrEqual(at);
      at = found + 1;
    }
  }
}
