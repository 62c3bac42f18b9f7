import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { crimeTable } from './crime-table.ts';

const README = fileURLToPath(new URL('README.md', import.meta.url));
const TABLE = /\| a module that \|[\s\S]*/;

it('README.md lists every crime, and what becomes of it', async () => {
  const text = readFileSync(README, 'utf8').replace(TABLE, () => `${crimeTable()}\n`);
  await expect(text).toMatchFileSnapshot(README);
});
