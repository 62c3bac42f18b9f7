import { closeSync, openSync, readSync } from 'node:fs';

const CHUNK_SIZE = 1 << 16;

/**
 * A file's bytes; of a file that is larger than `sizeMax`, or has no end, one byte more than that.
 * @throws Error with the system's `code`
 */
export function readBounded(file: string, sizeMax: number): Uint8Array<ArrayBuffer> {
  const descriptor = openSync(file, 'r');
  try {
    const chunks: Uint8Array[] = [];
    for (let left = sizeMax + 1; left > 0; ) {
      const chunk = Buffer.allocUnsafe(Math.min(CHUNK_SIZE, left));
      const size = readSync(descriptor, chunk);
      if (size === 0) break;
      chunks.push(chunk.subarray(0, size));
      left -= size;
    }
    // A copy: a small Buffer lies in memory that it shares with others.
    return new Uint8Array(Buffer.concat(chunks));
  } finally {
    closeSync(descriptor);
  }
}
