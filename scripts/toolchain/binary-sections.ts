import { MAGIC_AND_VERSION } from '../../firmware/boot/wasm-numbers.ts';

/** A section's number and where its bytes, size included, lie. */
export interface BinarySection {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

/** The sections of a binary that some compiler has made, in order. */
export function sectionsOf(binary: Uint8Array): BinarySection[] {
  const sections: BinarySection[] = [];
  for (let at = MAGIC_AND_VERSION.length; at < binary.length; ) {
    const id = binary[at];
    const start = at + 1;
    let size = 0;
    for (let shift = 0, byte = 0x80; byte & 0x80; shift += 7) {
      byte = binary[++at];
      size += (byte & 0x7f) * 2 ** shift;
    }
    at += 1 + size;
    sections.push({ id, start, end: at });
  }
  return sections;
}
