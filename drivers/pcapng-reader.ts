import { type ByteWindow, WINDOW_SIZE } from './byte-window.ts';
import { CAPTURED_LENGTH_MAX } from './capture-limits.ts';
import { describeLinkType, isLinkTypeRead } from './link-type.ts';
import {
  BLOCK_INTERFACE,
  BLOCK_PACKET_ENHANCED,
  BLOCK_PACKET_OBSOLETE,
  BLOCK_PACKET_SIMPLE,
  BLOCK_SECTION,
  BLOCK_SIZE_MIN,
  BLOCK_SIZE_OFFSET,
  BLOCK_TRAILER_SIZE,
  INTERFACE_OPTIONS_OFFSET,
  OPTION_END,
  PACKET_BYTES_OFFSET,
  PACKET_CAPTURED_LENGTH_OFFSET,
  PACKET_FLAGS,
  PACKET_INTERFACE_OFFSET,
  PACKET_STAMP_HIGH_OFFSET,
  PACKET_STAMP_LOW_OFFSET,
  PACKET_WIRE_LENGTH_OFFSET,
  padded,
  SECTION_BYTE_ORDER,
  SECTION_BYTE_ORDER_OFFSET,
  SECTION_MAJOR,
  SECTION_MAJOR_OFFSET,
  SECTION_MINOR_OFFSET,
  SECTION_OPTIONS_OFFSET,
  SIMPLE_BYTES_OFFSET,
  SIMPLE_WIRE_LENGTH_OFFSET,
} from './pcapng.ts';
import { readInterface } from './pcapng-interface.ts';
import { findOption, OPTION_DAMAGED } from './pcapng-options.ts';
import type { PcapngStamp } from './pcapng-stamp.ts';
import { RecordReader } from './record-reader.ts';

/** More than any capture has, over all its sections; a file of nothing else ends here. */
const INTERFACES_MAX = 65_536;
/** epb_flags: bits 8..5 are the bytes of FCS of this frame; 0: as the interface has it. */
const FLAGS_FCS_SHIFT = 5;
const FLAGS_FCS_MASK = 0xf;

/** A file of four bytes or more that begins as a section does. */
export function isPcapng(view: DataView): boolean {
  return view.getUint32(0) === BLOCK_SECTION;
}

/**
 * Reads pcapng as a stream in constant memory: several sections, each with its own byte order and
 * interfaces; enhanced, simple and obsolete packet blocks. All other blocks are passed over,
 * whatever their size. Records of a link type that is not read are passed over too; the error that
 * says so comes at the end of the file.
 */
export class PcapngReader extends RecordReader {
  readonly isNanosecond: boolean;
  private readonly stamps: PcapngStamp[] = [];
  private isLittleEndian = true;
  /** Index of the section's first interface. */
  private sectionFirst = 0;
  /** The block that it stands on: its offset in the file and its size. */
  private blockOffset = 0;
  private blockSize = 0;
  /** Of the records that are not read: the first one's offset and link type, and their number. */
  private unreadOffset = 0;
  private unreadLinkType = 0;
  private unreadCount = 0;

  /** Reads all that stands before the first packet. Throws CaptureError. */
  constructor(window: ByteWindow) {
    super(window);
    this.findPacket();
    this.isNanosecond = this.interfaces.some((face) => face.isNanosecond);
  }

  protected advance(): boolean {
    for (;;) {
      const type = this.findPacket();
      if (type < 0) return this.finish();
      this.loadBlock();
      const isRead = type === BLOCK_PACKET_SIMPLE ? this.readSimple() : this.readPacket(type);
      this.window.position += this.blockSize;
      if (isRead) return true;
    }
  }

  /** Passes over blocks until it stands on a packet: its type, or -1 at the end. */
  private findPacket(): number {
    const { window } = this;
    for (;;) {
      if (window.filled - window.position < BLOCK_SIZE_MIN && !window.fill(BLOCK_SIZE_MIN)) {
        if (window.left === 0) return -1;
        this.failTruncated('block', window.offset, window.left, BLOCK_SIZE_MIN);
      }
      const at = window.position;
      const type = window.view.getUint32(at, this.isLittleEndian);
      if (type === BLOCK_SECTION) this.readByteOrder();
      this.blockOffset = window.offset;
      this.blockSize = window.view.getUint32(at + BLOCK_SIZE_OFFSET, this.isLittleEndian);
      if (this.blockSize < BLOCK_SIZE_MIN || this.blockSize % 4 !== 0) this.failSize();
      if (type === BLOCK_PACKET_ENHANCED) return type;
      if (type === BLOCK_PACKET_SIMPLE || type === BLOCK_PACKET_OBSOLETE) return type;
      if (type === BLOCK_SECTION) this.readSection();
      else if (type === BLOCK_INTERFACE) this.addInterface();
      else this.skipBlock();
    }
  }

