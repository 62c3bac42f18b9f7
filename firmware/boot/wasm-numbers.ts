/**
 * A data table: numbers of the WebAssembly binary format (core specification 2.0, 5.3 to 5.5).
 */
import type { ModuleCode } from './module-codes.ts';

export const MAGIC_AND_VERSION: readonly number[] = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

export const SECTION_CUSTOM = 0;
export const SECTION_TYPE = 1;
export const SECTION_FUNCTION = 3;
export const SECTION_MEMORY = 5;
export const SECTION_GLOBAL = 6;
export const SECTION_EXPORT = 7;
export const SECTION_CODE = 10;
export const SECTION_DATA = 11;
export const SECTION_DATA_COUNT = 12;

/** The order that the specification asks for; each at most once. */
export const SECTION_ORDER: readonly number[] = [
  SECTION_TYPE,
  SECTION_FUNCTION,
  SECTION_MEMORY,
  SECTION_GLOBAL,
  SECTION_EXPORT,
  SECTION_DATA_COUNT,
  SECTION_CODE,
  SECTION_DATA,
];

/** Sections that no module may have, empty or not. */
export const SECTIONS_REFUSED: ReadonlyMap<number, ModuleCode> = new Map([
  [2, 'MODULE_IMPORTS'],
  [4, 'MODULE_TABLE'],
  [8, 'MODULE_START'],
  [9, 'MODULE_TABLE'], // elements
  [13, 'MODULE_EXCEPTIONS'], // tags
]);

export const EXPORT_FUNCTION = 0;
export const EXPORT_MEMORY = 2;
export const EXPORT_GLOBAL = 3;

export const TYPE_FUNCTION = 0x60;
export const TYPE_I32 = 0x7f;
export const TYPE_I64 = 0x7e;
export const TYPE_V128 = 0x7b;
export const TYPE_F32 = 0x7d;
export const TYPE_F64 = 0x7c;
/** Of a block without parameters and results. */
export const BLOCK_EMPTY = 0x40;

export const GLOBAL_MUTABLE = 1;
/** Of a memory argument: 16 bytes, as a power of two. Above it stands the bit of another memory. */
export const ALIGNMENT_MAX = 4;
