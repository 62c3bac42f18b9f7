/**
 * A data table: the instructions of WebAssembly (core specification 2.0, 5.4). What stands in
 * ALLOWED may be in a module, and nothing else: integers, SIMD of integers, bulk memory. What these
 * do is the same on every machine, to the bit; NaNs and what is relaxed are not.
 */

/** A part of what follows an opcode in the code. */
export type Immediate =
  | 'block type'
  | 'label'
  | 'labels'
  | 'function'
  | 'local'
  | 'global'
  | 'alignment'
  | 'offset'
  | 'memory'
  | 'i32'
  | 'i64'
  | 'lane'
  | '16 bytes';

/** Opcodes after a prefix have their number in a LEB128 of its own. */
export const PREFIX_FIRST = 0xfb;
export const PREFIX_SIMD = 0xfd;
/** Opcodes as one number: prefix * OPCODES_PER_PREFIX + opcode, or the opcode alone. */
export const OPCODES_PER_PREFIX = 0x10000;

export const OP_UNREACHABLE = 0x00;
export const OP_BLOCK = 0x02;
export const OP_LOOP = 0x03;
export const OP_IF = 0x04;
export const OP_ELSE = 0x05;
export const OP_END = 0x0b;
export const OP_BR = 0x0c;
export const OP_BR_IF = 0x0d;
export const OP_BR_TABLE = 0x0e;
export const OP_RETURN = 0x0f;
export const OP_CALL = 0x10;
export const OP_DROP = 0x1a;
export const OP_LOCAL_GET = 0x20;
export const OP_LOCAL_SET = 0x21;
export const OP_GLOBAL_GET = 0x23;
export const OP_GLOBAL_SET = 0x24;
export const OP_MEMORY_GROW = 0x40;
export const OP_I32_CONST = 0x41;
export const OP_I64_CONST = 0x42;
export const OP_I32_LT_S = 0x48;
export const OP_I32_SUB = 0x6b;
export const OP_I32_SHR_U = 0x76;
export const OP_MEMORY_COPY = 0xfc000a;
export const OP_MEMORY_FILL = 0xfc000b;
export const OP_V128_CONST = 0xfd000c;

/** Marks of structure: executing them does nothing. (Where a loop begins, fuel is looked at.) */
export const STRUCTURE: ReadonlySet<number> = new Set([OP_BLOCK, OP_ELSE, OP_END]);
/** What follows one of these is only reached by a branch. */
export const NEVER_PASSED: ReadonlySet<number> = new Set([
  OP_UNREACHABLE,
  OP_BR,
  OP_BR_TABLE,
  OP_RETURN,
]);

/** First and last opcode of a run, and what follows each. */
export const ALLOWED: readonly (readonly [first: number, last: number, ...Immediate[]])[] = [
  [0x00, 0x01], // unreachable, nop
  [0x02, 0x04, 'block type'], // block, loop, if
  [0x05, 0x05], // else
  [0x0b, 0x0b], // end
  [0x0c, 0x0d, 'label'], // br, br_if
  [0x0e, 0x0e, 'labels'], // br_table
  [0x0f, 0x0f], // return
  [0x10, 0x10, 'function'], // call
  [0x1a, 0x1b], // drop, select
  [0x20, 0x22, 'local'], // local.get, .set, .tee
  [0x23, 0x24, 'global'], // global.get, .set
  [0x28, 0x29, 'alignment', 'offset'], // i32.load, i64.load
  [0x2c, 0x37, 'alignment', 'offset'], // loads of 8, 16 and 32 bits; i32.store, i64.store
  [0x3a, 0x3e, 'alignment', 'offset'], // stores of 8, 16 and 32 bits
  [0x3f, 0x40, 'memory'], // memory.size, memory.grow
  [0x41, 0x41, 'i32'],
  [0x42, 0x42, 'i64'],
  [0x45, 0x5a], // comparisons of i32 and i64
  [0x67, 0x8a], // arithmetic of i32 and i64
  [0xa7, 0xa7], // i32.wrap_i64
  [0xac, 0xad], // i64.extend_i32_s, _u
  [0xc0, 0xc4], // extend8_s, extend16_s, extend32_s
  [0xfc000a, 0xfc000a, 'memory', 'memory'], // memory.copy
  [0xfc000b, 0xfc000b, 'memory'], // memory.fill
  [0xfd0000, 0xfd000b, 'alignment', 'offset'], // v128.load, extending and splatting; v128.store
  [0xfd000c, 0xfd000d, '16 bytes'], // v128.const, i8x16.shuffle
  [0xfd000e, 0xfd0012], // swizzle; splats of integers
  [0xfd0015, 0xfd001e, 'lane'], // extract_lane, replace_lane of integers
  [0xfd0023, 0xfd0040], // comparisons of i8x16, i16x8, i32x4
  [0xfd004d, 0xfd0053], // v128.not .. any_true
  [0xfd0054, 0xfd005b, 'alignment', 'offset', 'lane'], // v128.load8_lane .. store64_lane
  [0xfd005c, 0xfd005d, 'alignment', 'offset'], // v128.load32_zero, load64_zero
  [0xfd0060, 0xfd0066], // i8x16.abs .. narrow
  [0xfd006b, 0xfd0073], // i8x16.shl .. sub_sat_u
  [0xfd0076, 0xfd0079], // i8x16.min_s .. max_u
  [0xfd007b, 0xfd0093], // i8x16.avgr_u .. i16x8.sub_sat_u
  [0xfd0095, 0xfd0099], // i16x8.mul .. max_u
  [0xfd009b, 0xfd00a1], // i16x8.avgr_u .. i32x4.neg
  [0xfd00a3, 0xfd00a4], // i32x4.all_true, bitmask
  [0xfd00a7, 0xfd00ae], // i32x4.extend .. add
  [0xfd00b1, 0xfd00b1], // i32x4.sub
  [0xfd00b5, 0xfd00ba], // i32x4.mul .. dot_i16x8_s
  [0xfd00bc, 0xfd00c1], // i32x4.extmul .. i64x2.neg
  [0xfd00c3, 0xfd00c4], // i64x2.all_true, bitmask
  [0xfd00c7, 0xfd00ce], // i64x2.extend .. add
  [0xfd00d1, 0xfd00d1], // i64x2.sub
  [0xfd00d5, 0xfd00df], // i64x2.mul .. extmul
];

