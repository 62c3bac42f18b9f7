/**
 * What the wires over sockets, and captures beside them, have in common. They live in a thread of
 * their own, so that nothing there can hold up the data plane.
 */
import { WireError } from './wire-error.ts';

export interface SocketWire {
  /** @throws {WireError} when it cannot be had */
  open(): Promise<void>;
  /** All wires of the run can be had: empties what is to be written. @throws {WireError} */
  record?(): void;
  /** Sends what the port has queued. */
  pump(): void;
  close(): void;
}

/** Why a socket could not be opened, in the operator's words. */
export function socketWireError(name: string, error: Error): WireError {
  const code = 'code' in error ? String(error.code) : error.message;
  switch (code) {
    case 'EADDRINUSE':
      return new WireError('WIRE_BUSY', name, 'the address is in use', 'choose another, or end it');
    case 'EADDRNOTAVAIL':
      return new WireError(
        'WIRE_MISSING',
        name,
        'this machine does not have that address',
        'name one of its own, such as 127.0.0.1',
      );
    case 'EACCES':
    case 'EPERM': {
      const hint = 'choose a port from 1024 on, or a folder of yours';
      return new WireError('WIRE_FORBIDDEN', name, 'not allowed', hint);
    }
    case 'ENOENT':
    case 'ENOTDIR':
      return new WireError('WIRE_MISSING', name, 'there is no such folder', 'make it first');
    case 'ENOTSOCK':
      return new WireError('WIRE_BUSY', name, 'there is a file that is no socket', 'name another');
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new WireError('WIRE_MISSING', name, 'no such host', 'name an address');
    default:
      return new WireError('WIRE_FAILED', name, `cannot be opened (${code})`, 'see the address');
  }
}
