/**
 * How large the trusted computing base is: lines of code that must be right for the invariants to
 * hold. Kernel, boot and board, and what they import of netstack.
 */
import { importsOf, isRelative, resolveImport, withoutComments } from './imports.ts';
import type { SourceFile } from './source-files.ts';

/** More than two people can read in two days is more than can be trusted. */
export const TRUSTED_LINES_MAX = 4000;

const ROOTS: readonly string[] = ['firmware/kernel/', 'firmware/boot/', 'firmware/board/'];
const LIBRARY = 'netstack/';

const DATA_TABLE = /\bdata table\b/i;
const IMPORT_STATEMENT = /^(?:import\b|export (?:type )?\{)[^;]*?from\s*['"][^'"]+['"];?$/gm;
/** Types are gone before anything runs. */
const TYPE_DECLARATION =
  /^(?:export )?(?:interface [^{]*\{[\s\S]*?^\}|type \w+(?:<[^=]*>)? =[\s\S]*?;)$/gm;
/** Nothing but brackets and what separates them. */
const PUNCTUATION = /^[\s()[\]{},;]*$/;

/**
 * Lines that say something when they run: no blanks, comments, imports, types or lone brackets. A
 * table of literals has none; nor have declarations of what the engine provides.
 */
export function codeLines(file: SourceFile): number {
  const isTable = file.lines.slice(0, 8).some((line) => DATA_TABLE.test(line));
  if (isTable || file.path.endsWith('.d.ts')) return 0;
  const text = withoutComments(file.lines)
    .join('\n')
    .replace(IMPORT_STATEMENT, '')
    .replace(TYPE_DECLARATION, '');
  return text.split('\n').filter((line) => !PUNCTUATION.test(line)).length;
}

/** The files of the trusted computing base. Imports are followed through all of the project. */
export function trustedFiles(files: readonly SourceFile[]): SourceFile[] {
  const sources = files.filter(({ path }) => path.endsWith('.ts'));
  const byPath = new Map(sources.map((file) => [file.path, file]));
  const isRoot = ({ path }: SourceFile) => ROOTS.some((root) => path.startsWith(root));
  const found = new Set(sources.filter(isRoot));
  // A set is visited in the order of insertion, so what is added here is visited too.
  for (const file of found) {
    for (const { specifier } of importsOf(file)) {
      if (!isRelative(specifier)) continue;
      const path = resolveImport(file.path, specifier);
      const imported = byPath.get(path);
      if (imported !== undefined && path.startsWith(LIBRARY)) found.add(imported);
    }
  }
  return [...found];
}

/** Lines of code by area, and of all of them; `physical` counts every line of every file. */
export function trustedLines(files: readonly SourceFile[]): {
  areas: { area: string; lines: number }[];
  total: number;
  physical: number;
} {
  const trusted = trustedFiles(files);
  const areas = [...ROOTS, LIBRARY].map((area) => {
    const own = trusted.filter(({ path }) => path.startsWith(area));
    return { area, lines: own.reduce((sum, file) => sum + codeLines(file), 0) };
  });
  const total = areas.reduce((sum, { lines }) => sum + lines, 0);
  return { areas, total, physical: trusted.reduce((sum, { lines }) => sum + lines.length, 0) };
}
