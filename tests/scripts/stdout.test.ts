import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inProject, plantCapture, plantRouter } from './sluice.ts';

const FULL = '/dev/full';
const WORDS = [
  inProject('scripts', 'sluice.mjs'),
  'replay',
  plantCapture,
  '--config',
  plantRouter,
] as const;

describe('a stdout that takes nothing', { timeout: 120_000 }, () => {
  it.skipIf(!existsSync(FULL))('is told of in one line, where the disk is full', () => {
    const full = openSync(FULL, 'w');
    const run = spawnSync(process.execPath, WORDS, { encoding: 'utf8', stdio: [0, full, 'pipe'] });
    closeSync(full);
    expect(run.stderr).toBe('sluice: stdout cannot be written (ENOSPC)\n');
    expect(run.status).toBe(2);
  });

  it('is no mistake where its reader has gone', () => {
    const command = `"${process.execPath}" "$@" | true; echo $\{PIPESTATUS[0]}`;
    const run = spawnSync('bash', ['-c', command, 'bash', ...WORDS], { encoding: 'utf8' });
    expect([run.stdout, run.stderr]).toEqual(['0\n', '']);
  });
});
