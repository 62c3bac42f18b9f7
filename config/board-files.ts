/**
 * Where the board of a router file lies: beside that file, or among those that come with Sluice.
 */
import { readdirSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const EXTENSION = '.yaml';
/** From the source, and from what is built of it in dist/. */
const FOLDERS = ['boards/', '../../config/boards/'];

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function shippedFolder(): string | null {
  const folders = FOLDERS.map((folder) => fileURLToPath(new URL(folder, import.meta.url)));
  const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory();
  return folders.find(isFolder) ?? null;
}

/** The names of the boards that come with Sluice: config/boards. */
export function shippedBoardNames(): string[] {
  const folder = shippedFolder();
  if (folder === null) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith(EXTENSION));
  return files.map((file) => file.slice(0, -EXTENSION.length)).sort();
}

/** The file of the board that comes with Sluice under this name, or null. */
export function findShippedBoard(name: string): string | null {
  if (!shippedBoardNames().includes(name)) return null;
  return join(shippedFolder()!, name + EXTENSION);
}

/**
 * The file that a router file's `board` means, or null: a path from the folder of the router file,
 * or from the folder above it; else the name of a board that comes with Sluice.
 */
export function findBoard(routerFile: string, named: string): string | null {
  if (isAbsolute(named)) return isFile(named) ? named : null;
  const folder = dirname(routerFile);
  const beside = [join(folder, named), join(folder, '..', named)].find(isFile);
  return beside ?? findShippedBoard(named);
}
