import { once } from 'node:events';
import { readdirSync, rmSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { SmallProject } from './small-project.ts';

const project = new SmallProject();
const bundles = join(project.root, 'dist', 'bundles');
/** Of a command whose parts are all of one build. */
const said = (build: number) => ({ code: 0, stdout: `${build} ${build} ${build}\n` });

it('builds the command at its first start', async () => {
  project.edit(1);
  expect(await project.run('sluice')).toEqual(said(1));
});

const canKeep = 'enableCompileCache' in module;
const whyNot = canKeep ? '' : ' (Node before 22.1 cannot)';
it.skipIf(!canKeep)(`keeps what the engine compiled${whyNot}`, () => {
  const [name = ''] = readdirSync(bundles);
  expect(readdirSync(join(bundles, name, 'cache'))).not.toEqual([]);
});

it('lets a command that has started end as it began, whatever is built meanwhile', async () => {
  const command = project.start('sluice');
  const [begun] = await once(command.stdout, 'data');
  expect(String(begun)).toBe('1');
  project.edit(2);
  expect((await project.run('build')).code).toBe(0);
  expect(await project.end(command)).toEqual({ code: 0, stdout: ' 1 1\n' });
});

it('starts as before after a build that was killed', async () => {
  project.edit(3);
  const build = project.start('build', { HANGS: 'yes' });
  for await (const text of build.stderr) if (String(text).includes('hangs')) break;
  build.kill('SIGKILL');
  await once(build, 'close');
  project.edit(2);
  expect(await project.run('sluice')).toEqual(said(2));
});

it('builds what is gone again, once for all who start at once', async () => {
  for (const name of readdirSync(bundles)) rmSync(join(bundles, name), { recursive: true });
  const programs = ['build', 'build', 'sluice', 'sluice', 'sluice'] as const;
  const runs = await Promise.all(programs.map((program) => project.run(program)));
  const built = { code: 0, stdout: '' };
  expect(runs).toEqual([built, built, said(2), said(2), said(2)]);
  expect(readdirSync(bundles)).toHaveLength(1);
});

it('waits for no lock that has its own number on it', async () => {
  project.write('build/lock', `${process.pid}`);
  const { href } = pathToFileURL(join(project.root, 'scripts', 'launch', 'lock.mjs'));
  const { withBuildLock } = await import(href);
  expect(await withBuildLock(async () => 'done')).toBe('done');
});
