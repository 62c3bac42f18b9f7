/**
 * The engine's own interface, as far as these tests use it: Node's types do not declare it.
 */

interface Global {
  value: number;
}

/** What every module exports (ABI 1). */
export interface ModuleExports {
  memory: { buffer: ArrayBuffer; grow(pages: number): number };
  read_block: Global;
  write_block: Global;
  inbox: Global;
  outbox: Global;
  frames: Global;
  initialize(): void;
  process(): void;
  receive?(): void;
  tick?(): void;
}

interface Engine {
  Module: {
    new (bytes: Uint8Array): object;
    imports(module: object): { module: string; name: string }[];
    exports(module: object): { name: string; kind: string }[];
  };
  Instance: new (module: object) => { exports: object };
}

const engine = (globalThis as unknown as { WebAssembly: Engine }).WebAssembly;

/** Instantiates a module as a sandbox does: with no imports. */
export function instantiate(wasm: Uint8Array): ModuleExports {
  return new engine.Instance(new engine.Module(wasm)).exports as ModuleExports;
}

export function importsOf(wasm: Uint8Array): string[] {
  return engine.Module.imports(new engine.Module(wasm)).map((i) => `${i.module}.${i.name}`);
}

export function exportsOf(wasm: Uint8Array): { name: string; kind: string }[] {
  return engine.Module.exports(new engine.Module(wasm));
}
