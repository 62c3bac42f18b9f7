import * as fs from 'node:fs';
import { type ByteStream, FileStream } from './byte-stream.ts';
import { ByteWindow } from './byte-window.ts';
import { CaptureError, systemCodeOf } from './capture-error.ts';
import type { CaptureSource } from './capture-source.ts';
import { checkCompression, compressionOf, InflatingStream } from './inflating-stream.ts';
import { PcapReader } from './pcap-reader.ts';
import { isPcapng, PcapngReader } from './pcapng-reader.ts';

/** Bytes from which a format is known. */
const MAGIC_SIZE = 4;

/**
 * Opens a capture, classic pcap or pcapng, as it is or compressed, and reads what stands before
 * its first frame; `-` is the standard input. Throws CaptureError.
 */
export function openCapture(path: string): CaptureSource {
  const file = path === '-' ? new FileStream(0, 'standard input') : openFile(path);
  let stream: ByteStream = file;
  try {
    let window = new ByteWindow(file);
    const compression = window.fill(MAGIC_SIZE) ? compressionOf(window.view) : null;
    if (compression !== null) {
      checkCompression(compression, file.file);
      const head = window.bytes.subarray(0, window.filled);
      stream = new InflatingStream(file, head, compression);
      window = new ByteWindow(stream);
    }
    return readerOf(window);
  } catch (error) {
    stream.close();
    throw error;
  }
}

/** Reads the capture of a window that stands at its beginning. Throws CaptureError. */
export function readerOf(window: ByteWindow): CaptureSource {
  const isNg = window.fill(MAGIC_SIZE) && isPcapng(window.view);
  return isNg ? new PcapngReader(window) : new PcapReader(window);
}

function openFile(path: string): FileStream {
  try {
    return new FileStream(fs.openSync(path, 'r'), path);
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === 'ENOENT') {
      throw new CaptureError('CAPTURE_MISSING', path, 0, 'there is no such file');
    }
    throw new CaptureError('CAPTURE_UNREADABLE', path, 0, `the file cannot be opened (${code})`);
  }
}
