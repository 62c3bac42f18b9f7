/**
 * A module with the metering of fuel in it: the binary that really runs. What a module cannot do
 * is left out or made to fail: custom sections, the count of data segments, memory.grow.
 */
import { meterBody } from './meter-body.ts';
import * as op from './opcodes.ts';
import * as wasm from './wasm-numbers.ts';
import type { WasmSections } from './wasm-sections.ts';
import { WasmWriter } from './wasm-writer.ts';

/** The export that holds the fuel: no module has one of this name. */
export const FUEL_EXPORT = 'fuel';

/** The sections must have passed the gatekeeper: nothing is checked here. */
export function meterModule(binary: Uint8Array, sections: WasmSections): Uint8Array {
  const { bodies, globals, contents } = sections;
  const module = new WasmWriter();
  const section = (id: number, added: number, add: (section: WasmWriter) => void) => {
    const { count, entries } = contents.get(id) ?? { count: 0, entries: [] };
    const writer = new WasmWriter();
    writer.u32(count + added);
    if (id !== wasm.SECTION_CODE) writer.raw(entries);
    add(writer);
    module.raw([id]);
    module.sized(writer);
  };
  const copy = (id: number) => section(id, 0, () => {});
  module.raw(wasm.MAGIC_AND_VERSION);
  copy(wasm.SECTION_TYPE);
  copy(wasm.SECTION_FUNCTION);
  copy(wasm.SECTION_MEMORY);
  section(wasm.SECTION_GLOBAL, 1, (writer) => {
    writer.raw([wasm.TYPE_I32, wasm.GLOBAL_MUTABLE, op.OP_I32_CONST, 0, op.OP_END]);
  });
  section(wasm.SECTION_EXPORT, 1, (writer) => {
    writer.u32(FUEL_EXPORT.length);
    writer.raw(new TextEncoder().encode(FUEL_EXPORT));
    writer.code([wasm.EXPORT_GLOBAL, globals.length]);
  });
  section(wasm.SECTION_CODE, 0, (writer) => {
    for (const body of bodies) {
      const metered = new WasmWriter();
      meterBody(metered, binary, body, globals.length);
      writer.sized(metered);
    }
  });
  copy(wasm.SECTION_DATA);
  return Uint8Array.from(module.bytes);
}
