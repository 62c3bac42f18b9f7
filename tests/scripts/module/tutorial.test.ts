import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { inProject, temporaryFolder } from '../sluice.ts';

const page = readFileSync(inProject('docs', 'module-tutorial.md'), 'utf8');
const folder = temporaryFolder();
const SLUICE = inProject();

/** Lines that a command prints, in a folder outside the project. */
function run(command: string): string[] {
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

it('the tutorial works from any folder, step by step', { timeout: 240_000 }, () => {
  const blocks = [...page.matchAll(/```(\w+) ?(\S*)\n([\s\S]*?)```/g)];
  expect(blocks.length).toBeGreaterThan(5);
  for (const [, kind, file = '', text = ''] of blocks) {
    if (kind !== 'console') {
      writeFileSync(join(folder, file), text);
      continue;
    }
    for (const part of text.split(/^\$ /m).slice(1)) {
      const [command = '', ...lines] = part.trimEnd().split('\n');
      const printed = run(command);
      let at = 0;
      for (const line of lines) {
        const found = printed.indexOf(line, at);
        expect(found, `"${line}" of ${command}`).toBeGreaterThanOrEqual(at);
        at = found + 1;
      }
    }
  }
});
