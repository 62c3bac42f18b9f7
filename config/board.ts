/**
 * The board file: the emulated hardware that a router runs on.
 */

/** A board as loaded. `mac` is a number below 2^48, first wire byte in bits 47..40. */
export interface Board {
  file: string;
  name: string;
  ports: { name: string; mac: number }[];
  /** Frames that the kernel's arena holds. */
  frameSlots: number;
  /** Entries of the flow table, a power of two. */
  flowCapacity: number;
}
