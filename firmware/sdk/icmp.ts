/**
 * ICMP (RFC 792): byte offsets from the message's start, and its numbers.
 */
export const ICMP_TYPE: usize = 0;
export const ICMP_CODE: usize = 1;
/** Of an echo request and its reply. */
export const ICMP_IDENTIFIER: usize = 4;
export const ICMP_SEQUENCE: usize = 6;
/** Of a destination unreachable with code 4 (RFC 1191 4). */
export const ICMP_NEXT_HOP_MTU: usize = 6;
export const ICMP_SIZE: usize = 8;

export const ICMP_ECHO_REPLY: u32 = 0;
export const ICMP_UNREACHABLE: u32 = 3;
export const ICMP_ECHO: u32 = 8;
export const ICMP_TIME_EXCEEDED: u32 = 11;
export const ICMP_PARAMETER_PROBLEM: u32 = 12;
export const ICMP_TIMESTAMP: u32 = 13;
export const ICMP_MASK_REPLY: u32 = 18;

export const UNREACHABLE_NET: u32 = 0;
export const UNREACHABLE_HOST: u32 = 1;
export const UNREACHABLE_TOO_BIG: u32 = 4;
