/** The bytes of a classic pcap's frames, by a reader of the tests' own. */
import { readFileSync } from 'node:fs';

const HEADER_SIZE = 24;
const RECORD_HEADER_SIZE = 16;

/** All frames of a whole file, in order. */
export function pcapFrames(file: string): Buffer[] {
  const bytes = readFileSync(file);
  const magic = bytes.readUInt32LE(0);
  const isLittle = magic === 0xa1b2c3d4 || magic === 0xa1b23c4d;
  const frames: Buffer[] = [];
  for (let at = HEADER_SIZE; at + RECORD_HEADER_SIZE <= bytes.length; ) {
    const size = isLittle ? bytes.readUInt32LE(at + 8) : bytes.readUInt32BE(at + 8);
    at += RECORD_HEADER_SIZE;
    frames.push(bytes.subarray(at, at + size));
    at += size;
  }
  return frames;
}
