/**
 * What the mover knows of each port, in the kernel's memory; the host fills it in.
 *
 *   port, PORT_SIZE bytes
 *     0 u32 rx ring        4 u32 tx ring         8 u64 MAC, first wire byte in bits 7..0
 *    16 u32 digest bytes  20 u32 of them used
 *    24 u32 frames in     28 u32 bytes in       32 u32 frames out           36 u32 bytes out
 *   digest   as in frame-digest.ts: 20 bytes, then the frame
 */
export const PORT_SIZE: usize = 40;
export const PORT_TX: usize = 4;
export const PORT_MAC: usize = 8;
export const PORT_DIGEST: usize = 16;
/** Behind where a region lies stands how much of it is used. */
export const USED: usize = 4;
export const PORT_FRAMES_IN: usize = 24;
export const PORT_BYTES_IN: usize = 28;
export const PORT_FRAMES_OUT: usize = 32;
export const PORT_BYTES_OUT: usize = 36;

// Why a call came back: there are no more whole records, or frames to send; there is no room until
// the board takes frames in or a region is emptied; the next frame is for the general way.
export const DONE: u32 = 0;
export const FULL: u32 = 1;
export const ODD: u32 = 2;

/** A shorter frame is for the general way: all that is read of one lies in its first 42 bytes. */
export const PLAIN_SIZE_MIN: u32 = 42;
export const ETHER_ARP: u32 = 0x0608;

let ports: usize = 0;
/** Bytes of every region. */
export let regionSize: u32 = 0;

export function openTable(table: usize, size: u32): void {
  ports = table;
  regionSize = size;
}

// @ts-ignore: decorator
@inline export function portAt(number: u32): usize { return ports + <usize>number * PORT_SIZE; }
