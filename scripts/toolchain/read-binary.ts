import { closeSync, openSync, readSync } from 'node:fs';
import { MODULE_LIMITS } from '../../firmware/boot/module-limits.ts';

/**
 * A module's binary; of a file that is larger than any module may be, or has no end, one byte more
 * than that. @throws Error with the system's `code`
 */
export function readBinary(file: string): Uint8Array {
  const bytes = new Uint8Array(MODULE_LIMITS['bytes of binary'] + 1);
  const descriptor = openSync(file, 'r');
  try {
    let size = 0;
    for (let read = -1; read !== 0 && size < bytes.length; size += read) {
      read = readSync(descriptor, bytes, size, bytes.length - size, null);
    }
    return bytes.slice(0, size);
  } finally {
    closeSync(descriptor);
  }
}
