/**
 * The project's own files, for checks of the text of them.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** `path` is below the project, with `/` on any system. */
export interface SourceFile {
  readonly path: string;
  readonly lines: readonly string[];
}

/** What tools and builds leave behind. */
const NOT_OURS: readonly string[] = ['node_modules', 'dist', 'build', '.git', 'coverage'];
const TEXT = /\.(ts|mjs|json|ya?ml|md|txt)$|(^|\/)\.ci\/run$/;
const NOT_WRITTEN = /(^|\/)package-lock\.json$/;

function walk(root: string, folder: string, files: SourceFile[]): void {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!NOT_OURS.includes(entry.name)) walk(root, path, files);
    } else if (entry.isFile() && TEXT.test(path) && !NOT_WRITTEN.test(path)) {
      files.push({ path, lines: readFileSync(join(root, path), 'utf8').split('\n') });
    }
  }
}

/** All files of text in the project, in the order of their paths. */
export function sourceFiles(root: string): SourceFile[] {
  const files: SourceFile[] = [];
  walk(root, '', files);
  return files;
}
