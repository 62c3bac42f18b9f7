/**
 * ARP for IPv4 over Ethernet (RFC 826): byte offsets from the packet's start, and its numbers.
 */
export const ARP_HARDWARE: usize = 0;
export const ARP_PROTOCOL: usize = 2;
export const ARP_HARDWARE_SIZE: usize = 4;
export const ARP_PROTOCOL_SIZE: usize = 5;
export const ARP_OPERATION: usize = 6;
export const ARP_SENDER_MAC: usize = 8;
export const ARP_SENDER: usize = 14;
export const ARP_TARGET_MAC: usize = 18;
export const ARP_TARGET: usize = 24;
export const ARP_SIZE: usize = 28;

export const ARP_ETHERNET: u32 = 1;
export const ARP_REQUEST: u32 = 1;
export const ARP_REPLY: u32 = 2;
