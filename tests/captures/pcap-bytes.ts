/** The bytes of a capture's frames, by a reader of the tests' own. */
import { readFileSync } from 'node:fs';

const HEADER_SIZE = 24;
const RECORD_HEADER_SIZE = 16;
const SECTION = 0x0a0d0d0a;
const ENHANCED_PACKET = 6;

/** All frames of a whole classic pcap, or of a little-endian pcapng as we write it, in order. */
export function pcapFrames(file: string): Buffer[] {
  const bytes = readFileSync(file);
  return bytes.readUInt32LE(0) === SECTION ? pcapngFrames(bytes) : classicFrames(bytes);
}

function classicFrames(bytes: Buffer): Buffer[] {
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

function pcapngFrames(bytes: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += bytes.readUInt32LE(at + 4)) {
    if (bytes.readUInt32LE(at) !== ENHANCED_PACKET) continue;
    frames.push(bytes.subarray(at + 28, at + 28 + bytes.readUInt32LE(at + 20)));
  }
  return frames;
}
