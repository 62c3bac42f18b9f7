import { expect, it } from 'vitest';
import { SECTION_MEMORY } from '../../../firmware/boot/wasm-numbers.ts';
import { sectionsOf } from '../../../scripts/toolchain/binary-sections.ts';
import { buildKernel } from '../../../scripts/toolchain/build-firmware.ts';
import { shareMemory } from '../../../scripts/toolchain/share-memory.ts';

it('the kernel has a memory that threads can share, and nothing else of it is changed', async () => {
  const kernel = await buildKernel();
  const shared = shareMemory(kernel);
  const others = (binary: Uint8Array) =>
    sectionsOf(binary)
      .filter(({ id }) => id !== SECTION_MEMORY)
      .map(({ id, start, end }) => [id, Buffer.from(binary.subarray(start, end)).toString('hex')]);
  expect(others(shared)).toEqual(others(kernel));
  const bufferOf = (binary: Uint8Array) => {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(binary));
    return (exports['memory'] as WebAssembly.Memory).buffer;
  };
  expect(bufferOf(kernel)).toBeInstanceOf(ArrayBuffer);
  expect(bufferOf(shared)).toBeInstanceOf(SharedArrayBuffer);
  expect(bufferOf(shared).byteLength).toBe(bufferOf(kernel).byteLength);
});
