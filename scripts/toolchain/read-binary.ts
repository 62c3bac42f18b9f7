import { readBounded } from '../../config/read-bounded.ts';
import { MODULE_LIMITS } from '../../firmware/boot/module-limits.ts';

/**
 * A module's binary; of a file that is larger than any module may be, or has no end, one byte more
 * than that. @throws Error with the system's `code`
 */
export function readBinary(file: string): Uint8Array {
  return readBounded(file, MODULE_LIMITS['bytes of binary']);
}