  /** Brings the whole block into the window, and checks that its size stands at its end too. */
  private loadBlock(): void {
    const { window, blockSize } = this;
    if (blockSize > WINDOW_SIZE) {
      const what = `a block of ${blockSize} bytes, more than ${WINDOW_SIZE}`;
      this.fail('CAPTURE_RECORD_TOO_LONG', this.blockOffset, what);
    }
    if (window.filled - window.position < blockSize && !window.fill(blockSize)) {
      this.failTruncated('block', this.blockOffset, window.left, blockSize);
    }
    this.checkTrailer(window.position + blockSize - BLOCK_TRAILER_SIZE);
  }

  private skipBlock(): void {
    const { window, blockSize } = this;
    if (!window.skip(blockSize - BLOCK_TRAILER_SIZE) || !window.fill(BLOCK_TRAILER_SIZE)) {
      const left = window.offset + window.left - this.blockOffset;
      this.failTruncated('block', this.blockOffset, left, blockSize);
    }
    this.checkTrailer(window.position);
    window.position += BLOCK_TRAILER_SIZE;
  }

  private checkTrailer(at: number): void {
    const again = this.window.view.getUint32(at, this.isLittleEndian);
    if (again !== this.blockSize) {
      this.failBlock(`a block of ${this.blockSize} bytes that says ${again} at its end`);
    }
  }

  private readByteOrder(): void {
    const { view, position, offset } = this.window;
    const order = view.getUint32(position + SECTION_BYTE_ORDER_OFFSET, true);
    this.isLittleEndian = order === SECTION_BYTE_ORDER;
    if (this.isLittleEndian) return;
    if (view.getUint32(position + SECTION_BYTE_ORDER_OFFSET, false) !== SECTION_BYTE_ORDER) {
      const what = 'a section header without a byte order';
      this.fail('CAPTURE_BAD_BLOCK', offset + SECTION_BYTE_ORDER_OFFSET, what);
    }
  }

  private readSection(): void {
    const at = this.loadFixed('a section header', SECTION_OPTIONS_OFFSET);
    const { view } = this.window;
    const major = view.getUint16(at + SECTION_MAJOR_OFFSET, this.isLittleEndian);
    const minor = view.getUint16(at + SECTION_MINOR_OFFSET, this.isLittleEndian);
    // A change that old readers cannot read takes another major version; 1.2 was once written.
    if (major !== SECTION_MAJOR) {
      const what = `pcapng version ${major}.${minor} is not read, only 1.0`;
      this.fail('CAPTURE_UNSUPPORTED_VERSION', this.blockOffset + SECTION_MAJOR_OFFSET, what);
    }
    this.sectionFirst = this.interfaces.length;
    this.window.position += this.blockSize;
  }

  private addInterface(): void {
    const at = this.loadFixed('an interface description', INTERFACE_OPTIONS_OFFSET);
    if (this.interfaces.length === INTERFACES_MAX) {
      const what = `more than ${INTERFACES_MAX} interfaces`;
      this.fail('CAPTURE_TOO_MANY_INTERFACES', this.blockOffset, what);
    }
    const optionsEnd = at + this.blockSize - BLOCK_TRAILER_SIZE;
    const { view } = this.window;
    const { face, stamp } = readInterface(view, at, optionsEnd, this.isLittleEndian);
    this.interfaces.push(face);
    this.stamps.push(stamp);
    this.window.position += this.blockSize;
  }

  /** Loads a block of fixed fields and options, and walks these once: where it starts. */
  private loadFixed(noun: string, optionsOffset: number): number {
    this.loadBlock();
    const at = this.window.position;
    const start = at + optionsOffset;
    const end = at + this.blockSize - BLOCK_TRAILER_SIZE;
    if (start > end) this.failBlock(`a block of ${this.blockSize} bytes is too short for ${noun}`);
    const { view } = this.window;
    if (findOption(view, start, end, this.isLittleEndian, OPTION_END) === OPTION_DAMAGED) {
      this.failBlock(`an option of ${noun} runs over its end`);
    }
    return at;
  }

