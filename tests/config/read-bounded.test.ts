import { existsSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadManifest } from '../../config/manifest.ts';
import { readBounded } from '../../config/read-bounded.ts';
import { loadRouter } from '../../config/router.ts';
import { complaints, scratchFolder } from './scratch-files.ts';

const { folder } = scratchFolder();

it.each([
  ['none', 0, 0],
  ['as many as may be', 70_000, 70_000],
  ['one more', 70_001, 70_001],
  ['many more', 200_000, 70_001],
])('a file with %s of its bytes is read up to one more than the limit', (_, size, expected) => {
  const file = join(folder, `${size}`);
  const bytes = Uint8Array.from({ length: size }, (_each, i) => i % 251);
  writeFileSync(file, bytes);
  expect(Buffer.compare(readBounded(file, 70_000), bytes.subarray(0, expected))).toBe(0);
});

it.skipIf(!existsSync('/dev/zero')).each([
  ['router', loadRouter],
  ['manifest', loadManifest],
])('a %s file without an end is refused', (kind, load) => {
  const file = join(folder, `endless-${kind}.yaml`);
  symlinkSync('/dev/zero', file);
  expect(complaints(folder, () => load(file))).toEqual([
    `endless-${kind}.yaml:1:1: CONFIG_LIMIT more bytes than a file may have; at most 134217728; split it, or see where it leads`,
  ]);
});
