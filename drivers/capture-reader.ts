import * as fs from 'node:fs';
import { CaptureError, systemCodeOf } from './capture-error.ts';
import type { CaptureSource } from './capture-source.ts';
import {
  CAPTURED_LENGTH_MAX,
  PCAP_FILE_HEADER_SIZE,
  RECORD_CAPTURED_LENGTH_OFFSET,
  RECORD_FRACTION_OFFSET,
  RECORD_HEADER_SIZE,
  RECORD_SECONDS_OFFSET,
  RECORD_WIRE_LENGTH_OFFSET,
  readPcapFormat,
} from './pcap.ts';

/** Holds the longest record with room to spare, so one chunk is all the memory a reader takes. */
const CHUNK_SIZE = 1 << 20;
const SECONDS_MAX = 0xffff_ffff;

/**
 * Opens a classic pcap file (both byte orders, micro- and nanoseconds, Ethernet) and reads its
 * header; `-` is the standard input. Throws CaptureError.
 */
export function openCapture(path: string): CaptureReader {
  if (path === '-') return new CaptureReader(0, 'standard input');
  try {
    return new CaptureReader(fs.openSync(path, 'r'), path);
  } catch (error) {
    if (error instanceof CaptureError) throw error;
    const code = systemCodeOf(error);
    if (code === 'ENOENT') {
      throw new CaptureError('CAPTURE_MISSING', path, 0, 'there is no such file');
    }
    throw new CaptureError('CAPTURE_UNREADABLE', path, 0, `the file cannot be opened (${code})`);
  }
}

/**
 * Reads a classic pcap file as a stream in constant memory. A record whose captured length is
 * greater than its wire length has its wire length only, as in Wireshark.
 */
export class CaptureReader implements CaptureSource {
  readonly file: string;
  readonly isNanosecond: boolean;
  readonly data = new Uint8Array(CHUNK_SIZE);
  start = 0;
  end = 0;
  wireLength = 0;
  seconds = 0;
  nanoseconds = 0;
  hasTime = false;

  private readonly view = new DataView(this.data.buffer);
  private readonly isLittleEndian: boolean;
  private readonly fcsSize: number;
  private readonly fractionsPerSecond: number;
  private readonly nanosecondsPerFraction: number;
  private descriptor: number;
  /** The file's offset of the chunk's first byte. */
  private chunkOffset = 0;
  /** In the chunk: where the next record starts, and where the bytes read so far end. */
  private position = 0;
  private filled = 0;
  /** Why the file could not be read on. */
  private failure: CaptureError | null = null;

  /** Takes the open file over. Throws CaptureError, and closes it then. */
  constructor(descriptor: number, file: string) {
    this.descriptor = descriptor;
    this.file = file;
    this.fill(PCAP_FILE_HEADER_SIZE);
    try {
      const format = readPcapFormat(this.view, this.filled, file);
      this.isLittleEndian = format.isLittleEndian;
      this.isNanosecond = format.isNanosecond;
      this.fcsSize = format.fcsSize;
    } catch (error) {
      this.closeFile();
      throw error;
    }
    this.fractionsPerSecond = this.isNanosecond ? 1_000_000_000 : 1_000_000;
    this.nanosecondsPerFraction = this.isNanosecond ? 1 : 1000;
    this.position = PCAP_FILE_HEADER_SIZE;
  }

  next(): boolean {
    if (this.filled - this.position < RECORD_HEADER_SIZE && !this.fill(RECORD_HEADER_SIZE)) {
      if (this.filled > this.position) this.failTruncated(RECORD_HEADER_SIZE);
      return false;
    }
    const { view, isLittleEndian } = this;
    const header = this.position;
    const capturedLength = view.getUint32(header + RECORD_CAPTURED_LENGTH_OFFSET, isLittleEndian);
    if (capturedLength > CAPTURED_LENGTH_MAX) this.failTooLong(capturedLength);
    const size = RECORD_HEADER_SIZE + capturedLength;
    if (this.filled - header < size && !this.fill(size)) this.failTruncated(size);

    const record = this.position; // fill() may have moved it to the front of the chunk
    const wireLength = view.getUint32(record + RECORD_WIRE_LENGTH_OFFSET, isLittleEndian);
    this.wireLength = wireLength > this.fcsSize ? wireLength - this.fcsSize : 0;
    this.start = record + RECORD_HEADER_SIZE;
    this.end = this.start + Math.min(capturedLength, this.wireLength);
    this.seconds = view.getUint32(record + RECORD_SECONDS_OFFSET, isLittleEndian);
    const fraction = view.getUint32(record + RECORD_FRACTION_OFFSET, isLittleEndian);
    this.nanoseconds = fraction * this.nanosecondsPerFraction;
    this.hasTime = true;
    if (fraction >= this.fractionsPerSecond) this.carrySeconds(fraction);
    this.position = record + size;
    return true;
  }

  close(): void {
    this.closeFile();
    this.position = 0;
    this.filled = 0;
  }

  /** A fraction of a second or more: some drivers write it; it counts into the seconds. */
  private carrySeconds(fraction: number): void {
    this.seconds += Math.floor(fraction / this.fractionsPerSecond);
    this.nanoseconds = (fraction % this.fractionsPerSecond) * this.nanosecondsPerFraction;
    this.hasTime = this.seconds <= SECONDS_MAX;
  }

  /** Makes `size` bytes from `position` on available; false if the file ends before. */
  private fill(size: number): boolean {
    if (this.data.length - this.position < size) {
      this.data.copyWithin(0, this.position, this.filled);
      this.chunkOffset += this.position;
      this.filled -= this.position;
      this.position = 0;
    }
    while (this.filled - this.position < size) {
      const count = this.read();
      if (count === 0) {
        this.closeFile();
        return false;
      }
      this.filled += count;
    }
    return true;
  }

  /** Reads what fits behind the filled bytes; 0 at the end of the file. */
  private read(): number {
    if (this.failure !== null) throw this.failure;
    if (this.descriptor < 0) return 0;
    const room = this.data.length - this.filled;
    try {
      return fs.readSync(this.descriptor, this.data, this.filled, room, null);
    } catch (error) {
      this.closeFile();
      const what = `the file cannot be read (${systemCodeOf(error)})`;
      const offset = this.chunkOffset + this.filled;
      this.failure = new CaptureError('CAPTURE_UNREADABLE', this.file, offset, what);
      throw this.failure;
    }
  }

  private failTruncated(size: number): never {
    const left = this.filled - this.position;
    const offset = this.chunkOffset + this.position;
    const what = `the file ends ${left} bytes into a record of at least ${size}`;
    throw new CaptureError('CAPTURE_TRUNCATED_RECORD', this.file, offset, what);
  }

  private failTooLong(capturedLength: number): never {
    this.closeFile();
    const offset = this.chunkOffset + this.position;
    const what = `a record of ${capturedLength} bytes, more than ${CAPTURED_LENGTH_MAX}`;
    throw new CaptureError('CAPTURE_RECORD_TOO_LONG', this.file, offset, what);
  }

  private closeFile(): void {
    if (this.descriptor > 0) fs.closeSync(this.descriptor);
    this.descriptor = -1;
  }
}
