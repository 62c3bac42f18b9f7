/** Modules in the text format of WebAssembly, by wabt: written as they stand, and not validated. */
import wabtInit from 'wabt';

const PAGE = 65_536;
const BLOCKS = ['read_block', 'write_block', 'inbox', 'outbox', 'frames'];

/** What of a plain module is otherwise. Each is text of the format. */
export interface WatParts {
  /** Before everything else: types, imports. */
  first?: string;
  memory?: string;
  globals?: string;
  initialize?: string;
  process?: string;
  /** After everything else. */
  more?: string;
}

/** The text of a module that the gatekeeper takes, but for `parts`. */
export function watText(parts: WatParts = {}): string {
  const blocks = BLOCKS.map(
    (name, i) => `(global (export "${name}") i32 (i32.const ${PAGE * (i + 1)}))`,
  );
  return `(module
    ${parts.first ?? ''}
    ${parts.memory ?? '(memory (export "memory") 8 8)'}
    ${parts.globals ?? blocks.join('\n')}
    (func (export "initialize") ${parts.initialize ?? ''})
    (func (export "process") ${parts.process ?? ''})
    ${parts.more ?? ''})`;
}

const FEATURES = {
  exceptions: true,
  sat_float_to_int: true,
  sign_extension: true,
  simd: true,
  threads: true,
  multi_value: true,
  tail_call: true,
  bulk_memory: true,
  reference_types: true,
  gc: true,
  memory64: true,
  extended_const: true,
  relaxed_simd: true,
};

let wabt: ReturnType<typeof wabtInit> | null = null;

/** The binary of a module's text. */
export async function assemble(text: string): Promise<Uint8Array> {
  wabt ??= wabtInit();
  const module = (await wabt).parseWat('module.wat', text, FEATURES);
  const { buffer } = module.toBinary({ write_debug_names: false });
  module.destroy();
  return buffer;
}

/** The text of a binary, instruction by instruction; what it cannot read is an error. */
export async function disassemble(binary: Uint8Array): Promise<string> {
  wabt ??= wabtInit();
  const module = (await wabt).readWasm(binary, FEATURES);
  const text = module.toText({});
  module.destroy();
  return text;
}

/** The binary of a plain module, but for `parts`. */
export function watModule(parts: WatParts = {}): Promise<Uint8Array> {
  return assemble(watText(parts));
}
