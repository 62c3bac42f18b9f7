import * as assert from 'node:assert/strict';
import type { Firmware } from '../../firmware/boot/assemble.ts';
import { readMember } from '../toolchain/archive.ts';
import { KERNEL_MEMBER } from '../toolchain/assemble-firmware.ts';
import { shareMemory } from '../toolchain/share-memory.ts';

/** A firmware whose kernel lets other threads see its memory; of the same image. */
export function withSharedKernel(firmware: Firmware): Firmware {
  const kernel = readMember(firmware.image, KERNEL_MEMBER);
  assert.ok(kernel !== null, 'an image has a kernel');
  return { ...firmware, kernel: new WebAssembly.Module(shareMemory(kernel)) };
}
