import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SmallProject } from './small-project.ts';

const project = new SmallProject();
const said = (build: number) => ({ code: 0, stdout: `${build} ${build}\n` });

it('builds the command at its first start', async () => {
  project.edit(1);
  expect(await project.run('sluice')).toEqual(said(1));
});

it('builds again what is gone', async () => {
  const bundle = join(project.root, 'dist', 'bundle');
  for (const name of readdirSync(bundle)) rmSync(join(bundle, name), { recursive: true });
  expect(await project.run('sluice')).toEqual(said(1));
});
