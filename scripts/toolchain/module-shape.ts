/**
 * What the sandbox contract asks of a compiled module's form, as far as the compiler could break
 * it. A courtesy to authors: the loader judges again, and does not trust this.
 */

/** Thrown when sources compile to something that no sandbox would load. */
export class ModuleShapeError extends Error {
  readonly code = 'TOOLCHAIN_MODULE_SHAPE';

  constructor(module: string, problem: string) {
    super(`${module}: ${problem}`);
    this.name = 'ModuleShapeError';
  }
}

const PREAMBLE_SIZE = 8;
const SECTION_IMPORT = 2;
const SECTION_TABLE = 4;
const SECTION_EXPORT = 7;
const SECTION_START = 8;
const EXPORTS_NEEDED = ['memory', 'initialize', 'process'];

/** Reads on from `at`; the compiler's output is taken to be well formed. */
class SectionReader {
  readonly wasm: Uint8Array;
  at: number;

  constructor(wasm: Uint8Array, at: number) {
    this.wasm = wasm;
    this.at = at;
  }

  byte(): number {
    return this.wasm[this.at++] as number;
  }

  number(): number {
    let value = 0;
    for (let unit = 1; ; unit *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value;
    }
  }

  name(): string {
    const size = this.number();
    this.at += size;
    return new TextDecoder().decode(this.wasm.subarray(this.at - size, this.at));
  }
}

/** Where the contents of each section begin, by section id. */
function sectionsOf(wasm: Uint8Array): Map<number, number> {
  const sections = new Map<number, number>();
  const reader = new SectionReader(wasm, PREAMBLE_SIZE);
  while (reader.at < wasm.length) {
    const id = reader.byte();
    const size = reader.number();
    sections.set(id, reader.at);
    reader.at += size;
  }
  return sections;
}

function exportNames(wasm: Uint8Array, at: number): string[] {
  const reader = new SectionReader(wasm, at);
  return Array.from({ length: reader.number() }, () => {
    const name = reader.name();
    reader.byte();
    reader.number();
    return name;
  });
}

/**
 * Checks that a compiled module has no imports, no start section and no table, and the exports
 * that every module needs.
 * @throws {ModuleShapeError} saying what to change in the sources
 */
export function checkModuleShape(module: string, wasm: Uint8Array): void {
  const sections = sectionsOf(wasm);
  if (sections.has(SECTION_IMPORT)) {
    throw new ModuleShapeError(module, 'it imports something; a module may import nothing');
  }
  if (sections.has(SECTION_START)) {
    const remedy = 'set it in initialize()';
    throw new ModuleShapeError(module, `a top-level initialiser is not constant; ${remedy}`);
  }
  if (sections.has(SECTION_TABLE)) {
    throw new ModuleShapeError(module, 'it takes the address of a function; call it directly');
  }
  const exported = sections.get(SECTION_EXPORT);
  const names = exported === undefined ? [] : exportNames(wasm, exported);
  const missing = EXPORTS_NEEDED.find((name) => !names.includes(name));
  if (missing !== undefined) throw new ModuleShapeError(module, `index.ts exports no ${missing}`);
}
