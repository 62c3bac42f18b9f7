import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { expect, it, vi } from 'vitest';
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

it('builds again what is not as it was built', async () => {
  const [name = ''] = readdirSync(bundles);
  truncateSync(join(bundles, name, 'sluice.js'), 0);
  rmSync(join(bundles, name, 'late-thread.js'));
  expect(await project.run('sluice')).toEqual(said(2));
});

// A number may be another process' by now, and 1 always is.
it.each([
  [`${process.pid}`, []],
  ['1', ['sluice: waiting for another build (process 1, build/lock)']],
  ['garbage', ['sluice: waiting for another build (build/lock)']],
  ['-1', ['sluice: waiting for another build (build/lock)']],
  ['', ['sluice: waiting for another build (build/lock)']],
])('passes a lock of "%s", and says if it waits', async (owner, lines) => {
  project.write('build/lock', owner);
  const { href } = pathToFileURL(join(project.root, 'scripts', 'launch', 'lock.mjs'));
  const { withBuildLock } = await import(href);
  const stderr = vi.spyOn(console, 'error').mockReturnValue();
  const done = await withBuildLock(async () => 'done', 1);
  const told = stderr.mock.calls.flat();
  stderr.mockRestore();
  expect(done).toBe('done');
  expect(told).toEqual(lines);
});

it('says in one line that it cannot build here', async () => {
  project.edit(3);
  rmSync(join(project.root, 'build'), { recursive: true });
  project.write('build', 'a file');
  const command = project.start('sluice');
  const [stderr, { code }] = await Promise.all([text(command.stderr), project.end(command)]);
  expect(stderr).toMatch(
    /^sluice: the tree is newer than its build and cannot be built here: .*\n$/,
  );
  expect(code).toBe(2);
});

it('says in one line that its working directory is gone', async () => {
  const gone = join(project.root, 'gone');
  mkdirSync(gone);
  const script = join(project.root, 'scripts', 'sluice.mjs');
  const command = spawn('sh', ['-c', 'rmdir ../gone && exec "$0" "$1"', process.execPath, script], {
    cwd: gone,
  });
  const [stderr, { code }] = await Promise.all([text(command.stderr), project.end(command)]);
  expect(stderr).toBe('sluice: the working directory is gone; change to one that exists\n');
  expect(code).toBe(2);
});
