/**
 * A copy of the project in a folder of its own, with switches in the sources that are trusted, and
 * all of it compiled: what the changes are tried on. Nothing outside that folder is written to.
 */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JudgedTree } from './judge-process.ts';
import { SourceText } from './source-text.ts';
import { isOfKernel, KERNEL, type Mutant, switchSource } from './switched-source.ts';

const COPIED = [
  ...['netstack', 'config', 'drivers', 'firmware', 'scripts', 'tests'],
  ...['package.json', 'tsconfig.json'],
];
const SWITCH = `${KERNEL}/mutant-at.ts`;
/** What the kernel's program has besides; of the others, see judge.mjs. */
const SWITCH_SOURCE = `const reached: usize = memory.data(8192);
export let changedCheck: i32 = -1;
export let changedVariant: i32 = 0;
export function reachedAddress(): usize { return reached; }
export function mutantAt(check: i32): i32 {
  store<u8>(reached + <usize>check, 1);
  return check == changedCheck ? changedVariant : 0;
}
`;
const SWITCH_NAMES = 'changedCheck, changedVariant, reachedAddress';
const SWITCH_EXPORTS = `export { ${SWITCH_NAMES} } from './mutant-at';\n`;
/** What takes the place of the test framework. */
const STAND_IN = 'vitest-stand-in.mjs';

export class SwitchedTree implements JudgedTree {
  /** The folder, absolute. */
  readonly root: string;
  readonly mutants: readonly Mutant[];
  readonly checkCount: number;

  /** Copies the project at `project`, and switches the sources at `paths`. */
  constructor(project: string, paths: readonly string[]) {
    this.root = mkdtempSync(join(tmpdir(), 'sluice-mutate-'));
    for (const path of COPIED) {
      cpSync(join(project, path), join(this.root, path), { recursive: true });
    }
    symlinkSync(join(project, 'node_modules'), join(this.root, 'node_modules'));
    cpSync(join(project, 'build', 'wasm'), join(this.root, 'build', 'wasm'), { recursive: true });
    const mutants: Mutant[] = [];
    let checkCount = 0;
    for (const path of paths) {
      const text = readFileSync(join(this.root, path), 'utf8');
      const switched = switchSource(new SourceText(path, text), checkCount);
      writeFileSync(join(this.root, path), withSwitch(path, switched.text));
      mutants.push(...switched.mutants);
      checkCount += switched.checkCount;
    }
    if (paths.some(isOfKernel)) {
      writeFileSync(join(this.root, SWITCH), SWITCH_SOURCE);
      appendFileSync(join(this.root, KERNEL, 'kernel.ts'), SWITCH_EXPORTS);
    }
    this.mutants = mutants;
    this.checkCount = checkCount;
  }

  /** Where a source of the project lies as JavaScript. */
  compiled(path: string): string {
    return join(this.root, 'dist', path.replace(/\.ts$/, '.js'));
  }

  /** @throws Error, a bug of ours, where switches make a program that does not compile */
  compile(): void {
    const tsc = join(this.root, 'node_modules', 'typescript', 'bin', 'tsc');
    // Types do not survive switches, and need not: what is written out is all the same.
    this.#run(tsc, ['-p', '.', '--allowJs', '--noEmitOnError', 'false']);
    installStandIn(this.root);
    const build = join(this.root, 'dist', 'scripts', 'toolchain', 'build-firmware.js');
    const program = `await (await import(${JSON.stringify(build)})).buildAll();`;
    const { status, stderr } = this.#run('--input-type=module', ['-e', program]);
    if (status !== 0) throw new Error(`a switch does not compile: ${stderr}`);
  }

  #run(program: string, args: readonly string[]): { status: number | null; stderr: string } {
    const options = { cwd: this.root, encoding: 'utf8' } as const;
    return spawnSync(process.execPath, [program, ...args], options);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Puts the stand-in where compiled tests find it before the framework itself. */
export function installStandIn(root: string): void {
  const folder = join(root, 'dist', 'node_modules', 'vitest');
  mkdirSync(folder, { recursive: true });
  const description = { type: 'module', main: STAND_IN, name: 'vitest' };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(description));
  cpSync(join(root, 'scripts', 'mutate', STAND_IN), join(folder, STAND_IN));
}

/** Gives a source of the kernel its switch; the others find theirs without being told. */
function withSwitch(path: string, text: string): string {
  return isOfKernel(path) ? `import { mutantAt } from './mutant-at';\n${text}` : text;
}
