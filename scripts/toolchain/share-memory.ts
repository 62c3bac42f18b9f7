/**
 * The kernel with a memory that other threads can have as well: not an instruction differs.
 */
import * as assert from 'node:assert/strict';
import { MAGIC_AND_VERSION, SECTION_MEMORY } from '../../firmware/boot/wasm-numbers.ts';
import { WasmWriter } from '../../firmware/boot/wasm-writer.ts';
import { sectionsOf } from './binary-sections.ts';

// Core specification 5.3.7, and 5.3.8 of the threads proposal: what the limits of a memory have.
const WITHOUT_MAXIMUM = 0;
const SHARED = 3;
/** All that 32 bits address: a shared memory has to say how far it may grow. */
export const SHARED_PAGES_MAX = 65_536;

/** A binary's only memory, which may grow, becomes one that is shared. */
export function shareMemory(binary: Uint8Array): Uint8Array {
  const module = new WasmWriter();
  module.raw(MAGIC_AND_VERSION);
  for (const { id, start, end } of sectionsOf(binary)) {
    module.raw([id]);
    if (id === SECTION_MEMORY) module.sized(sharedSection(binary.subarray(start, end)));
    else module.raw(binary.subarray(start, end));
  }
  return Uint8Array.from(module.bytes);
}

/** Of a section's bytes: its size, one memory, its limits: a flag and the pages it begins with. */
function sharedSection([size, count, flag, ...pages]: Uint8Array): WasmWriter {
  assert.ok(size === pages.length + 2 && count === 1 && flag === WITHOUT_MAXIMUM);
  const section = new WasmWriter();
  section.raw([count, SHARED, ...pages]);
  section.u32(SHARED_PAGES_MAX);
  return section;
}
