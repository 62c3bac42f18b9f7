/**
 * The router's own firmware, but for the memory of `route`. Every test has a board of its own, and
 * the 74 MiB for the routes of the whole Internet make each of them cost a collection of garbage.
 */
import { cpSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { defaultSystemPath } from '../../scripts/toolchain/load-firmware.ts';
import { moduleFolder } from '../modules/open-module.ts';
import { folderOfRun } from '../project/run-folder.ts';
import { writeBelow } from './write-below.ts';

const OWN_MEMORY = 'memory: 74 MiB';
const SMALL_MEMORY = 'memory: 2 MiB';

let folder: string | undefined;

/** The folder of a module of the router: its own, or the copy with less memory. */
export function smallModuleFolder(name: string): string {
  return name === 'route' ? smallRoute() : moduleFolder(name);
}

function smallRoute(): string {
  if (folder !== undefined) return folder;
  folder = join(folderOfRun('small-'), 'route');
  cpSync(moduleFolder('route'), folder, { recursive: true });
  const manifest = readFileSync(join(folder, 'manifest.yaml'), 'utf8');
  if (!manifest.includes(OWN_MEMORY)) throw new Error(`route has no ${OWN_MEMORY}`);
  writeBelow(folder, 'manifest.yaml', manifest.replace(OWN_MEMORY, SMALL_MEMORY));
  return folder;
}

let systemPath: string | undefined;

/** The system description of the router with the smaller `route`. */
export function smallSystemPath(): string {
  systemPath ??= writeSmallSystem();
  return systemPath;
}

function writeSmallSystem(): string {
  const at = join(smallRoute(), '..');
  const system = readFileSync(defaultSystemPath(), 'utf8');
  const text = system.replaceAll(/^( +(\w+): )modules\/\w+$/gm, (_, key: string, name: string) => {
    return key + relative(at, smallModuleFolder(name));
  });
  return writeBelow(at, 'system.yaml', text);
}
