/**
 * Where a module of a system description lies: beside that file, or among those that come with
 * Sluice.
 */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** From the source, and from what is built of it in dist/. */
const FOLDERS = ['../firmware/modules/', '../../firmware/modules/'];
const MANIFEST = 'manifest.yaml';

function isModule(folder: string): boolean {
  return existsSync(join(folder, MANIFEST));
}

function shippedFolder(): string | null {
  const folders = FOLDERS.map((folder) => fileURLToPath(new URL(folder, import.meta.url)));
  // dist/ has a firmware/ of its own, without manifests.
  const isShipped = (path: string) =>
    existsSync(path) && readdirSync(path).some((name) => isModule(join(path, name)));
  return folders.find(isShipped) ?? null;
}

/** The names of the modules that come with Sluice: firmware/modules. */
export function shippedModuleNames(): string[] {
  const folder = shippedFolder();
  if (folder === null) return [];
  return readdirSync(folder)
    .filter((name) => isModule(join(folder, name)))
    .sort();
}

/**
 * The folder that a system description means: a path from its own folder; else, where there is no
 * module, the name of one that comes with Sluice. It need not exist.
 */
export function findModule(systemFile: string, named: string): string {
  const beside = isAbsolute(named) ? named : join(dirname(systemFile), named);
  if (isModule(beside) || !shippedModuleNames().includes(named)) return beside;
  return join(shippedFolder()!, named);
}
