import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, expect, it } from 'vitest';
import { folderOfRun } from '../../project/run-folder.ts';
import { inProject } from '../sluice.ts';

const root = folderOfRun('sluice-install-');
const npm = join(root, 'npm-cli.js');
const calls = join(root, 'calls');
const lock = { packages: { 'node_modules/one': { version: '1.0.0', integrity: 'sha512-one' } } };

/** A registry would make the test depend on the network. As npm, it begins by deleting. */
const NPM = `import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
appendFileSync('calls', process.argv[2] + ' ');
rmSync('node_modules', { recursive: true, force: true });
mkdirSync('node_modules/one', { recursive: true });
await new Promise((resolve) => setTimeout(resolve, 100));
writeFileSync('node_modules/one/package.json', '{}');
writeFileSync('node_modules/.package-lock.json', ${'`'}${JSON.stringify(lock)}${'`'});
`;

beforeAll(() => {
  mkdirSync(join(root, 'scripts'));
  cpSync(inProject('scripts/launch'), join(root, 'scripts/launch'), { recursive: true });
  const files = {
    'package.json': '{ "type": "module" }',
    'package-lock.json': JSON.stringify(lock),
    'npm-cli.js': NPM,
    'start.mjs': `import { ensureInstalled } from './scripts/launch/install.mjs';
await ensureInstalled();
`,
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(root, name), content);
});

async function start() {
  const child = spawn(process.execPath, [join(root, 'start.mjs')], {
    env: { ...process.env, npm_execpath: npm },
  });
  const ended = once(child, 'close');
  const stderr = await text(child.stderr);
  const [code] = await ended;
  return { code, stderr };
}

it('installs once for all who start at once', async () => {
  const ends = await Promise.all([start(), start(), start()]);
  expect(ends.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(readFileSync(calls, 'utf8')).toBe('ci ');
});

it('installs again what npm has noted and is not there', async () => {
  rmSync(join(root, 'node_modules/one'), { recursive: true });
  expect((await start()).code).toBe(0);
  expect((await start()).code).toBe(0);
  expect(readFileSync(calls, 'utf8')).toBe('ci ci ');
});

it('says in one line that npm has failed', async () => {
  rmSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(npm, 'process.exit(1);');
  const { code, stderr } = await start();
  const what = 'sluice: the dependencies cannot be installed here';
  const why = 'npm ci failed; it needs npm and the package registry';
  expect(stderr.split('\n').slice(1)).toEqual([`${what}: ${why}`, '']);
  expect(code).toBe(2);
});
