/**
 * Ethernet II: byte offsets from the frame's start, and its numbers.
 */
export const ETHERNET_DST: usize = 0;
export const ETHERNET_SRC: usize = 6;
export const ETHERNET_TYPE: usize = 12;
export const ETHERNET_SIZE: usize = 14;
/** The least frame on a wire, without its check sequence (IEEE 802.3 clause 4.2.3.3). */
export const ETHERNET_FRAME_SIZE_MIN: usize = 60;

export const ETHER_IPV4: u32 = 0x0800;
export const ETHER_ARP: u32 = 0x0806;
