/**
 * Block copies taken out: modules that live in the kernel's own memory and whose blocks are the
 * staging blocks themselves, so that there is nothing to copy. They are compiled anew for an
 * address each. What they could read or overwrite then is everything: these never leave the bench.
 */
import * as assert from 'node:assert/strict';
import type { Router } from '../../../config/router.ts';
import type { System } from '../../../config/system.ts';
import { type KernelExports, startKernel } from '../../../firmware/board/kernel.ts';
import { Stage } from '../../../firmware/board/stage.ts';
import { type LoadedModule, loadModule } from '../../../firmware/boot/load-module.ts';
import { meterModule } from '../../../firmware/boot/meter-module.ts';
import type { PipelinePlace } from '../../../firmware/boot/pipeline.ts';
import type { Tables } from '../../../firmware/boot/tables.ts';
import { WasmReader } from '../../../firmware/boot/wasm-reader.ts';
import { readSections } from '../../../firmware/boot/wasm-sections.ts';
import { MODULE_ENTRY, moduleSources } from '../../toolchain/build-firmware.ts';
import { compileCached, defaultCacheFolder } from '../../toolchain/wasm-cache.ts';
import { importMemory } from './imported-memory.ts';
import { unmeteredModule } from './unmetered-module.ts';

const PAGE_SIZE = 65_536;

/** A kernel that was built to be told where the blocks of a place lie. */
interface SharingKernel extends KernelExports {
  shareBlocks(place: number, read: number, write: number): void;
}

type ModuleSource = System['modules'][number];

export interface SharedMemoryOptions {
  readonly system: System;
  readonly kernel: WebAssembly.Module;
  readonly tables: Tables;
  readonly router: Router;
  readonly isMetered: boolean;
}

export class SharedMemory {
  readonly modules: readonly LoadedModule[];
  private readonly bases: readonly number[];
  private readonly places: readonly PipelinePlace[];
  private memory: WebAssembly.Memory | null = null;

  private constructor(
    bases: readonly number[],
    modules: readonly LoadedModule[],
    places: readonly PipelinePlace[],
  ) {
    this.bases = bases;
    this.modules = modules;
    this.places = places;
  }

  /** Compiles the modules of a system for the memory of such a kernel. */
  static async build(options: SharedMemoryOptions): Promise<SharedMemory> {
    const { kernel, tables, router, system, isMetered } = options;
    // One kernel more, only to see which addresses it gives: the next one gives the same.
    const bases = allocate(startKernel(kernel, tables.bytes, router.board), system.modules);
    const modules: LoadedModule[] = [];
    for (const [index, source] of system.modules.entries()) {
      modules.push(await compileAt(source, bases[index], isMetered));
    }
    return new SharedMemory(bases, modules, tables.pipeline.places);
  }

  /** Gives the modules their places in the kernel's memory. Before they are instantiated. */
  plug(kernel: KernelExports): void {
    const addresses = allocate(kernel, this.modules);
    assert.deepEqual(addresses, this.bases, 'the kernel lays its memory out otherwise');
    for (const [place, { module }] of this.places.entries()) {
      const { read_block, write_block } = this.modules[module].blocks;
      (kernel as SharingKernel).shareBlocks(place, read_block, write_block);
    }
    this.memory = kernel.memory;
  }

  /**
   * Makes this process one in which modules get the kernel's memory and stages copy nothing; how
   * to undo it.
   */
  takeOver(): () => void {
    const { Instance } = WebAssembly;
    const { copyIn, copyOut } = Stage.prototype;
    const codes = new Set(this.modules.map(({ code }) => code));
    const imports = () => ({ env: { memory: this.memory } });
    WebAssembly.Instance = class extends Instance {
      constructor(module: WebAssembly.Module, given: Record<string, Record<string, unknown>> = {}) {
        super(module, codes.has(module) ? imports() : given);
      }
    };
    Stage.prototype.copyIn = function (this: Stage) {
      this.slot.zeroVerdicts();
    };
    Stage.prototype.copyOut = () => {};
    return () => {
      WebAssembly.Instance = Instance;
      Object.assign(Stage.prototype, { copyIn, copyOut });
    };
  }
}

/** Room for each module, aligned as its blocks have to be. */
function allocate(
  kernel: KernelExports,
  modules: readonly { readonly manifest: { readonly limits: { readonly memory: number } } }[],
): number[] {
  return modules.map(({ manifest }) => kernel.allocate(manifest.limits.memory));
}

/** The module with its data from `base` on, and a memory that is imported. */
async function compileAt(
  { name, path, manifest }: ModuleSource,
  base: number,
  isMetered: boolean,
): Promise<LoadedModule> {
  const end = base + manifest.limits.memory;
  const memory = Math.ceil(end / PAGE_SIZE) * PAGE_SIZE;
  const files = moduleSources(path, manifest);
  const request = { entry: MODULE_ENTRY, files, memoryBase: base, memoryBytes: memory };
  const binary = await compileCached(request, defaultCacheFolder());
  const loaded = loadModule(name, { ...manifest, limits: { ...manifest.limits, memory } }, binary);
  const sections = readSections(new WasmReader(name, binary));
  const code = isMetered ? meterModule(binary, sections) : unmeteredModule(binary);
  return { ...loaded, manifest, code: new WebAssembly.Module(importMemory(code)) };
}
