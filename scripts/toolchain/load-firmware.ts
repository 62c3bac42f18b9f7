/** From a system description's path to a firmware: builds what it names and assembles it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadSystem } from '../../config/system.ts';
import type { Firmware } from '../../firmware/boot/assemble.ts';
import { assembleFirmware } from './assemble-firmware.ts';
import { buildKernel, buildModule } from './build-firmware.ts';
import { findProjectRoot } from './project-root.ts';

/** The router's own system description. */
export function defaultSystemPath(): string {
  return join(findProjectRoot(), 'firmware', 'system.yaml');
}

/**
 * @throws {ConfigError} for a bad system description or manifest
 * @throws {CompileError | ModuleShapeError} for sources that make no module
 * @throws {BootError} for a module that the loader refuses
 */
export async function loadFirmware(systemPath: string = defaultSystemPath()): Promise<Firmware> {
  const system = loadSystem(systemPath);
  const modules = [];
  for (const { name, path, manifest } of system.modules) {
    modules.push({ name, ...(await buildModule(path, { manifest })) });
  }
  const kernel = await buildKernel();
  return assembleFirmware({
    kernel,
    system,
    systemText: readFileSync(systemPath, 'utf8'),
    modules,
  });
}
