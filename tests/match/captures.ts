import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../../shared/pcaps', import.meta.url));

/** Why the tests over shared captures cannot run; null when they can. */
export const capturesMissing: string | null = existsSync(FOLDER)
  ? null
  : 'the shared captures are not here';

/** The names of all shared captures, folder first. */
export function captureNames(): string[] {
  return ['ics', 'ip', 'formats', 'malformed'].flatMap((folder) =>
    readdirSync(`${FOLDER}/${folder}`).map((name) => `${folder}/${name}`),
  );
}

/** The whole frames of a classic Ethernet pcap; none of any other file. */
export function captureFrames(name: string): Uint8Array[] {
  const bytes = readFileSync(`${FOLDER}/${name}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const magics = [0xa1b2c3d4, 0xa1b23c4d];
  const isLittle = bytes.length >= 24 && magics.includes(view.getUint32(0, true));
  const isBig = bytes.length >= 24 && magics.includes(view.getUint32(0));
  const frames: Uint8Array[] = [];
  if ((!isLittle && !isBig) || view.getUint32(20, isLittle) !== 1) return frames;
  for (let at = 24; at + 16 <= bytes.length; ) {
    const size = view.getUint32(at + 8, isLittle);
    if (at + 16 + size > bytes.length) break;
    const isWhole = size === view.getUint32(at + 12, isLittle);
    if (isWhole) frames.push(bytes.subarray(at + 16, at + 16 + size));
    at += 16 + size;
  }
  return frames;
}
