import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { CaptureError, systemCodeOf } from './capture-error.ts';
import { FrameCopier } from './frame-copier.ts';
import {
  CAPTURED_LENGTH_MAX,
  LINK_TYPE_ETHERNET,
  PCAP_FILE_HEADER_SIZE,
  PCAP_MAGIC_MICROSECONDS,
  PCAP_MAGIC_NANOSECONDS,
  PCAP_VERSION_MAJOR,
  PCAP_VERSION_MINOR,
  RECORD_CAPTURED_LENGTH_OFFSET,
  RECORD_FRACTION_OFFSET,
  RECORD_HEADER_SIZE,
  RECORD_SECONDS_OFFSET,
  RECORD_WIRE_LENGTH_OFFSET,
} from './pcap.ts';

const BUFFER_SIZE = 1 << 20;

/**
 * Writes whole Ethernet frames as classic pcap, little endian, through a buffer of fixed size.
 * Every method, the constructor too, throws CaptureError when the disk refuses.
 */
export class CaptureWriter {
  readonly file: string;
  readonly isNanosecond: boolean;
  private readonly buffer = new Uint8Array(BUFFER_SIZE);
  private readonly view = new DataView(this.buffer.buffer);
  private readonly copier = new FrameCopier(this.buffer);
  private filled = 0;
  private descriptor: number;
  private written = 0;

  /** Creates or empties the file. Without `nanosecond` stamps are cut to microseconds. */
  constructor(path: string, options: { nanosecond: boolean }) {
    this.file = path;
    this.isNanosecond = options.nanosecond;
    this.descriptor = -1;
    try {
      this.descriptor = fs.openSync(path, 'w');
    } catch (error) {
      throw this.unwritable(error);
    }
    this.view.setUint32(
      0,
      this.isNanosecond ? PCAP_MAGIC_NANOSECONDS : PCAP_MAGIC_MICROSECONDS,
      true,
    );
    this.view.setUint16(4, PCAP_VERSION_MAJOR, true);
    this.view.setUint16(6, PCAP_VERSION_MINOR, true);
    this.view.setUint32(16, CAPTURED_LENGTH_MAX, true);
    this.view.setUint32(20, LINK_TYPE_ETHERNET, true);
    this.filled = PCAP_FILE_HEADER_SIZE;
  }

  /**
   * Writes the frame in bytes `start`..`end` of `source`, at a time since 1970; the seconds are
   * kept modulo 2^32, as the format has them.
   */
  write(
    source: Uint8Array,
    start: number,
    end: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    const length = end - start;
    assert.ok(length >= 0 && length <= CAPTURED_LENGTH_MAX && this.descriptor >= 0);
    if (BUFFER_SIZE - this.filled < RECORD_HEADER_SIZE + length) this.flush();
    const { view, filled } = this;
    const fraction = this.isNanosecond ? nanoseconds : Math.floor(nanoseconds / 1000);
    view.setUint32(filled + RECORD_SECONDS_OFFSET, seconds, true);
    view.setUint32(filled + RECORD_FRACTION_OFFSET, fraction, true);
    view.setUint32(filled + RECORD_CAPTURED_LENGTH_OFFSET, length, true);
    view.setUint32(filled + RECORD_WIRE_LENGTH_OFFSET, length, true);
    this.copier.copy(source, start, end, filled + RECORD_HEADER_SIZE);
    this.filled = filled + RECORD_HEADER_SIZE + length;
  }

  /** Hands what is buffered to the operating system. */
  flush(): void {
    let done = 0;
    try {
      while (done < this.filled) {
        done += fs.writeSync(this.descriptor, this.buffer, done, this.filled - done);
      }
    } catch (error) {
      this.written += done;
      // What was refused once is not offered again; the error has been told.
      this.filled = 0;
      throw this.unwritable(error);
    }
    this.written += done;
    this.filled = 0;
  }

  /** Writes the rest and releases the file. May be called twice. */
  close(): void {
    if (this.descriptor < 0) return;
    try {
      this.flush();
    } finally {
      const descriptor = this.descriptor;
      this.descriptor = -1;
      fs.closeSync(descriptor);
    }
  }

  private unwritable(error: unknown): CaptureError {
    const what = `the file cannot be written (${systemCodeOf(error)})`;
    return new CaptureError('CAPTURE_UNWRITABLE', this.file, this.written, what);
  }
}
