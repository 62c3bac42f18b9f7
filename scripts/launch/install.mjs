/** Installs the dependencies where they are missing or are not those of package-lock.json. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { withBuildLock } from './lock.mjs';
import { MendableError, orEnd } from './mendable.mjs';
import { inProject, root } from './project.mjs';

function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
  } catch {
    return null;
  }
}

/**
 * Whether node_modules holds what package-lock.json asks for: by npm's own note of what it
 * installed, and since an npm that was disturbed leaves a note of what is not there, by each
 * package itself. By content and not by time: a checkout makes files new that nobody changed.
 */
export function isInstalled() {
  const installed = packagesIn(inProject('node_modules', '.package-lock.json'));
  const wanted = packagesIn(inProject('package-lock.json'));
  if (installed === null || wanted === null) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const found = installed[path];
    // What is optional is for other platforms, or could not be had when npm last tried.
    if (found === undefined) return entry.optional === true;
    const isSame = found.version === entry.version && found.integrity === entry.integrity;
    return isSame && existsSync(inProject(path, 'package.json'));
  });
}

function runNpm(args) {
  const options = { cwd: root, stdio: ['ignore', 2, 2] };
  const npm = process.env.npm_execpath;
  // Under `npm run` the npm that runs us is known, and needs no search and no shell.
  if (npm !== undefined && /\bnpm-cli\.c?js$/.test(npm)) {
    return spawnSync(process.execPath, [npm, ...args], options);
  }
  return spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
}

/**
 * `npm ci` if something is missing, for who holds the build's lock: two would delete each other's.
 * @throws {MendableError} where that fails
 */
export function installMissing() {
  if (isInstalled()) return;
  console.error('sluice: installing dependencies (npm ci)');
  const flags = ['--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const { error, status } = runNpm(['ci', ...flags]);
  if (error === undefined && status === 0) return;
  throw new MendableError('npm ci failed; it needs npm and the package registry');
}

/** `npm ci` if something is missing, by one process at a time; ends with 2 where that fails. */
export async function ensureInstalled() {
  if (isInstalled()) return;
  await orEnd('the dependencies cannot be installed here', () => withBuildLock(installMissing));
}
