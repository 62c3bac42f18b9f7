/**
 * A firmware: what a board is made of. Nothing else is ever run.
 */
import type { Manifest } from '../../config/manifest.ts';
import type { System } from '../../config/system.ts';
import { type LoadedModule, loadModule } from './load-module.ts';

/** A module as a component: its manifest as text and as read, and its binary. */
export interface ModuleComponent {
  readonly name: string;
  readonly manifest: Manifest;
  readonly manifestText: string;
  readonly wasm: Uint8Array;
}

export interface FirmwareComponents {
  readonly kernel: Uint8Array;
  readonly system: System;
  readonly systemText: string;
  readonly modules: readonly ModuleComponent[];
}

/** A component as the boot log names it: SHA-256 in hex, size in bytes. */
export interface ComponentDigest {
  readonly name: string;
  readonly size: number;
  readonly digest: string;
}

/**
 * A firmware that a board can run. `digest` is the SHA-256 of `image`, in hex. The image has the
 * modules as they came; the loader's metering is a function of them.
 */
export interface Firmware {
  readonly image: Uint8Array;
  readonly digest: string;
  readonly components: readonly ComponentDigest[];
  readonly kernel: WebAssembly.Module;
  readonly system: System;
  readonly modules: readonly LoadedModule[];
}

type RunnableParts = Pick<Firmware, 'kernel' | 'system' | 'modules'>;

/** What of a firmware runs. @throws BootError when a module is refused */
export function loadComponents(parts: FirmwareComponents): RunnableParts {
  const { system } = parts;
  const modules = parts.modules.map(({ name, manifest, wasm }) => loadModule(name, manifest, wasm));
  return { kernel: new WebAssembly.Module(parts.kernel), system, modules };
}
