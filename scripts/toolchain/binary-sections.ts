import { MAGIC_AND_VERSION } from '../../firmware/boot/wasm-numbers.ts';
import { WasmReader } from '../../firmware/boot/wasm-reader.ts';

/** A section's number and where its bytes, size included, lie. */
export interface BinarySection {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

/** The sections of a binary that some compiler has made, in order. @throws BootError if cut */
export function sectionsOf(binary: Uint8Array): BinarySection[] {
  const sections: BinarySection[] = [];
  const reader = new WasmReader('binary', binary);
  reader.skip(MAGIC_AND_VERSION.length);
  while (reader.at < reader.end) {
    const id = reader.byte();
    const start = reader.at;
    reader.skip(reader.u32());
    sections.push({ id, start, end: reader.at });
  }
  return sections;
}
