/**
 * A data table: how much of what a module may have. Beyond each the loader says MODULE_LIMIT. They
 * bound what the loader and the engine's compiler have to do, and leave room for modules ten times
 * as large as the router's own.
 */
export const MODULE_LIMITS = {
  'bytes of binary': 1_048_576,
  types: 256,
  'parameters of a type': 32,
  functions: 1024,
  memories: 16,
  globals: 256,
  exports: 16,
  'bytes of a body': 65_536,
  'locals of a function': 1000,
  'nested blocks': 512,
  'labels of a br_table': 1024,
  'data segments': 1024,
  'bytes of a name': 256,
} as const;

/**
 * Bytes of stack that the deepest chain of calls may need by the loader's bound: half of the least
 * that an engine gives (V8: 984 KiB), for what the board itself has on the stack when it calls.
 */
export const STACK_SIZE_MAX = 393_216;
/** Bytes that a call takes whatever the function does: return address, spilled registers. */
export const STACK_FRAME_SIZE = 256;
/** Bytes of one value on the stack: a v128 is the largest. */
export const STACK_VALUE_SIZE = 16;
