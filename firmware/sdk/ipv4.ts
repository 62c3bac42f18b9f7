/**
 * IPv4 (RFC 791): byte offsets from the packet's start, and its numbers.
 */
export const IPV4_VERSION_IHL: usize = 0;
export const IPV4_TOS: usize = 1;
export const IPV4_TOTAL_LENGTH: usize = 2;
export const IPV4_FRAGMENT: usize = 6;
export const IPV4_TTL: usize = 8;
export const IPV4_PROTO: usize = 9;
export const IPV4_SRC: usize = 12;
export const IPV4_DST: usize = 16;
export const IPV4_SIZE: usize = 20;

export const IPV4_VERSION_4_WORDS_5: u32 = 0x45;
export const IPV4_DONT_FRAGMENT: u32 = 0x4000;
export const IPV4_MORE_FRAGMENTS: u32 = 0x2000;
export const IPV4_FRAGMENT_OFFSET_MASK: u32 = 0x1fff;
/** Precedence 6, internetwork control (RFC 1812 4.3.2.5). */
export const IPV4_TOS_CONTROL: u32 = 0xc0;
export const PROTO_ICMP: u32 = 1;
