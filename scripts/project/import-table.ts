/**
 * Who may import what. Imports point one way: netstack, then config and drivers, then firmware,
 * then scripts; nothing imports scripts or tests. A data table and the check of it.
 */
import { importsOf, isRelative, resolveImport } from './imports.ts';
import type { SourceFile } from './source-files.ts';

interface Row {
  /** Files whose paths begin so; the first row that fits counts. */
  readonly area: string;
  /** Paths may begin so. */
  readonly imports: readonly string[];
  /** Packages may begin so; `node:` is the machine itself. */
  readonly packages: readonly string[];
}

/** What both compilers read: literals only. */
const SHARED = ['config/abi.ts', 'drivers/nic-ring.ts', 'firmware/boot/table-layout.ts'];
const TRUSTED = ['netstack/', 'config/', 'drivers/', 'firmware/boot/', 'firmware/board/'];

export const importTable: readonly Row[] = [
  { area: 'netstack/', imports: ['netstack/'], packages: ['ip-num'] },
  {
    area: 'config/',
    imports: ['config/', 'netstack/'],
    packages: ['zod', 'yaml', 'ip-num', 'node:'],
  },
  // koffi is optional: required when a wire needs it, and never imported, nor are its types.
  { area: 'drivers/', imports: ['drivers/', 'netstack/'], packages: ['node:'] },
  { area: 'firmware/kernel/', imports: ['firmware/kernel/', ...SHARED], packages: [] },
  { area: 'firmware/sdk/', imports: ['firmware/sdk/'], packages: ['sluice/'] },
  // A module sees itself and the library; `./manifest` is made from its manifest.
  { area: 'firmware/modules/', imports: ['firmware/modules/'], packages: ['sluice/'] },
  { area: 'firmware/boot/', imports: TRUSTED, packages: ['node:'] },
  { area: 'firmware/board/', imports: TRUSTED, packages: ['node:'] },
  // Reads what the kernel counted; nothing trusted depends on it.
  { area: 'firmware/report/', imports: ['firmware/report/', ...TRUSTED], packages: [] },
  {
    area: 'scripts/',
    imports: ['scripts/', 'firmware/report/', ...TRUSTED],
    packages: ['node:', 'yargs', 'pino', 'zod', 'assemblyscript'],
  },
  {
    area: 'tests/',
    imports: ['tests/', 'scripts/', 'firmware/', ...TRUSTED],
    packages: ['node:', 'vitest', 'fast-check', 'zod', 'yaml', 'ip-num', 'pino', 'wabt'],
  },
];

function mayImport(row: Row, path: string): boolean {
  return row.imports.some((allowed) => path.startsWith(allowed));
}

function mayUse(row: Row, name: string): boolean {
  return row.packages.some((allowed) =>
    /[:/]$/.test(allowed)
      ? name.startsWith(allowed)
      : name === allowed || name.startsWith(`${allowed}/`),
  );
}

/** The folder of a module that a path lies in, or null. */
function moduleOf(path: string): string | null {
  return /^firmware\/modules\/[^/]+\//.exec(path)?.[0] ?? null;
}

function judge(file: SourceFile, row: Row, specifier: string): string | null {
  if (!isRelative(specifier)) {
    return mayUse(row, specifier) ? null : `${row.area} may not use ${specifier}`;
  }
  const path = resolveImport(file.path, specifier);
  if (!mayImport(row, path)) return `${row.area} may not import ${path}`;
  const own = moduleOf(file.path);
  if (own !== null && !path.startsWith(own)) return `a module may not import ${path}`;
  return null;
}

/** Every import that the table does not allow, as `file:line: what`. */
export function importViolations(files: readonly SourceFile[]): string[] {
  const found: string[] = [];
  for (const file of files) {
    if (!file.path.endsWith('.ts')) continue;
    const row = importTable.find(({ area }) => file.path.startsWith(area));
    if (row === undefined) {
      if (file.path.includes('/')) found.push(`${file.path}:1: no row of the import table`);
      continue;
    }
    for (const { specifier, line } of importsOf(file)) {
      const problem = judge(file, row, specifier);
      if (problem !== null) found.push(`${file.path}:${line}: ${problem}`);
    }
  }
  return found;
}
