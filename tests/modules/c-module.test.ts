import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultSystemPath } from '../../scripts/toolchain/load-firmware.ts';
import { playPage } from '../scripts/module/documented-session.ts';
import {
  plantCapture,
  plantRouter,
  replayJson,
  sluice,
  temporaryFolder,
} from '../scripts/sluice.ts';
import { buildNeighborInC, hasClang, NO_CLANG } from './c-compiler.ts';

const folder = temporaryFolder();
const TIMEOUT = 60_000;
const NO_TIME = { seconds: 0, packetsPerSecond: 0 };

describe.skipIf(!hasClang)(`a module from C${hasClang ? '' : ` (${NO_CLANG})`}`, () => {
  it('is made as docs/abi.md says, step by step', { timeout: TIMEOUT }, () => {
    expect(playPage('abi.md', folder)).toBe(3);
  });

  it('runs in the router as the same module from AssemblyScript does', {
    timeout: TIMEOUT,
  }, async () => {
    const neighbor = buildNeighborInC(folder);
    expect(await sluice('module', 'check', neighbor)).toMatchObject({ code: 0 });
    expect((await sluice('module', 'test', neighbor)).stdout).toContain('3 passed, 0 failed');
    const system = readFileSync(defaultSystemPath(), 'utf8')
      .replaceAll(/modules\/(\w+)/g, '$1')
      .replace('neighbor: neighbor', 'neighbor: ./neighbor');
    const path = join(folder, 'system.yaml');
    writeFileSync(path, system);
    const ours = await carried(join(folder, 'ours'));
    expect(await carried(join(folder, 'theirs'), '--system', path)).toEqual(ours);
    expect(ours.report.transmitted).toBeGreaterThan(200);
  });
});

/** What a replay of the example says of packets, and the captures of what left. */
async function carried(out: string, ...options: string[]) {
  const words = [plantCapture, '--config', plantRouter, '--out', out, ...options];
  const { receipt: _, audit, developerMode: __, ...report } = await replayJson(words);
  const captures = readdirSync(out).filter((file) => file.endsWith('.pcapng'));
  const digest = (file: string) =>
    createHash('sha256')
      .update(readFileSync(join(out, file)))
      .digest('hex');
  const sent = Object.fromEntries(captures.map((file) => [file, digest(file)]));
  return { report: { ...report, ...NO_TIME }, lines: audit.lines, sent };
}
