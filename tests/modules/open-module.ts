import { join } from 'node:path';
import { type BuiltModule, buildModule } from '../../scripts/toolchain/build-firmware.ts';
import { findProjectRoot } from '../../scripts/toolchain/project-root.ts';

/** The folder of one of the project's own modules. */
export function moduleFolder(name: string): string {
  return join(findProjectRoot(), 'firmware', 'modules', name);
}

/** One of the project's own modules, built. */
export function openModule(name: string): Promise<BuiltModule> {
  return buildModule(moduleFolder(name));
}

/** `a.b.c.d` as a number. */
export function ip(text: string): number {
  return text.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
}
