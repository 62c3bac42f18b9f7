import * as assert from 'node:assert/strict';
import * as wasm from '../../../firmware/boot/wasm-numbers.ts';
import { WasmWriter } from '../../../firmware/boot/wasm-writer.ts';
import { sectionsOf } from '../../toolchain/binary-sections.ts';

const SECTION_IMPORT = 2;
const NO_MAXIMUM = 0;

function text(writer: WasmWriter, value: string): void {
  writer.u32(value.length);
  writer.raw(new TextEncoder().encode(value));
}

/** One memory, `env.memory`, of any size. */
function importSection(): WasmWriter {
  const section = new WasmWriter();
  section.u32(1);
  text(section, 'env');
  text(section, 'memory');
  section.raw([wasm.EXPORT_MEMORY, NO_MAXIMUM, 1]);
  return section;
}

/** A module's binary with its own memory replaced by an import, `env.memory`. It has no others. */
export function importMemory(binary: Uint8Array): Uint8Array {
  const module = new WasmWriter();
  module.raw(wasm.MAGIC_AND_VERSION);
  const sections = sectionsOf(binary);
  assert.equal(sections[0]?.id, wasm.SECTION_TYPE);
  for (const { id, start, end } of sections) {
    if (id === wasm.SECTION_MEMORY) continue;
    module.raw([id]);
    module.raw(binary.subarray(start, end));
    if (id !== wasm.SECTION_TYPE) continue;
    module.raw([SECTION_IMPORT]);
    module.sized(importSection());
  }
  return Uint8Array.from(module.bytes);
}
