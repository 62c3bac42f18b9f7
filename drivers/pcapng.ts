/*
 * pcapng, draft-ietf-opsawg-pcapng: blocks, one after another, each in its section's byte order.
 *
 *   block       0 u32 type · 4 u32 size · body, padded to 4 · u32 size again
 *   section     8 u32 byte order 1a2b3c4d · 12 u16 major · 14 u16 minor · 16 i64 size, or -1
 *              24 options
 *   interface   8 u16 link type · 10 u16 0 · 12 u32 snap length, 0: none · 16 options
 *   enhanced    8 u32 interface · 12 u32 stamp, high · 16 u32 stamp, low
 *              20 u32 captured length · 24 u32 wire length
 *              28 captured bytes, padded to 4 · options
 *   simple      8 u32 wire length · 12 captured bytes; of interface 0, without a stamp
 *   obsolete    8 u16 interface · 10 u16 drops · the rest as in an enhanced block
 *   option      0 u16 code · 2 u16 length · value, padded to 4; code 0 ends them
 */
export const BLOCK_SECTION = 0x0a0d0d0a;
export const BLOCK_INTERFACE = 1;
export const BLOCK_PACKET_OBSOLETE = 2;
export const BLOCK_PACKET_SIMPLE = 3;
export const BLOCK_PACKET_ENHANCED = 6;

export const BLOCK_SIZE_OFFSET = 4;
export const BLOCK_HEADER_SIZE = 8;
/** The size that is repeated at the end. */
export const BLOCK_TRAILER_SIZE = 4;
export const BLOCK_SIZE_MIN = BLOCK_HEADER_SIZE + BLOCK_TRAILER_SIZE;

export const SECTION_BYTE_ORDER_OFFSET = 8;
export const SECTION_BYTE_ORDER = 0x1a2b3c4d;
export const SECTION_MAJOR_OFFSET = 12;
export const SECTION_MINOR_OFFSET = 14;
export const SECTION_SIZE_OFFSET = 16;
export const SECTION_OPTIONS_OFFSET = 24;
export const SECTION_MAJOR = 1;

export const INTERFACE_LINK_TYPE_OFFSET = 8;
export const INTERFACE_SNAP_LENGTH_OFFSET = 12;
export const INTERFACE_OPTIONS_OFFSET = 16;

export const PACKET_INTERFACE_OFFSET = 8;
export const PACKET_STAMP_HIGH_OFFSET = 12;
export const PACKET_STAMP_LOW_OFFSET = 16;
export const PACKET_CAPTURED_LENGTH_OFFSET = 20;
export const PACKET_WIRE_LENGTH_OFFSET = 24;
export const PACKET_BYTES_OFFSET = 28;
export const SIMPLE_WIRE_LENGTH_OFFSET = 8;
export const SIMPLE_BYTES_OFFSET = 12;

export const OPTION_HEADER_SIZE = 4;
export const OPTION_END = 0;
export const OPTION_COMMENT = 1;
export const SECTION_APPLICATION = 4;
export const INTERFACE_NAME = 2;
export const INTERFACE_DESCRIPTION = 3;
export const INTERFACE_MAC = 6;
export const INTERFACE_STAMP_RESOLUTION = 9;
export const INTERFACE_FCS_SIZE = 13;
export const INTERFACE_STAMP_OFFSET = 14;
/** Of enhanced and of obsolete packet blocks. */
export const PACKET_FLAGS = 2;
/** Of enhanced packet blocks: its first octet says who judged, the others what. */
export const PACKET_VERDICT = 7;

/** Stamps in microseconds, where an interface does not say. */
export const STAMP_RESOLUTION_DEFAULT = 6;
export const STAMP_RESOLUTION_NANOSECONDS = 9;

/** `size` with its padding. */
export function padded(size: number): number {
  return (size + 3) & ~3;
}
