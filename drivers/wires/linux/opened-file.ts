/** What opening devices and sockets of Linux has in common. */
import type { WireError } from '../wire-error.ts';
import { EACCES, EPERM, type Libc } from './libc.ts';

/** Whether the last call failed for want of rights. */
export function isForbidden(libc: Libc): boolean {
  return [EPERM, EACCES].includes(libc.errno());
}

/** The open file, if it could be made ready; else it is closed, and `why` is thrown. */
export function keepIf(isReady: boolean, libc: Libc, fd: number, why: () => WireError): number {
  if (isReady) return fd;
  // Before it is closed: the reason is that of the call that failed.
  const error = why();
  libc.close(fd);
  throw error;
}
