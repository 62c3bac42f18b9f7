/**
 * Assembling: from named components to one firmware, its bytes and its digest. Nothing else is
 * ever run: a board is made of a Firmware only.
 */
import { createHash } from 'node:crypto';
import type { Manifest } from '../../config/manifest.ts';
import type { System } from '../../config/system.ts';
import { type Member, writeArchive } from './archive.ts';
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

/** A firmware that a board can run. `digest` is the SHA-256 of `image`, in hex. */
export interface Firmware {
  readonly image: Uint8Array;
  readonly digest: string;
  readonly components: readonly ComponentDigest[];
  readonly kernel: WebAssembly.Module;
  readonly system: System;
  readonly modules: readonly LoadedModule[];
}

/** @throws BootError when a module is refused */
export function assembleFirmware(parts: FirmwareComponents): Firmware {
  const text = new TextEncoder();
  const members: Member[] = [
    { name: 'kernel.wasm', bytes: parts.kernel },
    { name: 'system.yaml', bytes: text.encode(parts.systemText) },
    ...parts.modules.flatMap(({ name, manifestText, wasm }) => [
      { name: `modules/${name}/manifest.yaml`, bytes: text.encode(manifestText) },
      { name: `modules/${name}/module.wasm`, bytes: wasm },
    ]),
  ];
  const image = writeArchive(members);
  return {
    image,
    digest: sha256(image),
    components: members.map(({ name, bytes }) => ({
      name,
      size: bytes.length,
      digest: sha256(bytes),
    })),
    kernel: new WebAssembly.Module(parts.kernel),
    system: parts.system,
    modules: parts.modules.map(({ name, manifest, wasm }) => loadModule(name, manifest, wasm)),
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
