/** The router with modules of a test's own in it, each a few lines of AssemblyScript. */
import { join, relative } from 'node:path';
import type { Firmware } from '../../firmware/boot/assemble.ts';
import { findProjectRoot } from '../../scripts/toolchain/project-root.ts';
import { firmwareOf, scratchFolder, writeBelow } from './configuration.ts';

const MODULES = join(findProjectRoot(), 'firmware', 'modules');

export interface LyingModule {
  /** The manifest without name, version, summary and limits. */
  readonly keys: string;
  /** `index.ts`. */
  readonly source: string;
}

/** Lines of the parts `links` and `messages` of a system description. */
export interface Wiring {
  readonly own: readonly string[];
  readonly links: string;
  readonly messages?: string;
}

/** A firmware of these modules and of the router's `own`, linked so. */
export async function lyingSystem(
  modules: Readonly<Record<string, LyingModule>>,
  { own, links, messages = '' }: Wiring,
): Promise<Firmware> {
  const folder = scratchFolder();
  for (const [name, { keys, source }] of Object.entries(modules)) {
    const head = `name: ${name}\nversion: 1.0.0\nsummary: Lies.\n`;
    const manifest = `${head}${keys.trim()}\nlimits: { memory: 512 KiB, fuel-per-packet: 1000, fuel-per-message: 1000 }\n`;
    writeBelow(folder, `${name}/manifest.yaml`, manifest);
    writeBelow(folder, `${name}/index.ts`, source);
  }
  const library = relative(folder, MODULES);
  const entries = [
    ...Object.keys(modules).map((name) => `  ${name}: ${name}`),
    ...own.map((name) => `  ${name}: ${library}/${name}`),
  ];
  const told = messages === '' ? '' : `messages:\n${messages}\n`;
  const system = `modules:\n${entries.join('\n')}\nlinks:\n${links}\n${told}`;
  return firmwareOf(writeBelow(folder, 'system.yaml', system));
}
