import type { ByteWindow } from './byte-window.ts';
import { CAPTURED_LENGTH_MAX, SECONDS_MAX } from './capture-limits.ts';
import {
  PCAP_FILE_HEADER_SIZE,
  RECORD_CAPTURED_LENGTH_OFFSET,
  RECORD_FRACTION_OFFSET,
  RECORD_HEADER_SIZE,
  RECORD_SECONDS_OFFSET,
  RECORD_WIRE_LENGTH_OFFSET,
  readPcapFormat,
} from './pcap.ts';
import { RecordReader } from './record-reader.ts';

/**
 * Reads classic pcap (both byte orders, micro- and nanoseconds) as a stream in constant memory. A
 * record whose captured length is greater than its wire length has its wire length only, as in
 * Wireshark.
 */
export class PcapReader extends RecordReader {
  readonly isNanosecond: boolean;
  readonly isLittleEndian: boolean;
  private readonly linkType: number;
  private readonly fcsSize: number;
  private readonly fractionsPerSecond: number;
  private readonly nanosecondsPerFraction: number;

  /** Reads the file header. Throws CaptureError. */
  constructor(window: ByteWindow) {
    super(window);
    window.fill(PCAP_FILE_HEADER_SIZE);
    const format = readPcapFormat(window.view, window.left, this.file);
    this.isLittleEndian = format.isLittleEndian;
    this.isNanosecond = format.isNanosecond;
    this.linkType = format.linkType;
    this.fcsSize = format.fcsSize;
    this.interfaces.push({
      name: null,
      description: null,
      mac: null,
      linkType: format.linkType,
      snapLength: format.snapLength,
      fcsSize: format.fcsSize,
      isNanosecond: format.isNanosecond,
    });
    this.fractionsPerSecond = this.isNanosecond ? 1_000_000_000 : 1_000_000;
    this.nanosecondsPerFraction = this.isNanosecond ? 1 : 1000;
    window.position = PCAP_FILE_HEADER_SIZE;
  }

  /** Before its first record: reads into these WINDOW_SIZE bytes from now on. */
  readInto(bytes: Uint8Array): void {
    this.window.moveTo(bytes);
    this.raw = bytes;
    this.data = bytes;
  }

  /**
   * What has been read of the records behind the one that it stands on: bytes `start`..`end` of
   * `raw`.
   */
  get ahead(): { start: number; end: number } {
    const { position, filled } = this.window;
    return { start: position, end: filled };
  }

  /** Passes over so many bytes of what is ahead: whole records, that somebody else has read. */
  skip(size: number): void {
    this.window.position += size;
  }

  protected advance(): boolean {
    const { window, isLittleEndian } = this;
    const { view } = window;
    if (window.filled - window.position < RECORD_HEADER_SIZE && !window.fill(RECORD_HEADER_SIZE)) {
      const { left, offset } = window;
      if (left > 0) this.failTruncated('record', offset, left, RECORD_HEADER_SIZE);
      return false;
    }
    const header = window.position;
    const capturedLength = view.getUint32(header + RECORD_CAPTURED_LENGTH_OFFSET, isLittleEndian);
    if (capturedLength > CAPTURED_LENGTH_MAX) this.failTooLong(window.offset, capturedLength);
    const size = RECORD_HEADER_SIZE + capturedLength;
    if (window.filled - header < size && !window.fill(size)) {
      this.failTruncated('record', window.offset, window.left, size);
    }
    const record = window.position; // fill() may have moved it to the front of the window
    const wireLength = view.getUint32(record + RECORD_WIRE_LENGTH_OFFSET, isLittleEndian);
    this.seconds = view.getUint32(record + RECORD_SECONDS_OFFSET, isLittleEndian);
    const fraction = view.getUint32(record + RECORD_FRACTION_OFFSET, isLittleEndian);
    this.nanoseconds = fraction * this.nanosecondsPerFraction;
    this.hasTime = true;
    if (fraction >= this.fractionsPerSecond) this.carrySeconds(fraction);
    window.position = record + size;
    const start = record + RECORD_HEADER_SIZE;
    this.take(this.linkType, start, capturedLength, wireLength, this.fcsSize);
    return true;
  }

  /** A fraction of a second or more: some drivers write it; it counts into the seconds. */
  private carrySeconds(fraction: number): void {
    this.seconds += Math.floor(fraction / this.fractionsPerSecond);
    this.nanoseconds = (fraction % this.fractionsPerSecond) * this.nanosecondsPerFraction;
    this.hasTime = this.seconds <= SECONDS_MAX;
  }
}