/** Why the rest is refused; what stands in neither list is MODULE_OPCODE. */
export const REFUSED = [
  [0x06, 0x0a, 'MODULE_EXCEPTIONS'], // try, catch, throw, rethrow, throw_ref
  [0x11, 0x11, 'MODULE_INDIRECT'], // call_indirect
  [0x12, 0x13, 'MODULE_TAIL_CALL'], // return_call, return_call_indirect
  [0x14, 0x15, 'MODULE_INDIRECT'], // call_ref, return_call_ref
  [0x18, 0x19, 'MODULE_EXCEPTIONS'], // delegate, catch_all
  [0x1c, 0x1c, 'MODULE_REFERENCES'], // select with a type
  [0x1f, 0x1f, 'MODULE_EXCEPTIONS'], // try_table
  [0x25, 0x26, 'MODULE_REFERENCES'], // table.get, table.set
  [0x2a, 0x2b, 'MODULE_FLOAT'], // f32.load, f64.load
  [0x38, 0x39, 'MODULE_FLOAT'], // f32.store, f64.store
  [0x43, 0x44, 'MODULE_FLOAT'], // f32.const, f64.const
  [0x5b, 0x66, 'MODULE_FLOAT'], // comparisons
  [0x8b, 0xa6, 'MODULE_FLOAT'], // arithmetic
  [0xa8, 0xab, 'MODULE_FLOAT'], // i32.trunc, i64.trunc ..
  [0xae, 0xbf, 'MODULE_FLOAT'], // conversions
  [0xd0, 0xd6, 'MODULE_REFERENCES'], // ref.null ..
  [0xfb0000, 0xfbffff, 'MODULE_REFERENCES'], // structs, arrays, casts
  [0xfc0000, 0xfc0007, 'MODULE_FLOAT'], // trunc_sat
  [0xfc0008, 0xfc0009, 'MODULE_PASSIVE_DATA'], // memory.init, data.drop
  [0xfc000c, 0xfc0011, 'MODULE_REFERENCES'], // table.init .. table.fill
  [0xfd0013, 0xfd0014, 'MODULE_FLOAT'], // splats
  [0xfd001f, 0xfd0022, 'MODULE_FLOAT'], // lanes
  [0xfd0041, 0xfd004c, 'MODULE_FLOAT'], // comparisons
  [0xfd005e, 0xfd005f, 'MODULE_FLOAT'], // demote, promote
  [0xfd0067, 0xfd006a, 'MODULE_FLOAT'], // f32x4.ceil .. nearest
  [0xfd0074, 0xfd0075, 'MODULE_FLOAT'], // f64x2.ceil, floor
  [0xfd007a, 0xfd007a, 'MODULE_FLOAT'], // f64x2.trunc
  [0xfd0094, 0xfd0094, 'MODULE_FLOAT'], // f64x2.nearest
  [0xfd00e0, 0xfd00ff, 'MODULE_FLOAT'], // f32x4.abs .. f64x2.convert
  [0xfd0100, 0xfd0114, 'MODULE_RELAXED'], // relaxed SIMD
  [0xfe0000, 0xfeffff, 'MODULE_THREADS'], // atomics
] as const;
