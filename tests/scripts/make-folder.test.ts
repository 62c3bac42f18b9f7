import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from '../../scripts/make-folder.ts';
import { temporaryFolder } from './sluice.ts';

const folder = temporaryFolder();

it('makes a folder and those that it lies in, once', () => {
  const path = join(folder, 'a', 'b', 'c');
  for (let time = 0; time < 2; time++) makeFolder(path);
  expect(statSync(path).isDirectory()).toBe(true);
});

it('makes none where a file is', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  expect(() => makeFolder(file)).toThrow('EEXIST');
  expect(() => makeFolder(join(file, 'below'))).toThrow(/EEXIST|ENOTDIR/);
});

it.skipIf(!existsSync('/proc/self'))(
  'says so where none can be made (skipped without /proc)',
  () => {
    expect(() => makeFolder('/proc/nothing/here')).toThrow('ENOENT');
  },
);