  /** The enhanced or obsolete packet block in the window; false: of a link type not read. */
  private readPacket(type: number): boolean {
    const { isLittleEndian, blockSize } = this;
    const { view, position } = this.window;
    if (blockSize < PACKET_BYTES_OFFSET + BLOCK_TRAILER_SIZE) this.failShortPacket();
    const capturedLength = view.getUint32(position + PACKET_CAPTURED_LENGTH_OFFSET, isLittleEndian);
    if (capturedLength > CAPTURED_LENGTH_MAX) this.failTooLong(this.blockOffset, capturedLength);
    const options = PACKET_BYTES_OFFSET + padded(capturedLength);
    const optionsEnd = blockSize - BLOCK_TRAILER_SIZE;
    if (options > optionsEnd) this.failOverrun(capturedLength);
    const id =
      type === BLOCK_PACKET_ENHANCED
        ? view.getUint32(position + PACKET_INTERFACE_OFFSET, isLittleEndian)
        : view.getUint16(position + PACKET_INTERFACE_OFFSET, isLittleEndian);
    const face = this.faceOf(id);
    let { fcsSize } = face;
    if (options < optionsEnd)
      fcsSize = this.fcsSizeOf(position + options, position + optionsEnd, fcsSize);
    const stamp = this.stamps[this.interface];
    stamp.read(
      view.getUint32(position + PACKET_STAMP_HIGH_OFFSET, isLittleEndian),
      view.getUint32(position + PACKET_STAMP_LOW_OFFSET, isLittleEndian),
    );
    this.seconds = stamp.seconds;
    this.nanoseconds = stamp.nanoseconds;
    this.hasTime = stamp.isInRange;
    const wireLength = view.getUint32(position + PACKET_WIRE_LENGTH_OFFSET, isLittleEndian);
    if (!this.isRead(face.linkType)) return false;
    this.take(face.linkType, position + PACKET_BYTES_OFFSET, capturedLength, wireLength, fcsSize);
    return true;
  }

  /** The simple packet block in the window; false: not of a link type that is read. */
  private readSimple(): boolean {
    const room = this.blockSize - SIMPLE_BYTES_OFFSET - BLOCK_TRAILER_SIZE;
    if (room < 0) this.failShortPacket();
    const { view, position } = this.window;
    const wireLength = view.getUint32(position + SIMPLE_WIRE_LENGTH_OFFSET, this.isLittleEndian);
    const face = this.faceOf(0);
    const limit = face.snapLength === 0 ? wireLength : Math.min(wireLength, face.snapLength);
    if (limit > CAPTURED_LENGTH_MAX) this.failTooLong(this.blockOffset, limit);
    if (limit > room) this.failOverrun(limit);
    this.hasTime = false;
    if (!this.isRead(face.linkType)) return false;
    this.take(face.linkType, position + SIMPLE_BYTES_OFFSET, limit, wireLength, face.fcsSize);
    return true;
  }

  /** The interface of the section's number `id`, which the record is from now on. */
  private faceOf(id: number) {
    this.interface = this.sectionFirst + id;
    const face = this.interfaces[this.interface];
    if (face === undefined) {
      this.failBlock(`a packet of interface ${id}, which is not described before it`);
    }
    return face;
  }

  private fcsSizeOf(start: number, end: number, fcsSize: number): number {
    const { view } = this.window;
    const flags = findOption(view, start, end, this.isLittleEndian, PACKET_FLAGS);
    if (flags === OPTION_DAMAGED) this.failBlock('an option of a packet runs over its end');
    if (flags < 0 || view.getUint16(flags - 2, this.isLittleEndian) !== 4) return fcsSize;
    const own = (view.getUint32(flags, this.isLittleEndian) >>> FLAGS_FCS_SHIFT) & FLAGS_FCS_MASK;
    return own === 0 ? fcsSize : own;
  }

  private isRead(linkType: number): boolean {
    if (isLinkTypeRead(linkType)) return true;
    if (this.unreadCount === 0) {
      this.unreadOffset = this.blockOffset;
      this.unreadLinkType = linkType;
    }
    this.unreadCount++;
    return false;
  }

  private finish(): false {
    if (this.unreadCount === 0) return false;
    const what = `link type ${describeLinkType(this.unreadLinkType)} is not read`;
    const count = `${this.unreadCount} records from here on are left out`;
    return this.fail('CAPTURE_UNSUPPORTED_LINK_TYPE', this.unreadOffset, `${what}: ${count}`);
  }

  private failSize(): never {
    return this.failBlock(`a block of ${this.blockSize} bytes: no block has that size`);
  }

  private failShortPacket(): never {
    return this.failBlock(`a block of ${this.blockSize} bytes is too short for a packet`);
  }

  private failOverrun(capturedLength: number): never {
    return this.failBlock(`a packet of ${capturedLength} bytes in a block of ${this.blockSize}`);
  }

  private failBlock(what: string): never {
    return this.fail('CAPTURE_BAD_BLOCK', this.blockOffset, what);
  }
}
