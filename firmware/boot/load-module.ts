/**
 * The gatekeeper: from a module's bytes and manifest to something that can be instantiated, before
 * anything runs. Critical for isolation: a module has no imports, only instructions that are known,
 * memory of its own that never grows, and its blocks lie in it exactly as the manifest declares.
 */
import { REGION_SIZE } from '../../config/abi.ts';
import { readLayout, writeLayout } from '../../config/block-layout.ts';
import { MEMORY_PAGE_SIZE } from '../../config/limits.ts';
import type { Manifest } from '../../config/manifest.ts';
import { checkCalls } from './call-graph.ts';
import { meterModule } from './meter-module.ts';
import { EXPORT_FUNCTION, EXPORT_GLOBAL, EXPORT_MEMORY } from './wasm-numbers.ts';
import { WasmReader } from './wasm-reader.ts';
import { readSections, type WasmSections } from './wasm-sections.ts';

const BLOCK_ALIGNMENT = 64;
const PROCEDURES = ['initialize', 'process', 'tick', 'receive'];
const BLOCKS = ['read_block', 'write_block', 'inbox', 'outbox', 'frames'] as const;

/** Where a module's blocks and regions lie in its memory: bytes. */
export type BlockAddresses = Readonly<Record<(typeof BLOCKS)[number], number>>;

/** A module that passed the gatekeeper. `memory` is bytes; `code` is metered. */
export interface LoadedModule {
  readonly name: string;
  readonly manifest: Manifest;
  readonly code: WebAssembly.Module;
  readonly blocks: BlockAddresses;
  readonly memory: number;
  readonly hasTick: boolean;
  readonly hasReceive: boolean;
}

/** Checks, meters and compiles a module. @throws BootError MODULE_… naming what to change */
export function loadModule(name: string, manifest: Manifest, bytes: Uint8Array): LoadedModule {
  const reader = new WasmReader(name, bytes);
  const sections = readSections(reader);
  const memory = checkMemory(reader, manifest, sections);
  checkData(reader, sections, memory);
  checkExports(reader, sections);
  const blocks = readBlocks(reader, manifest, sections, memory);
  checkCalls(reader, sections);
  // Ours comes first; the engine then types what is left.
  if (!WebAssembly.validate(bytes)) reader.refuse('MODULE_INVALID', 'the engine refuses it', 0);
  const code = new WebAssembly.Module(meterModule(bytes, sections));
  const has = (wanted: string) => sections.exports.has(wanted);
  return { name, manifest, code, blocks, memory, hasTick: has('tick'), hasReceive: has('receive') };
}

function checkMemory(reader: WasmReader, manifest: Manifest, { memories }: WasmSections): number {
  const [memory] = memories;
  if (memory === undefined || memories.length > 1) {
    return reader.refuse('MODULE_MEMORY', `${memories.length} memories`);
  }
  const { initial, maximum, at } = memory;
  if (initial !== maximum) {
    const what = `memory of ${initial} pages that may grow to ${maximum ?? 'any size'}`;
    reader.refuse('MODULE_MEMORY_GROWS', what, at);
  }
  const size = initial * MEMORY_PAGE_SIZE;
  if (size > manifest.limits.memory) {
    const what = `memory of ${size} bytes; limits.memory is ${manifest.limits.memory}`;
    reader.refuse('MODULE_MEMORY_LIMIT', what, at);
  }
  return size;
}

function checkData(reader: WasmReader, { data }: WasmSections, memory: number): void {
  for (const { start, size, at } of data) {
    if (start + size <= memory) continue;
    reader.refuse('MODULE_DATA', `data for ${start}..${start + size} of ${memory} bytes`, at);
  }
}

function checkExports(reader: WasmReader, { exports, functions }: WasmSections): void {
  for (const [name, { kind, index, at }] of exports) {
    const isKnown =
      (name === 'memory' && kind === EXPORT_MEMORY) ||
      (BLOCKS.includes(name as never) && kind === EXPORT_GLOBAL) ||
      (PROCEDURES.includes(name) && kind === EXPORT_FUNCTION);
    if (!isKnown) reader.refuse('MODULE_EXPORT', `an export "${name}" of kind ${kind}`, at);
    if (kind !== EXPORT_FUNCTION) continue;
    const { parameters, results } = functions[index] ?? reader.refuse('MODULE_INDEX', name, at);
    if (parameters.length + results.length > 0) {
      reader.refuse('MODULE_SIGNATURE', `${name} has parameters or results`, at);
    }
  }
  for (const wanted of ['memory', 'initialize', 'process', ...BLOCKS]) {
    if (!exports.has(wanted)) reader.refuse('MODULE_EXPORT_MISSING', `no export "${wanted}"`);
  }
}

function readBlocks(
  reader: WasmReader,
  manifest: Manifest,
  { exports, globals }: WasmSections,
  memory: number,
): BlockAddresses {
  const most = (sizes: number[]) => Math.max(...sizes);
  const sizes: Record<(typeof BLOCKS)[number], number> = {
    read_block: most(manifest.places.map((place) => readLayout(place).size)),
    write_block: most(manifest.places.map((place) => writeLayout(place).size)),
    inbox: REGION_SIZE,
    outbox: REGION_SIZE,
    frames: REGION_SIZE,
  };
  const blocks = BLOCKS.map((block) => {
    const { index, at } = exports.get(block)!;
    const global = globals[index];
    if (global === undefined || global.isMutable || global.i32 === null) {
      return reader.refuse('MODULE_BLOCK', `${block} is not an immutable i32 constant`, at);
    }
    const start = global.i32 >>> 0;
    return { block, start, end: start + sizes[block], at };
  });
  for (const { block, start, end, at } of blocks) {
    if (start % BLOCK_ALIGNMENT !== 0 || end > memory) {
      const what = `${block} at ${start}..${end} is not aligned to 64 or not in the memory`;
      reader.refuse('MODULE_BLOCK', what, at);
    }
    const other = blocks.find((b) => b.block !== block && b.start < end && start < b.end);
    if (other !== undefined) {
      reader.refuse('MODULE_BLOCK', `${block} and ${other.block} overlap`, at);
    }
  }
  return Object.fromEntries(blocks.map(({ block, start }) => [block, start])) as BlockAddresses;
}
