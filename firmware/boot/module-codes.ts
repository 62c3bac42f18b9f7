/**
 * A data table: why the loader refuses a module, and what its author can do. Codes are API: they
 * stand in what commands print, and in docs/module-codes.md.
 */
export const MODULE_CODES = {
  MODULE_MALFORMED: {
    meaning:
      'The bytes are not a WebAssembly binary: no header, cut short, or sections in disorder',
    hint: 'compile it again, as a core WebAssembly module',
  },
  MODULE_INVALID: {
    meaning: 'The engine does not validate it: types do not fit, or a name stands twice',
    hint: 'compile it again',
  },
  MODULE_LIMIT: {
    meaning: 'More of something than MODULE_LIMITS has',
    hint: 'make it smaller, or split the module',
  },
  MODULE_IMPORTS: {
    meaning: 'An import section: a module reaches nothing outside',
    hint: 'a module has no imports: map abort away, use no host function',
  },
  MODULE_START: {
    meaning: 'A start section: code would run before the board is ready',
    hint: 'initialise in the export initialize()',
  },
  MODULE_TABLE: {
    meaning: 'A table or element section: who is called must be known from the bytes',
    hint: 'call functions directly, not through references',
  },
  MODULE_INDIRECT: {
    meaning: 'An indirect call',
    hint: 'call functions directly, not through references',
  },
  MODULE_REFERENCES: {
    meaning: 'A reference, a table instruction or a garbage-collected type',
    hint: 'use integers and memory only',
  },
  MODULE_RECURSION: {
    meaning: 'A function that calls itself, directly or through others',
    hint: 'write it as a loop with a bounded stack of its own',
  },
  MODULE_STACK: {
    meaning: 'The deepest chain of calls could need more stack than STACK_SIZE_MAX',
    hint: 'split large functions that call one another, or keep values in memory',
  },
  MODULE_FLOAT: {
    meaning: 'Floating point: NaNs differ from machine to machine',
    hint: 'use integers, e.g. fixed point',
  },
  MODULE_RELAXED: {
    meaning: 'Relaxed SIMD: its results differ from machine to machine',
    hint: 'compile without relaxed SIMD',
  },
  MODULE_THREADS: {
    meaning: 'Atomics, or a shared memory',
    hint: 'compile without threads',
  },
  MODULE_EXCEPTIONS: {
    meaning: 'Exceptions, or a tag section',
    hint: 'compile without exceptions',
  },
  MODULE_TAIL_CALL: {
    meaning: 'A tail call',
    hint: 'compile without tail calls',
  },
  MODULE_MULTI_VALUE: {
    meaning: 'A function or block with several results, or a block with parameters',
    hint: 'compile without multi-value',
  },
  MODULE_PASSIVE_DATA: {
    meaning: 'A data segment that is not copied at the start, or memory.init, data.drop',
    hint: 'use active data segments: compile for one thread',
  },
  MODULE_OPCODE: {
    meaning: 'An instruction that ABI 1 does not know',
    hint: 'compile for WebAssembly 1.0 with sign extension, bulk memory and SIMD at most',
  },
  MODULE_INDEX: {
    meaning: 'A label, local, global or function that is not there',
    hint: 'compile it again',
  },
  MODULE_SECTION: {
    meaning: 'A section that ABI 1 does not know',
    hint: 'compile for WebAssembly 1.0 with sign extension, bulk memory and SIMD at most',
  },
  MODULE_GLOBAL: {
    meaning: 'A global whose initial value is not one constant',
    hint: 'give globals constant values, and compute in initialize()',
  },
  MODULE_MEMORY: {
    meaning: 'Not exactly one memory, or one of 64 bits',
    hint: 'define one memory of 32 bits and export it',
  },
  MODULE_MEMORY_GROWS: {
    meaning: "The memory's initial and maximum size differ",
    hint: 'make initial and maximum equal',
  },
  MODULE_MEMORY_LIMIT: {
    meaning: "The memory is larger than the manifest's limits.memory",
    hint: 'raise limits.memory, or use less',
  },
  MODULE_MEMORY_HOST: {
    meaning: 'The host has no room for the memory, though limits.memory allows it',
    hint: 'lower limits.memory, or give the process more memory (ulimit -v)',
  },
  MODULE_DATA: {
    meaning: 'A data segment that does not lie in the memory, or whose offset is no constant',
    hint: 'enlarge the memory, or move the data',
  },
  MODULE_EXPORT: {
    meaning: 'An export that ABI 1 does not name, of another kind, or twice there',
    hint: 'export only what ABI 1 names',
  },
  MODULE_EXPORT_MISSING: {
    meaning: 'An export of ABI 1 is not there',
    hint: 'export memory, initialize, process and the five blocks',
  },
  MODULE_SIGNATURE: {
    meaning: 'A procedure that has parameters or results',
    hint: 'declare it without parameters and results',
  },
  MODULE_BLOCK: {
    meaning: 'A block that is no constant, not aligned to 64, not in the memory, or over another',
    hint: 'export the address of memory that is its own, as an immutable i32 constant',
  },
  MODULE_FAULT: {
    meaning: 'It faults while the router is configured, at boot',
    hint: 'mend the module, or raise the budget in its limits',
  },
} as const;

export type ModuleCode = keyof typeof MODULE_CODES;
