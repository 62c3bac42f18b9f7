/** `sluice replay` as a person runs it, but in this process: the firmware is compiled once. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Report, reportSchema } from '../../scripts/report/report.ts';
import { sluice } from '../scripts/sluice.ts';

export interface Replayed {
  readonly code: number;
  readonly stderr: string;
  /** What `--json` printed, held to its schema. */
  readonly report: Report;
}

/** The path of a router file of these tests. */
export function routerFile(name: string): string {
  return fileURLToPath(new URL(`routers/${name}.yaml`, import.meta.url));
}

/** Replays captures with `--json` of which one at least can be opened. */
export async function replay(router: string, args: readonly string[]): Promise<Replayed> {
  const { code, stderr, report } = await tryReplay(router, args);
  if (report === null) throw new Error(`no report: ${stderr}`);
  return { code, stderr, report };
}

/** Replays captures with `--json` through a router of these tests; no report where none opens. */
export async function tryReplay(
  router: string,
  args: readonly string[],
): Promise<Omit<Replayed, 'report'> & { readonly report: Report | null }> {
  const words = ['replay', ...args, '--config', routerFile(router), '--json'];
  const { code, stdout, stderr } = await sluice(...words);
  // A schema that is closed: a key too many is an error as well.
  const report = stdout === '' ? null : reportSchema.parse(JSON.parse(stdout));
  return { code, stderr, report };
}

/** Runs `use` with a folder of its own that is gone afterwards. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-captures-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
