/**
 * Kernels with a protection taken out. Each is compiled from the kernel's own sources with a few
 * lines replaced, and handed only to boards of the bench and of tests.
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

const STAGE = 'firmware/kernel/stage.ts';
const OPEN_STAGES = 'export function openStages(places: u32): void {';
const MONITOR = 'firmware/kernel/monitor.ts';
const MONITOR_STAGE = "export { monitor as monitorStage } from './monitor';";
const CLASSES = 'for (let k = isOfClass(kind) ? stageCount : 1; k < stageCount; k++) {';
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
    {
      path: KERNEL_ENTRY,
      from: MONITOR_STAGE,
      to: `${MONITOR_STAGE}\nexport { shareBlocks } from './stage';`,
    },
  ],
  // A stage goes where its first row goes, and what its modules wrote is copied back.
  monitor: [
    { path: MONITOR, from: ' || !isAll(block + WRITE_CHANGED_OFFSET, changed)', to: '' },
    { path: MONITOR, from: ' if (!isPlain(writeOf(p, bits))) return false;', to: ' {}' },
    { path: MONITOR, from: 'if (next == NODE_UNDECLARED || next == NODE_UNLINKED)', to: 'if (0)' },
    { path: MONITOR, from: CLASSES, to: 'while (0) { let k = 1;' },
    { path: MONITOR, from: 'if (isVoided) for', to: 'if (0) for' },
  ],
  fuel: [],
  policy: [{ path: 'firmware/kernel/pass-known.ts', from: POLICY, to: PERMIT }],
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
