import * as assert from 'node:assert/strict';
import { CAPTURED_LENGTH_MAX } from './capture-limits.ts';
import { LINK_TYPE_ETHERNET } from './link-type.ts';
import { OutputBuffer } from './output-buffer.ts';
import {
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

/**
 * Writes whole Ethernet frames as classic pcap, little endian, through a buffer of fixed size.
 * Every method, the constructor too, throws CaptureError when the disk refuses.
 */
export class CaptureWriter {
  readonly isNanosecond: boolean;
  private readonly output: OutputBuffer;

  /** Creates or empties the file. Without `nanosecond` stamps are cut to microseconds. */
  constructor(path: string, options: { nanosecond: boolean }) {
    this.isNanosecond = options.nanosecond;
    this.output = new OutputBuffer(path);
    const { view } = this.output;
    const magic = this.isNanosecond ? PCAP_MAGIC_NANOSECONDS : PCAP_MAGIC_MICROSECONDS;
    view.setUint32(0, magic, true);
    view.setUint16(4, PCAP_VERSION_MAJOR, true);
    view.setUint16(6, PCAP_VERSION_MINOR, true);
    view.setUint32(16, CAPTURED_LENGTH_MAX, true);
    view.setUint32(20, LINK_TYPE_ETHERNET, true);
    this.output.filled = PCAP_FILE_HEADER_SIZE;
  }

  get file(): string {
    return this.output.file;
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
    const { output } = this;
    const length = end - start;
    assert.ok(length >= 0 && length <= CAPTURED_LENGTH_MAX && output.isOpen);
    output.room(RECORD_HEADER_SIZE + length);
    const { view, filled } = output;
    const fraction = this.isNanosecond ? nanoseconds : Math.floor(nanoseconds / 1000);
    view.setUint32(filled + RECORD_SECONDS_OFFSET, seconds, true);
    view.setUint32(filled + RECORD_FRACTION_OFFSET, fraction, true);
    view.setUint32(filled + RECORD_CAPTURED_LENGTH_OFFSET, length, true);
    view.setUint32(filled + RECORD_WIRE_LENGTH_OFFSET, length, true);
    output.copier.copy(source, start, end, filled + RECORD_HEADER_SIZE);
    output.filled = filled + RECORD_HEADER_SIZE + length;
  }

  /** Hands what is buffered to the operating system. */
  flush(): void {
    this.output.flush();
  }

  /** Writes the rest and releases the file. May be called twice. */
  close(): void {
    this.output.close();
  }
}
