import * as assert from 'node:assert/strict';
import { CAPTURED_LENGTH_MAX } from './capture-limits.ts';
import type { CaptureInterface } from './capture-source.ts';
import { OutputBuffer } from './output-buffer.ts';
import type { OutputThread } from './output-thread.ts';
import {
  BLOCK_INTERFACE,
  BLOCK_PACKET_ENHANCED,
  BLOCK_SECTION,
  BLOCK_SIZE_OFFSET,
  BLOCK_TRAILER_SIZE,
  INTERFACE_DESCRIPTION,
  INTERFACE_FCS_SIZE,
  INTERFACE_LINK_TYPE_OFFSET,
  INTERFACE_MAC,
  INTERFACE_NAME,
  INTERFACE_OPTIONS_OFFSET,
  INTERFACE_SNAP_LENGTH_OFFSET,
  INTERFACE_STAMP_RESOLUTION,
  OPTION_COMMENT,
  OPTION_HEADER_SIZE,
  PACKET_BYTES_OFFSET,
  PACKET_CAPTURED_LENGTH_OFFSET,
  PACKET_FLAGS,
  PACKET_INTERFACE_OFFSET,
  PACKET_STAMP_HIGH_OFFSET,
  PACKET_STAMP_LOW_OFFSET,
  PACKET_VERDICT,
  PACKET_WIRE_LENGTH_OFFSET,
  padded,
  SECTION_APPLICATION,
  SECTION_BYTE_ORDER,
  SECTION_BYTE_ORDER_OFFSET,
  SECTION_MAJOR,
  SECTION_MAJOR_OFFSET,
  SECTION_OPTIONS_OFFSET,
  SECTION_SIZE_OFFSET,
  STAMP_RESOLUTION_DEFAULT,
  STAMP_RESOLUTION_NANOSECONDS,
} from './pcapng.ts';
import { PcapngOptionWriter } from './pcapng-option-writer.ts';

const APPLICATION = 'Sluice';
/** As the reader keeps it; three bytes of UTF-8 are the most that a character of a string takes. */
const NAME_SIZE_MAX = 3 * 255;
/** A comment is for people: a line or some. What is longer is cut. */
const COMMENT_SIZE_MAX = 4096;
const VERDICT_SIZE_MAX = 256;
const COMMENTS_MAX = 16;
/** What the options of a packet can take at most. */
const PACKET_OPTIONS_SIZE_MAX =
  COMMENTS_MAX * (OPTION_HEADER_SIZE + COMMENT_SIZE_MAX) +
  VERDICT_SIZE_MAX +
  5 * OPTION_HEADER_SIZE;
const INTERFACE_SIZE_MAX = 2048;
const WORD = 2 ** 32;
const HALF_WORD = 2 ** 16;

/** An interface of a capture that is written: what is not known of it is left out. */
export type WrittenInterface = Pick<CaptureInterface, 'name' | 'mac' | 'linkType'> &
  Partial<Pick<CaptureInterface, 'description' | 'snapLength' | 'fcsSize'>>;

/** What may be said of a packet beside its bytes. One object may serve for all packets. */
export interface PacketNotes {
  /** At most 16, each cut to 4,096 bytes of UTF-8. */
  readonly comments: readonly string[];
  /**
   * epb_verdict, at most 256 octets: first who judged (0 hardware, 1 Linux eBPF TC, 2 Linux eBPF
   * XDP), then the judgement, 64 bits of it in little endian for the two of Linux.
   */
  readonly verdict: Uint8Array | null;
  /** epb_flags, u32. */
  readonly flags: number | null;
}

/**
 * Writes pcapng of one section, little endian, in constant memory; nothing is allocated for a
 * packet. The same calls give the same bytes anywhere. Every method, the constructor too, throws
 * CaptureError when the disk refuses.
 */
export class PcapngWriter {
  readonly isNanosecond: boolean;
  private readonly output: OutputBuffer;
  private readonly options: PcapngOptionWriter;
  private interfaceCount = 0;

  /**
   * Creates or empties the file. Without `nanosecond` stamps are cut to microseconds, on all
   * interfaces. With a thread, what the disk refuses is told at a later call.
   */
  constructor(
    path: string,
    options: {
      nanosecond: boolean;
      interfaces: readonly WrittenInterface[];
      thread?: OutputThread | null;
    },
  ) {
    this.isNanosecond = options.nanosecond;
    this.output = new OutputBuffer(path, options.thread ?? null);
    this.options = new PcapngOptionWriter(this.output.bytes, this.output.view);
    this.writeSection();
    for (const face of options.interfaces) this.addInterface(face);
  }

  get file(): string {
    return this.output.file;
  }

  /** Describes one more interface: its index, which packets are written with. */
  addInterface(face: WrittenInterface): number {
    const { output, options } = this;
    output.room(INTERFACE_SIZE_MAX);
    const { view, filled } = output;
    view.setUint32(filled, BLOCK_INTERFACE, true);
    view.setUint32(filled + INTERFACE_LINK_TYPE_OFFSET, face.linkType, true);
    view.setUint32(filled + INTERFACE_SNAP_LENGTH_OFFSET, face.snapLength ?? 0, true);
    options.at = filled + INTERFACE_OPTIONS_OFFSET;
    if (face.name !== null) options.text(INTERFACE_NAME, face.name, NAME_SIZE_MAX);
    const { description, fcsSize } = face;
    if (description != null) options.text(INTERFACE_DESCRIPTION, description, NAME_SIZE_MAX);
    if (face.mac !== null) options.mac(INTERFACE_MAC, face.mac);
    options.u8(
      INTERFACE_STAMP_RESOLUTION,
      this.isNanosecond ? STAMP_RESOLUTION_NANOSECONDS : STAMP_RESOLUTION_DEFAULT,
    );
    if (fcsSize !== undefined && fcsSize > 0) options.u8(INTERFACE_FCS_SIZE, fcsSize);
    options.end();
    this.finishBlock(options.at);
    return this.interfaceCount++;
  }

