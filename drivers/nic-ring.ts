/**
 * Descriptor rings between a NIC and the kernel, in the kernel's memory.
 * Literals only: the AssemblyScript kernel reads this file too.
 *
 *   ring      u32 head     next descriptor its producer fills (rx: the NIC, tx: the kernel)
 *             u32 tail     next descriptor its consumer takes (rx: the kernel, tx: the NIC)
 *             56 bytes 0   (head and tail count up for ever, modulo 2^32; index = count & mask)
 *             descriptor[RING_CAPACITY]
 *   descriptor, 16 bytes, little endian
 *     0 u32 address        of the frame's first byte in the kernel's memory
 *     4 u16 length         bytes of the frame
 *     6 u16 flags          FRAME_*
 *     8 u32 seconds        virtual time since boot
 *    12 u32 nanoseconds    0..999,999,999
 *
 * The kernel posts a free slot's address in every rx descriptor between tail and tail + capacity,
 * so the NIC writes the frame where the descriptor points. A tx slot is free again once the NIC
 * has moved the tail past it. `arrivals` says in which order the NICs received: a u8 port a frame.
 */
export const RING_CAPACITY = 1024;
export const RING_HEAD_OFFSET = 0;
export const RING_TAIL_OFFSET = 4;
export const RING_DESCRIPTORS_OFFSET = 64;
export const DESCRIPTOR_SIZE = 16;
export const DESCRIPTOR_ADDRESS_OFFSET = 0;
export const DESCRIPTOR_LENGTH_OFFSET = 4;
export const DESCRIPTOR_FLAGS_OFFSET = 6;
export const DESCRIPTOR_SECONDS_OFFSET = 8;
export const DESCRIPTOR_NANOSECONDS_OFFSET = 12;
export const RING_SIZE = 16448; // RING_DESCRIPTORS_OFFSET + RING_CAPACITY * DESCRIPTOR_SIZE

/** Arrival order over all ports: the same head and tail, then one u8 port number an entry. */
export const ARRIVALS_CAPACITY = 32768; // PORTS_MAX * RING_CAPACITY

/** Rings of a port: rx, rx with priority (the emulation's own replies), tx. */
export const RINGS_PER_PORT = 3;
export const RING_RX = 0;
export const RING_PRIORITY = 1;
export const RING_TX = 2;

/** Slots that the kernel posts ahead of each tail: no more than two breaths and a half need. */
export const RX_WINDOW_MAX = 640;
export const PRIORITY_WINDOW_MAX = 64;

/** A longer frame is counted and never copied in. */
export const FRAME_SIZE_MAX = 2048;
/** Slots begin a cache line before the frame: room for a VLAN tag. 33 lines spread over sets. */
export const SLOT_HEADROOM = 64;
export const SLOT_SIZE = 2112;

/** The frame is longer than FRAME_SIZE_MAX; its bytes are not there. */
export const FRAME_OVERSIZE = 1;
/** The capture kept only the first bytes of the frame. */
export const FRAME_TRUNCATED = 2;
/** Made by the emulation itself (a far side's ARP reply): counts nowhere. */
export const FRAME_UNCOUNTED = 4;
