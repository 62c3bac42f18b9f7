/**
 * Which AssemblyScript sources a program is made of: the closure of its imports.
 *
 * Sources have virtual paths with `/`, so that what is compiled does not depend on the machine.
 * Paths that start with LIBRARY are what `sluice/...` in an import means.
 */
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** Import prefix of the library for module authors: `import { ... } from 'sluice/abi'`. */
export const LIBRARY = 'sluice/';

/** The text of the source at a virtual path, or null where there is none. */
export type SourceReader = (path: string) => string | null;

const IMPORT =
  /^[ \t]*(?:import|export)\b[^'";]*?from\s*['"]([^'"]+)['"]|^[ \t]*import\s*['"]([^'"]+)['"]/gm;

function resolveImport(from: string, specifier: string): string {
  const path = specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : specifier;
  return path.endsWith('.ts') ? path : `${path}.ts`;
}

/**
 * All sources reachable from `entry`, by virtual path, in path order. An import that leads
 * nowhere is left out: the compiler says where it stands.
 */
export function gatherSources(entry: string, read: SourceReader): Map<string, string> {
  const found = new Map<string, string>();
  const pending = [entry];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (found.has(path)) continue;
    const text = read(path);
    if (text === null) continue;
    found.set(path, text);
    for (const match of text.matchAll(IMPORT)) {
      pending.push(resolveImport(path, (match[1] ?? match[2]) as string));
    }
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Reads files below `folder`; a virtual path that leads out of it has no source. */
export function readBelow(folder: string): SourceReader {
  return (path) => {
    if (posix.isAbsolute(path) || posix.normalize(path).startsWith('..')) return null;
    try {
      return readFileSync(join(folder, path), 'utf8');
    } catch {
      return null;
    }
  };
}
