import * as fs from 'node:fs';
import * as path from 'node:path';
import { CaptureError } from '../../drivers/capture-error.ts';
import { openCapture } from '../../drivers/capture-reader.ts';
import type { CaptureSource } from '../../drivers/capture-source.ts';
import { folderOfRun } from '../project/run-folder.ts';

export interface PcapRecord {
  seconds: number;
  fraction: number;
  bytes: Uint8Array;
  /** The wire length, when it is not the number of bytes. */
  wireLength?: number;
}

export interface PcapOptions {
  isLittleEndian?: boolean;
  magic?: number;
  major?: number;
  minor?: number;
  snapLength?: number;
  linkType?: number;
}

/** A classic pcap file, written as the draft says and without our writer. */
export function pcapBytes(records: readonly PcapRecord[], options: PcapOptions = {}): Uint8Array {
  const little = options.isLittleEndian ?? true;
  const size = records.reduce((sum, record) => sum + 16 + record.bytes.length, 24);
  const file = new Uint8Array(size);
  const view = new DataView(file.buffer);
  view.setUint32(0, options.magic ?? 0xa1b2c3d4, little);
  view.setUint16(4, options.major ?? 2, little);
  view.setUint16(6, options.minor ?? 4, little);
  view.setUint32(16, options.snapLength ?? 65535, little);
  view.setUint32(20, options.linkType ?? 1, little);
  let at = 24;
  for (const { seconds, fraction, bytes, wireLength } of records) {
    view.setUint32(at, seconds, little);
    view.setUint32(at + 4, fraction, little);
    view.setUint32(at + 8, bytes.length, little);
    view.setUint32(at + 12, wireLength ?? bytes.length, little);
    file.set(bytes, at + 16);
    at += 16 + bytes.length;
  }
  return file;
}

/** `size` bytes that differ from place to place. */
export function someBytes(size: number, seed = 0): Uint8Array {
  return Uint8Array.from({ length: size }, (_, index) => (index * 31 + seed * 17 + 7) & 0xff);
}

const folder = folderOfRun('drivers-');
let fileCount = 0;

/** A path for a file that is gone after the tests. */
export function temporaryPath(): string {
  fileCount++;
  return path.join(folder, `${fileCount}.pcap`);
}

export function temporaryFile(bytes: Uint8Array): string {
  const file = temporaryPath();
  fs.writeFileSync(file, bytes);
  return file;
}

export interface ReadRecord {
  bytes: Uint8Array;
  wireLength: number;
  seconds: number;
  nanoseconds: number;
  hasTime: boolean;
}

/** Everything that a source delivers, and the error that it ends in. */
export function readAll(source: CaptureSource): { records: ReadRecord[]; error?: CaptureError } {
  const records: ReadRecord[] = [];
  try {
    while (source.next()) {
      const { data, start, end, wireLength, seconds, nanoseconds, hasTime } = source;
      records.push({ bytes: data.slice(start, end), wireLength, seconds, nanoseconds, hasTime });
    }
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    return { records, error };
  } finally {
    source.close();
  }
  return { records };
}

/** As `readAll`, with the error of opening the file too. */
export function readFile(file: string): { records: ReadRecord[]; error?: CaptureError } {
  try {
    return readAll(openCapture(file));
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    return { records: [], error };
  }
}