  /** Writes the whole frame in bytes `start`..`end` of `source`, of the first interface. */
  write(
    source: Uint8Array,
    start: number,
    end: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    this.writePacket(0, source, start, end, end - start, seconds, nanoseconds, null);
  }

  /**
   * Writes bytes `start`..`end` of `source`, of an interface's own link layer, that were
   * `wireLength` on the wire, at a time since 1970 (seconds up to 2^32), with what there is to say.
   */
  writePacket(
    face: number,
    source: Uint8Array,
    start: number,
    end: number,
    wireLength: number,
    seconds: number,
    nanoseconds: number,
    notes: PacketNotes | null,
  ): void {
    const { output } = this;
    const length = end - start;
    assert.ok(length >= 0 && length <= CAPTURED_LENGTH_MAX && output.isOpen);
    assert.ok(face >= 0 && face < this.interfaceCount);
    const size = PACKET_BYTES_OFFSET + padded(length) + BLOCK_TRAILER_SIZE;
    output.room(notes === null ? size : size + PACKET_OPTIONS_SIZE_MAX);
    const { view, filled } = output;
    view.setUint32(filled, BLOCK_PACKET_ENHANCED, true);
    view.setUint32(filled + PACKET_INTERFACE_OFFSET, face, true);
    this.writeStamp(filled, seconds, nanoseconds);
    view.setUint32(filled + PACKET_CAPTURED_LENGTH_OFFSET, length, true);
    view.setUint32(filled + PACKET_WIRE_LENGTH_OFFSET, wireLength, true);
    const bytes = filled + PACKET_BYTES_OFFSET;
    // The padding first: the bytes then overwrite what of this word is theirs.
    if ((length & 3) !== 0) view.setUint32(bytes + (length & ~3), 0, true);
    output.copier.copy(source, start, end, bytes);
    const bytesEnd = bytes + padded(length);
    this.finishBlock(notes === null ? bytesEnd : this.writeNotes(bytesEnd, notes));
  }

  /** Writes packets that the thread makes of bytes it was lent, as `writePacket` would. */
  writeMade(bytes: Uint8Array): void {
    const { output } = this;
    assert.ok(output.isOpen);
    output.appendMade(bytes);
  }

  /** Hands what is buffered to the operating system. */
  flush(): void {
    this.output.flush();
  }

  /** Writes the rest and releases the file. May be called twice. */
  close(): void {
    this.output.close();
  }

  /** Its size is not known, so it says -1: to the end of the file. */
  private writeSection(): void {
    const { view } = this.output;
    view.setUint32(0, BLOCK_SECTION, true);
    view.setUint32(SECTION_BYTE_ORDER_OFFSET, SECTION_BYTE_ORDER, true);
    view.setUint32(SECTION_MAJOR_OFFSET, SECTION_MAJOR, true);
    view.setBigInt64(SECTION_SIZE_OFFSET, -1n, true);
    const { options } = this;
    options.at = SECTION_OPTIONS_OFFSET;
    options.text(SECTION_APPLICATION, APPLICATION, NAME_SIZE_MAX);
    options.end();
    this.finishBlock(options.at);
  }

  /** Units since 1970 as two words; of nanoseconds there are more than a double counts. */
  private writeStamp(block: number, seconds: number, nanoseconds: number): void {
    let high: number;
    let low: number;
    if (this.isNanosecond) {
      const upper = Math.floor(seconds / HALF_WORD) * 1e9;
      const lower = (seconds % HALF_WORD) * 1e9 + nanoseconds;
      low = (upper % HALF_WORD) * HALF_WORD + lower;
      high = Math.floor(upper / HALF_WORD) + Math.floor(low / WORD);
    } else {
      low = seconds * 1e6 + Math.floor(nanoseconds / 1000);
      high = Math.floor(low / WORD);
    }
    const { view } = this.output;
    view.setUint32(block + PACKET_STAMP_HIGH_OFFSET, high, true);
    // setUint32 takes its number modulo 2^32, and all of it is an integer below 2^53.
    view.setUint32(block + PACKET_STAMP_LOW_OFFSET, low, true);
  }

  private writeNotes(at: number, notes: PacketNotes): number {
    const { options } = this;
    const { comments, verdict, flags } = notes;
    assert.ok(comments.length <= COMMENTS_MAX);
    assert.ok(verdict === null || verdict.length <= VERDICT_SIZE_MAX);
    options.at = at;
    for (const comment of comments) options.text(OPTION_COMMENT, comment, COMMENT_SIZE_MAX);
    if (flags !== null) options.u32(PACKET_FLAGS, flags);
    if (verdict !== null) options.octets(PACKET_VERDICT, verdict);
    options.end();
    return options.at;
  }

  /** The block from `filled` to `end` is whole but for its two sizes. */
  private finishBlock(end: number): void {
    const { output } = this;
    const size = end + BLOCK_TRAILER_SIZE - output.filled;
    output.view.setUint32(output.filled + BLOCK_SIZE_OFFSET, size, true);
    output.view.setUint32(end, size, true);
    output.filled = end + BLOCK_TRAILER_SIZE;
  }
}
