import { CaptureError } from './capture-error.ts';
import { describeLinkType, isLinkTypeRead } from './link-type.ts';

/*
 * Classic pcap, draft-ietf-opsawg-pcap: a file header, then records, in the writer's byte order.
 *
 *   file     0 u32 magic          a1b2c3d4 microseconds, a1b23c4d nanoseconds
 *            4 u16 major, u16 minor
 *            8 u32 0, u32 0       once time zone and accuracy
 *           16 u32 snap length
 *           20 u32 link type      bits 15..0; bit 26: each frame ends in an FCS of
 *                                 bits 31..28 times 16 bits
 *   record   0 u32 seconds
 *            4 u32 fraction       in the unit of the magic
 *            8 u32 captured length
 *           12 u32 wire length
 *           16 captured bytes
 */
export const PCAP_MAGIC_MICROSECONDS = 0xa1b2c3d4;
export const PCAP_MAGIC_NANOSECONDS = 0xa1b23c4d;
export const PCAP_FILE_HEADER_SIZE = 24;
export const PCAP_VERSION_MAJOR = 2;
export const PCAP_VERSION_MINOR = 4;

export const RECORD_HEADER_SIZE = 16;
export const RECORD_SECONDS_OFFSET = 0;
export const RECORD_FRACTION_OFFSET = 4;
export const RECORD_CAPTURED_LENGTH_OFFSET = 8;
export const RECORD_WIRE_LENGTH_OFFSET = 12;

const LINK_TYPE_MASK = 0xffff;
const FCS_PRESENT = 1 << 26;

/** How the records of a classic pcap file are to be read. */
export interface PcapFormat {
  isLittleEndian: boolean;
  isNanosecond: boolean;
  linkType: number;
  snapLength: number;
  /** Bytes of FCS at the end of every frame. */
  fcsSize: number;
}

/** Formats that are known and not read, by their first bytes and the mask that they need. */
const OTHER_FORMATS = [
  { magic: 0x1f8b0000, mask: 0xffff0000, name: 'a gzip file within another' },
  { magic: 0x28b52ffd, mask: 0xffffffff, name: 'a Zstandard file within another' },
  { magic: 0xa1b2cd34, mask: 0xffffffff, name: 'modified pcap' },
  { magic: 0x34cdb2a1, mask: 0xffffffff, name: 'modified pcap' },
  { magic: 0x736e6f6f, mask: 0xffffffff, name: 'snoop' },
];

/**
 * Reads the file header, `size` bytes of which are there. Throws CaptureError if the records
 * behind it could not be read: not a capture, another format, version or link type, cut short.
 */
export function readPcapFormat(header: DataView, size: number, file: string): PcapFormat {
  if (size === 0) throw new CaptureError('CAPTURE_EMPTY', file, 0, 'the file is empty');
  if (size < 4) throw truncatedHeader(file, size);
  const magic = header.getUint32(0, false);
  const magicLittle = header.getUint32(0, true);
  const isLittleEndian = isPcapMagic(magicLittle);
  if (!isLittleEndian && !isPcapMagic(magic)) throw foreignFormat(file, magic);
  if (size < PCAP_FILE_HEADER_SIZE) throw truncatedHeader(file, size);

  const major = header.getUint16(4, isLittleEndian);
  const minor = header.getUint16(6, isLittleEndian);
  // Versions before 2.4 have the two lengths of a record the other way round, or may have.
  if (major !== PCAP_VERSION_MAJOR || minor !== PCAP_VERSION_MINOR) {
    const what = `pcap version ${major}.${minor} is not read, only 2.4`;
    throw new CaptureError('CAPTURE_UNSUPPORTED_VERSION', file, 4, what);
  }
  const link = header.getUint32(20, isLittleEndian);
  const linkType = link & LINK_TYPE_MASK;
  if (!isLinkTypeRead(linkType)) {
    const what = `link type ${describeLinkType(linkType)} is not read`;
    throw new CaptureError('CAPTURE_UNSUPPORTED_LINK_TYPE', file, 20, what);
  }
  return {
    isLittleEndian,
    isNanosecond: (isLittleEndian ? magicLittle : magic) === PCAP_MAGIC_NANOSECONDS,
    linkType,
    snapLength: header.getUint32(16, isLittleEndian),
    fcsSize: (link & FCS_PRESENT) === 0 ? 0 : (link >>> 28) * 2,
  };
}

function isPcapMagic(magic: number): boolean {
  return magic === PCAP_MAGIC_MICROSECONDS || magic === PCAP_MAGIC_NANOSECONDS;
}

function truncatedHeader(file: string, size: number): CaptureError {
  const what = `the file ends within its header of ${PCAP_FILE_HEADER_SIZE} bytes`;
  return new CaptureError('CAPTURE_TRUNCATED_HEADER', file, size, what);
}

function foreignFormat(file: string, magic: number): CaptureError {
  const other = OTHER_FORMATS.find((format) => (magic & format.mask) >>> 0 === format.magic);
  if (other === undefined) {
    return new CaptureError('CAPTURE_NOT_A_CAPTURE', file, 0, 'this is not a capture file');
  }
  const what = `${other.name} is not read yet, only pcap and pcapng`;
  return new CaptureError('CAPTURE_UNSUPPORTED_FORMAT', file, 0, what);
}
