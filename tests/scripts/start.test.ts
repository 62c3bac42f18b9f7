import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { inProject } from './sluice.ts';

it('npm start shows the report of the example', { timeout: 120_000 }, () => {
  const run = spawnSync(process.execPath, [inProject('scripts', 'start.mjs')], {
    encoding: 'utf8',
  });
  expect(run.status).toBe(0);
  const text = run.stdout
    .replace(/^(\d+ frames) in .*$/m, '$1 in … s')
    .replace(/^audit [0-9a-f]{64}/m, 'audit …')
    .replace(/^receipt [0-9a-f]{64}$/m, 'receipt …');
  expect(text).toBe(readFileSync(inProject('tests/golden/report/example.txt'), 'utf8'));
});
