/** Listening on a UNIX socket that is for its owner only. */
import { chmodSync, existsSync, lstatSync, unlinkSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { dirname } from 'node:path';
import { isMainThread } from 'node:worker_threads';

const OWNER_ONLY = 0o600;
const OTHERS = 0o177;

function listen(server: Server, path: string): Promise<NodeJS.ErrnoException | null> {
  // A thread of its own cannot set the mask; there the socket is for its owner a moment later.
  const mask = isMainThread ? process.umask(OTHERS) : null;
  const result = new Promise<NodeJS.ErrnoException | null>((resolve) => {
    server.once('error', resolve);
    server.listen(path, () => {
      server.off('error', resolve);
      resolve(null);
    });
  });
  if (mask !== null) process.umask(mask);
  return result;
}

/**
 * Listens at `path`; a socket that a dead process left there is replaced, and nothing else. Rejects
 * with the system's error, ENOENT for a missing folder, ENOTSOCK for a file of another kind.
 */
export async function listenForOwner(server: Server, path: string): Promise<void> {
  // libuv calls a missing folder a forbidden one.
  if (!existsSync(dirname(path))) throw Object.assign(new Error(path), { code: 'ENOENT' });
  const found = lstatSync(path, { throwIfNoEntry: false });
  // Critical: what is no socket is somebody's file.
  if (found?.isSocket() === false) throw Object.assign(new Error(path), { code: 'ENOTSOCK' });
  let error = await listen(server, path);
  if (error !== null && (await isAbandoned(path, error))) {
    unlinkSync(path);
    error = await listen(server, path);
  }
  if (error !== null) throw error;
  chmodSync(path, OWNER_ONLY);
}

/** Whether a socket's path is only what a process that is gone has left behind. */
async function isAbandoned(path: string, { code }: NodeJS.ErrnoException): Promise<boolean> {
  if (code !== 'EADDRINUSE') return false;
  return new Promise<boolean>((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(false);
    });
    probe.once('error', (refusal: NodeJS.ErrnoException) =>
      resolve(refusal.code === 'ECONNREFUSED'),
    );
  });
}
