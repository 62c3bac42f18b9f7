/** The build: TypeScript to dist/, bundled; the firmware to its cache. Nothing is done twice. */
import { existsSync } from 'node:fs';
import { bundle } from './bundle.mjs';
import { installMissing } from './install.mjs';
import { withBuildLock } from './lock.mjs';
import { orEnd } from './mendable.mjs';
import { inProject, runNode, tsc } from './project.mjs';
import { isBuilt, stampNow, writeStamp } from './stamp.mjs';

const FIRMWARE = new URL('../../dist/scripts/toolchain/build-firmware.js', import.meta.url);

/** TypeScript to dist/, mistakes on stderr; whether there were none. */
export function compileTypeScript() {
  return runNode(tsc, ['-p', 'tsconfig.build.json'], ['ignore', 2, 2]) === 0;
}

/** Kernel and modules, mistakes on stderr; whether there were none. */
async function compileFirmware() {
  const { buildAll } = await import(FIRMWARE.href);
  try {
    await buildAll();
    return true;
  } catch (error) {
    if (!Array.isArray(error?.diagnostics)) throw error;
    console.error(error.message);
    return false;
  }
}

/** What the lock is for; whether all went well. */
async function buildAlone() {
  installMissing();
  // Taken before the compilers read: what changes meanwhile is built again next time.
  const stamp = stampNow();
  if (isBuilt(stamp)) return true;
  console.error(existsSync(inProject('dist')) ? 'sluice: building' : 'sluice: first build');
  if (!compileTypeScript()) return false;
  const name = await bundle();
  if (!(await compileFirmware())) return false;
  writeStamp(stamp, name);
  return true;
}

/**
 * Installs and builds what is missing or out of date; whether all went well. Says what it does
 * on stderr, and nothing if there is nothing to do. Where nothing can be written, one line says
 * so, and the process ends with 2.
 */
export async function build() {
  if (isBuilt()) return true;
  const state = existsSync(inProject('dist')) ? 'is newer than its build' : 'is not built yet';
  return orEnd(`the tree ${state} and cannot be built here`, () => withBuildLock(buildAlone));
}
