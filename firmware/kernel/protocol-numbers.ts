/** Numbers that are written in packets. A data table. */

// EtherTypes (IEEE 802) and IP protocols (IANA).
export const ETHER_IPV4: u32 = 0x0800;
export const ETHER_ARP: u32 = 0x0806;
export const ETHER_IPV6: u32 = 0x86dd;
export const PROTO_ICMP: u32 = 1;
export const PROTO_TCP: u32 = 6;
export const PROTO_UDP: u32 = 17;
export const PROTO_ICMPV6: u32 = 58;
export const PROTO_SCTP: u32 = 132;

/** IEEE 802.3 3.2.8, without the FCS. */
export const ETHERNET_SIZE_MIN: u32 = 60;
/** RFC 1812 4.3.2.3: an ICMP error is at most 576 bytes. */
export const QUOTED_DATAGRAM_MAX: u32 = 576;
/** Beyond so many extension headers an IPv6 packet is refused. */
export const IPV6_EXTENSIONS_MAX: i32 = 8;

// Flags of TCP (RFC 9293 3.1).
export const FIN: u32 = 1;
export const SYN: u32 = 2;
export const RST: u32 = 4;
export const ACK: u32 = 16;

/** What no unicast MAC address has, as a number whose first wire byte is in bits 47..40. */
export const NOT_UNICAST: u64 = 0xffff010000000000;

/** Where the headers of a plain packet begin. */
export const PLAIN_L3: u32 = 14;
export const PLAIN_L4: u32 = 34;
/** Where TTL, protocol and header checksum of a plain packet lie: one word. */
export const PLAIN_TTL: u32 = 22;
