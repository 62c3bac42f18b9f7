import { FUEL_EXPORT } from '../../../firmware/boot/meter-module.ts';
import * as wasm from '../../../firmware/boot/wasm-numbers.ts';
import { WasmReader } from '../../../firmware/boot/wasm-reader.ts';
import { readSections } from '../../../firmware/boot/wasm-sections.ts';
import { WasmWriter } from '../../../firmware/boot/wasm-writer.ts';

/** A module's binary as it came, but for an export of fuel that nothing takes from. */
export function unmeteredModule(binary: Uint8Array): Uint8Array {
  const { contents, globals } = readSections(new WasmReader('bench', binary));
  const module = new WasmWriter();
  module.raw(wasm.MAGIC_AND_VERSION);
  for (const [id, { count, entries }] of contents) {
    const section = new WasmWriter();
    section.u32(count + (id === wasm.SECTION_GLOBAL || id === wasm.SECTION_EXPORT ? 1 : 0));
    section.raw(entries);
    if (id === wasm.SECTION_GLOBAL)
      section.raw([wasm.TYPE_I32, wasm.GLOBAL_MUTABLE, 0x41, 0, 0x0b]);
    if (id === wasm.SECTION_EXPORT) {
      section.u32(FUEL_EXPORT.length);
      section.raw(new TextEncoder().encode(FUEL_EXPORT));
      section.code([wasm.EXPORT_GLOBAL, globals.length]);
    }
    module.raw([id]);
    module.sized(section);
  }
  return Uint8Array.from(module.bytes);
}
