/** The frames of a classic pcap file of Ethernet frames, read independently of our drivers. */
import { readFileSync } from 'node:fs';

/** A frame and its size on the wire, which is greater if the capture cut it. */
export interface CapturedFrame {
  frame: Uint8Array;
  wireSize: number;
}

export function readCapture(file: URL): CapturedFrame[] {
  const data = readFileSync(file);
  const magic = data.readUInt32LE(0);
  const isLittle = magic === 0xa1b2c3d4 || magic === 0xa1b23c4d;
  const u32At = (offset: number) =>
    isLittle ? data.readUInt32LE(offset) : data.readUInt32BE(offset);
  if (u32At(20) !== 1) throw new Error(`${file.pathname} is no Ethernet capture`);
  const frames: CapturedFrame[] = [];
  for (let offset = 24; offset + 16 <= data.length; ) {
    const size = u32At(offset + 8);
    const frame = Uint8Array.from(data.subarray(offset + 16, offset + 16 + size));
    frames.push({ frame, wireSize: u32At(offset + 12) });
    offset += 16 + size;
  }
  return frames;
}
