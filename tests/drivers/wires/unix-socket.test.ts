import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { listenForOwner } from '../../../drivers/wires/unix-socket.ts';
import { temporaryFolder } from '../../scripts/sluice.ts';

const folder = temporaryFolder();
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listenAt(path: string): Promise<void> {
  const server = createServer();
  servers.push(server);
  await listenForOwner(server, path);
}

it('is for its owner only', async () => {
  const path = join(folder, 'own');
  await listenAt(path);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

it('refuses one that somebody listens at', async () => {
  const path = join(folder, 'used');
  await listenAt(path);
  await expect(listenAt(path)).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

it('replaces one that a dead process has left', async () => {
  const path = join(folder, 'left');
  const program = `require('node:net').createServer().listen(process.argv[1], () => console.log(1))`;
  const child = spawn(process.execPath, ['-e', program, path], { stdio: ['ignore', 'pipe', 2] });
  await once(child.stdout!, 'data');
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
  expect(statSync(path).isSocket()).toBe(true);
  await listenAt(path);
});

it('leaves alone what is no socket', async () => {
  const path = join(folder, 'file');
  writeFileSync(path, 'precious');
  symlinkSync(path, join(folder, 'link'));
  for (const name of ['file', 'link']) {
    await expect(listenAt(join(folder, name))).rejects.toMatchObject({ code: 'ENOTSOCK' });
  }
  expect(readFileSync(path, 'utf8')).toBe('precious');
});

it('says so where there is no folder', async () => {
  await expect(listenAt(join(folder, 'none', 'x'))).rejects.toMatchObject({ code: 'ENOENT' });
});
