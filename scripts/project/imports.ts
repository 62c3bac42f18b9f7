/**
 * What a source imports, read from its text: no compiler is asked, so none can be blind to it.
 */
import { posix } from 'node:path';
import type { SourceFile } from './source-files.ts';

/** `line` counts from 1; `specifier` is as written. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
}

const IMPORT =
  /^[ \t]*(?:import|export)\b[^'";]*?\bfrom\s*['"]([^'"\n]+)['"]|^[ \t]*import\s*['"]([^'"\n]+)['"]|\bimport\s*\(\s*['"]([^'"\n]+)['"]/gm;

/** The lines with those blank that are comments from their first character to their last. */
export function withoutComments(lines: readonly string[]): string[] {
  let isInside = false;
  return lines.map((line) => {
    const text = line.trim();
    if (isInside) {
      isInside = !text.endsWith('*/');
      return '';
    }
    if (text.startsWith('/*')) {
      isInside = !text.includes('*/');
      return isInside || text.endsWith('*/') ? '' : line;
    }
    return text.startsWith('//') ? '' : line;
  });
}

/** Every import and re-export of a source, dynamic ones with a fixed text included. */
export function importsOf(file: SourceFile): Import[] {
  const text = withoutComments(file.lines).join('\n');
  return [...text.matchAll(IMPORT)].map((match) => ({
    specifier: (match[1] ?? match[2] ?? match[3]) as string,
    line: text.slice(0, match.index + match[0].length).split('\n').length,
  }));
}

/** The path below the project that a relative import names, `.ts` added where it is left out. */
export function resolveImport(from: string, specifier: string): string {
  const path = posix.normalize(posix.join(posix.dirname(from), specifier));
  return /\.(ts|mjs|json)$/.test(path) ? path : `${path}.ts`;
}

export function isRelative(specifier: string): boolean {
  return specifier.startsWith('.');
}
