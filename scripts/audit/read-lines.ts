import { closeSync, openSync, readSync } from 'node:fs';
import { systemCodeOf } from '../../drivers/capture-error.ts';
import { UsageError } from '../usage-error.ts';
import { LINE_SIZE_MAX } from './audit-chain.ts';

const CHUNK_SIZE = 1 << 16;
const LINE_FEED = 0x0a;
const STDIN = 0;

/**
 * Hands on each line's bytes without its line feed, a piece of the file at a time; a longer line
 * than LINE_SIZE_MAX is cut there. Returns whether the last line ended in a line feed.
 * @throws {UsageError} when the file cannot be read
 */
export function readLines(file: string, onLine: (bytes: Uint8Array) => void): boolean {
  const guard = <T>(action: () => T): T => {
    try {
      return action();
    } catch (error) {
      throw new UsageError(`${file}: it cannot be read (${systemCodeOf(error)})`);
    }
  };
  const descriptor = file === '-' ? STDIN : guard(() => openSync(file, 'r'));
  const chunk = Buffer.alloc(CHUNK_SIZE);
  let rest = Buffer.alloc(0);
  try {
    for (;;) {
      const size = guard(() => readSync(descriptor, chunk, 0, CHUNK_SIZE, null));
      if (size === 0) break;
      rest = Buffer.concat([rest, chunk.subarray(0, size)]);
      let start = 0;
      for (let at = rest.indexOf(LINE_FEED); at >= 0; at = rest.indexOf(LINE_FEED, start)) {
        onLine(rest.subarray(start, at));
        start = at + 1;
      }
      rest = rest.subarray(start);
      if (rest.length > LINE_SIZE_MAX) break;
    }
  } finally {
    if (descriptor !== STDIN) closeSync(descriptor);
  }
  if (rest.length > 0) onLine(rest);
  return rest.length === 0;
}
