/**
 * What parsing and hashing four headers at a time needs. A data table, in memory, since the engine
 * makes a constant of its own anew wherever it is used.
 */

/** Which bytes of a frame's first 16 are as the receiver's: MAC address, type, version and size. */
export const BEGINNING: usize = memory.data<u8>(
  [255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 255, 255, 255, 0],
);
export const SWAP_WORDS: usize = memory.data<u8>(
  [3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12],
);
export const SWAP_HALVES: usize = memory.data<u8>(
  [1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14],
);
/** A word's upper half alone, swapped: 128 is no byte. */
export const TOTAL_LENGTH: usize = memory.data<u8>(
  [3, 2, 128, 128, 7, 6, 128, 128, 11, 10, 128, 128, 15, 14, 128, 128],
);
/** Lower halves of four words, then the upper ones. */
export const HALVES: usize = memory.data<u8>(
  [0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15],
);
/** First bytes of four words, then the second ones. */
export const BYTES: usize = memory.data<u8>(
  [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
);
export const SIGNS: usize = memory.data<u32>([0x80008000, 0x80008000, 0x80008000, 0x80008000]);
export const ONES: usize = memory.data<u32>([0x10001, 0x10001, 0x10001, 0x10001]);

/** What `mix` multiplies by, four times each. */
export const FACTORS: usize = memory.data<u32>([
  0x9e3779b1, 0x9e3779b1, 0x9e3779b1, 0x9e3779b1, 0x85ebca6b, 0x85ebca6b, 0x85ebca6b, 0x85ebca6b,
  0xc2b2ae35, 0xc2b2ae35, 0xc2b2ae35, 0xc2b2ae35, 0x27d4eb2f, 0x27d4eb2f, 0x27d4eb2f, 0x27d4eb2f,
]);
