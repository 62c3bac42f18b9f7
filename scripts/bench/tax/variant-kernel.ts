/**
 * Kernels with a protection taken out. Each is compiled from the kernel's own sources with one line
 * replaced, and handed only to the bench's own boards.
 */
import * as assert from 'node:assert/strict';
import { KERNEL_ENTRY } from '../../toolchain/build-firmware.ts';
import { findProjectRoot } from '../../toolchain/project-root.ts';
import { gatherSources, readBelow } from '../../toolchain/sources.ts';
import { compileCached, defaultCacheFolder } from '../../toolchain/wasm-cache.ts';
import type { Protection } from './protection.ts';

/** In the source at `path`, `from` becomes `to`. */
export interface Rewrite {
  readonly path: string;
  readonly from: string;
  readonly to: string;
}

const VARIANTS = '../../scripts/bench/variants';
const STAGE = 'firmware/kernel/stage.ts';
const OPEN_STAGES = 'export function openStages(places: u32): void {';
const MONITOR = "export { monitor as monitorStage } from './monitor';";
/** Which rows policy lets through for what is known of their flow; and all whose flow is known. */
const POLICY = 'const mask = v128.and(isFit, isKnown);';
const PERMIT = 'const mask = v128.and(isHere, i8x16.lt_u(known, ports));';

/** Lets the board say where the blocks of a place lie. */
const SHARE_BLOCKS = `\
export function shareBlocks(place: u32, read: usize, write: usize): void {
  store<u32>(readStaging + (<usize>place << 2), <u32>read);
  store<u32>(writeStaging + (<usize>place << 2), <u32>write);
}
`;

const REWRITES: Readonly<Record<Protection, readonly Rewrite[]>> = {
  copies: [
    { path: STAGE, from: OPEN_STAGES, to: `${SHARE_BLOCKS}${OPEN_STAGES}` },
    { path: KERNEL_ENTRY, from: MONITOR, to: `${MONITOR}\nexport { shareBlocks } from './stage';` },
  ],
  monitor: [
    {
      path: KERNEL_ENTRY,
      from: MONITOR,
      to: `export { trust as monitorStage } from '${VARIANTS}/monitor';`,
    },
  ],
  fuel: [],
  policy: [{ path: 'firmware/kernel/policy.ts', from: POLICY, to: PERMIT }],
};

/** The rewrites that take these protections out, as far as they are the kernel's. */
export function rewritesWithout(without: readonly Protection[]): Rewrite[] {
  return without.flatMap((protection) => REWRITES[protection]);
}

/** The kernel with its sources rewritten. A line that is not there once is an error. */
export async function buildRewrittenKernel(rewrites: readonly Rewrite[]): Promise<Uint8Array> {
  const read = readBelow(findProjectRoot());
  const files = gatherSources(KERNEL_ENTRY, (path) => {
    let text = read(path);
    for (const rewrite of rewrites) {
      if (rewrite.path !== path || text === null) continue;
      const parts = text.split(rewrite.from);
      assert.equal(parts.length, 2, `${path} has changed: it does not have once ${rewrite.from}`);
      text = parts.join(rewrite.to);
    }
    return text;
  });
  return compileCached({ entry: KERNEL_ENTRY, files, simd: true }, defaultCacheFolder());
}
