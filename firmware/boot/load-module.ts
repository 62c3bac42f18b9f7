/**
 * The loader: from a module's bytes and manifest to something that can be instantiated. Critical
 * for isolation: a module has no imports, its memory is its own and never grows, and its blocks
 * lie in that memory exactly as the manifest declares.
 */
import { REGION_SIZE } from '../../config/abi.ts';
import { readLayout, writeLayout } from '../../config/block-layout.ts';
import type { Manifest } from '../../config/manifest.ts';
import { BootError } from './boot-error.ts';
import { readSections, type WasmSections } from './wasm-sections.ts';

const PAGE_SIZE = 65536;
const BLOCK_ALIGNMENT = 64;
const PROCEDURES = ['initialize', 'process', 'tick', 'receive'];
const BLOCKS = ['read_block', 'write_block', 'inbox', 'outbox', 'frames'] as const;

/** Where a module's blocks and regions lie in its memory: bytes. */
export type BlockAddresses = Readonly<Record<(typeof BLOCKS)[number], number>>;

/** A module that passed the loader. `memory` is bytes. */
export interface LoadedModule {
  readonly name: string;
  readonly manifest: Manifest;
  readonly code: WebAssembly.Module;
  readonly blocks: BlockAddresses;
  readonly memory: number;
  readonly hasTick: boolean;
  readonly hasReceive: boolean;
}

/** Checks and compiles a module. @throws BootError MODULE_… naming what to change */
export function loadModule(name: string, manifest: Manifest, bytes: Uint8Array): LoadedModule {
  const refuse = (code: string, message: string, hint: string): never => {
    throw new BootError(code, name, message, hint);
  };
  if (!WebAssembly.validate(bytes)) {
    refuse('MODULE_INVALID', 'not a valid WebAssembly binary', 'compile it again');
  }
  const sections = read(name, bytes);
  if (sections.imports > 0) {
    const hint = 'a module has no imports: map abort away, use no host function';
    refuse('MODULE_IMPORTS', `it imports ${sections.imports} things`, hint);
  }
  if (sections.hasStart) {
    refuse('MODULE_START', 'it has a start section', 'initialise in the export initialize()');
  }
  if (sections.tables > 0) {
    refuse('MODULE_TABLE', 'it has a table', 'call functions directly, not through references');
  }
  const memory = checkMemory(name, manifest, sections);
  checkExports(name, sections);
  const blocks = readBlocks(name, manifest, sections, memory);
  const has = (wanted: string) => sections.exports.some((entry) => entry.name === wanted);
  const code = new WebAssembly.Module(bytes);
  return { name, manifest, code, blocks, memory, hasTick: has('tick'), hasReceive: has('receive') };
}

function read(name: string, bytes: Uint8Array): WasmSections {
  try {
    return readSections(bytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new BootError('MODULE_UNKNOWN', name, error.message, 'use WebAssembly 1.0 and SIMD only');
  }
}

function checkMemory(name: string, manifest: Manifest, sections: WasmSections): number {
  const [memory] = sections.memories;
  if (memory === undefined || sections.memories.length > 1) {
    const hint = 'define and export one memory';
    throw new BootError('MODULE_MEMORY', name, 'it does not have exactly one memory', hint);
  }
  if (memory.initial !== memory.maximum) {
    const message = `its memory starts at ${memory.initial} pages and may grow`;
    throw new BootError('MODULE_MEMORY_GROWS', name, message, 'make initial and maximum equal');
  }
  const size = memory.initial * PAGE_SIZE;
  if (size > manifest.limits.memory) {
    const message = `its memory of ${size} bytes is more than limits.memory`;
    throw new BootError('MODULE_MEMORY_LIMIT', name, message, 'raise limits.memory, or use less');
  }
  return size;
}

function checkExports(name: string, sections: WasmSections): void {
  for (const entry of sections.exports) {
    const isKnown =
      (entry.name === 'memory' && entry.kind === 'memory') ||
      (BLOCKS.includes(entry.name as never) && entry.kind === 'global') ||
      (PROCEDURES.includes(entry.name) && entry.kind === 'function');
    if (!isKnown) {
      const message = `it exports ${entry.kind} "${entry.name}"`;
      throw new BootError('MODULE_EXPORT', name, message, 'export only what ABI 1 names');
    }
    if (entry.kind === 'function' && !sections.isProcedure(entry.index)) {
      const message = `${entry.name} has parameters or results`;
      throw new BootError('MODULE_SIGNATURE', name, message, `declare ${entry.name}(): void`);
    }
  }
  for (const wanted of ['memory', 'initialize', 'process', ...BLOCKS]) {
    if (!sections.exports.some((entry) => entry.name === wanted)) {
      const hint = `export ${wanted}`;
      throw new BootError('MODULE_EXPORT_MISSING', name, `it does not export "${wanted}"`, hint);
    }
  }
}

function readBlocks(
  name: string,
  manifest: Manifest,
  sections: WasmSections,
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
    const { index } = sections.exports.find((entry) => entry.name === block)!;
    const global = sections.globals[index];
    const address = global === undefined || global.isMutable ? null : global.i32;
    if (address === null) {
      const message = `${block} is not an immutable i32 constant`;
      throw new BootError('MODULE_BLOCK', name, message, 'export it as a constant address');
    }
    return { block, start: address >>> 0, end: (address >>> 0) + sizes[block] };
  });
  for (const { block, start, end } of blocks) {
    if (start % BLOCK_ALIGNMENT !== 0 || end > memory) {
      const message = `${block} at ${start}..${end} is not aligned to 64 or not in the memory`;
      throw new BootError('MODULE_BLOCK', name, message, 'move it, or enlarge the memory');
    }
    const other = blocks.find((b) => b.block !== block && b.start < end && start < b.end);
    if (other !== undefined) {
      const message = `${block} and ${other.block} overlap`;
      throw new BootError('MODULE_BLOCK', name, message, 'give each block its own memory');
    }
  }
  return Object.fromEntries(blocks.map(({ block, start }) => [block, start])) as BlockAddresses;
}
