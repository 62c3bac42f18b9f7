/** `sluice module new`: a module to start from. It builds, is tested and runs as it is. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { shippedModuleNames } from '../../config/module-files.ts';
import { RESERVED_MODULES } from '../../config/system-nodes.ts';
import { ExitCode } from '../exit-code.ts';
import type { Host } from '../host.ts';
import { UsageError } from '../usage-error.ts';
import { newModuleFiles } from './new-module-files.ts';

const NAME = /^[a-z][a-z0-9-]{0,30}$/;

/** @throws {UsageError} for a name that no module can have */
function checkName(name: string): void {
  if (!NAME.test(name)) {
    const rule = 'lower-case letters, digits and "-", from a letter, at most 31';
    throw new UsageError(`"${name}" cannot be a module's name`, `it is ${rule}`);
  }
  if (RESERVED_MODULES.includes(name)) {
    throw new UsageError(`"${name}" is a node of the kernel`, 'name the module otherwise');
  }
  if (shippedModuleNames().includes(name)) {
    throw new UsageError(`"${name}" comes with Sluice`, 'name the module otherwise');
  }
}

/** Makes the folder and its files. @throws {UsageError} if it cannot be made, or is there */
export function runNew(folder: string, host: Host): ExitCode {
  const name = basename(resolve(folder));
  checkName(name);
  try {
    mkdirSync(folder);
    for (const [file, text] of Object.entries(newModuleFiles(name))) {
      writeFileSync(join(folder, file), text, { flag: 'wx' });
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const isThere = code === 'EEXIST';
    const what = isThere ? 'is there already' : `cannot be made (${code})`;
    throw new UsageError(`${folder} ${what}`, isThere ? 'name another folder' : 'check the path');
  }
  const files = Object.keys(newModuleFiles(name));
  host.stdout.write(
    [
      `${folder}: ${files.join(', ')}`,
      `next: sluice module test ${folder}`,
      `      sluice replay CAPTURE --config ROUTER --system ${join(folder, 'system.yaml')}\n`,
    ].join('\n'),
  );
  return ExitCode.Done;
}
