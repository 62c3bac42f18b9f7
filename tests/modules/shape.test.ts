import { expect, it } from 'vitest';
import { openModule } from './open-module.ts';
import { exportsOf, importsOf, instantiate } from './webassembly.ts';

const MODULES = ['route', 'neighbor', 'arp', 'icmp', 'ping'];
const PAGE_SIZE = 65536;

it.each(MODULES)('%s imports nothing and exports what the contract asks for', async (name) => {
  const { wasm } = await openModule(name);
  expect(importsOf(wasm)).toEqual([]);
  const functions = ['initialize', 'process', 'receive', 'tick'];
  const globals = ['frames', 'inbox', 'outbox', 'read_block', 'write_block'];
  for (const { name: exported, kind } of exportsOf(wasm)) {
    if (kind === 'function') expect(functions).toContain(exported);
    else if (kind === 'global') expect(globals).toContain(exported);
    else expect(`${kind} ${exported}`).toBe('memory memory');
  }
});

it.each(MODULES)('%s has exactly the memory of its manifest, for good', async (name) => {
  const { wasm, manifest } = await openModule(name);
  const { memory } = instantiate(wasm);
  expect(memory.buffer.byteLength).toBe(manifest.limits.memory);
  expect(() => memory.grow(1)).toThrow();
  expect(memory.buffer.byteLength % PAGE_SIZE).toBe(0);
});

it.each(MODULES)('%s keeps blocks and regions aligned, apart and within memory', async (name) => {
  const { wasm } = await openModule(name);
  const exported = instantiate(wasm);
  const starts = (['read_block', 'write_block', 'inbox', 'outbox', 'frames'] as const).map(
    (global) => exported[global].value,
  );
  expect(starts.every((start) => start > 0 && start % 64 === 0)).toBe(true);
  const regions = starts.slice(2).sort((a, b) => a - b) as [number, number, number];
  expect(regions[1] - regions[0]).toBeGreaterThanOrEqual(65536);
  expect(regions[2] - regions[1]).toBeGreaterThanOrEqual(65536);
  expect(Math.max(...starts)).toBeLessThanOrEqual(exported.memory.buffer.byteLength - 65536);
});
