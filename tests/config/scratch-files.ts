import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { ConfigError, formatDiagnostic } from '../../config/diagnostics.ts';

/** A folder of this test file's own, removed when its tests are done. */
export function scratchFolder(): { write(name: string, text: string): string; folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-config-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    folder,
    write(name, text) {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      return path;
    },
  };
}

/** The lines of the ConfigError that loading throws, without the folder's name; else none. */
export function complaints(folder: string, load: () => unknown): string[] {
  try {
    load();
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.diagnostics.map((each) => formatDiagnostic(each).replaceAll(`${folder}/`, ''));
  }
}
