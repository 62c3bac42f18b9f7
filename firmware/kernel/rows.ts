/** Rows of the vector: reading and writing their arrays, and saving them whole. */
import { VECTOR_ROWS_MAX } from '../../config/abi';
import { NODE_NONE } from '../boot/table-layout';
import { fillRows } from './bulk';
import { ARRAYS, directory, rowNode } from './row-columns';

/** Rows of the vector; before the first, all: every array has to be cleared. */
export let rowCount: i32 = VECTOR_ROWS_MAX;
export function setRowCount(count: i32): void { rowCount = count; }

// Where every instruction counts, loops say load<u32>(row << 2, column): the engine adds a constant
// column for nothing, and these functions cannot hand it one.
// @ts-ignore: decorator
@inline export function u8At(at: usize, i: i32): u32 { return load<u8>(at + <usize>i); }
// @ts-ignore: decorator
@inline export function u16At(at: usize, i: i32): u32 { return load<u16>(at + (<usize>i << 1)); }
// @ts-ignore: decorator
@inline export function u32At(at: usize, i: i32): u32 { return load<u32>(at + (<usize>i << 2)); }
// @ts-ignore: decorator
@inline export function u64At(at: usize, i: i32): u64 { return load<u64>(at + (<usize>i << 3)); }
// @ts-ignore: decorator
@inline export function setU8(column: usize, row: i32, value: u32): void {
  store<u8>(column + <usize>row, <u8>value);
}
// @ts-ignore: decorator
@inline export function setU16(column: usize, row: i32, value: u32): void {
  store<u16>(column + (<usize>row << 1), <u16>value);
}
// @ts-ignore: decorator
@inline export function setU32(column: usize, row: i32, value: u32): void {
  store<u32>(column + (<usize>row << 2), value);
}
// @ts-ignore: decorator
@inline export function setU64(column: usize, row: i32, value: u64): void {
  store<u64>(column + (<usize>row << 3), value);
}

/** Which of the 16 rows from `base` on stand at `node`, a bit each; none beyond the vector. */
// @ts-ignore: decorator
@inline export function rowsAt(node: u32, base: i32): u32 {
  const bits = <u32>i8x16.bitmask(i8x16.eq(v128.load(base, rowNode), i8x16.splat(<i8>node)));
  return bits & (rowCount - base < 16 ? (1 << (rowCount - base)) - 1 : 0xffff);
}

/** Bytes of a row saved by `saveRow`. */
export let savedRowSize: i32 = 0;

/** Once: no row has stood anywhere yet. */
export function openRows(): void {
  fillRows(rowNode, NODE_NONE, VECTOR_ROWS_MAX);
  for (let array: u32 = 0; array < ARRAYS; array++) savedRowSize += arrayWidth(array);
}

/** Address of the array of column `id`; windows (COLUMN_PAYLOAD, COLUMN_FRAME) have none. */
export function columnAddress(id: u32): usize { return load<u32>(directory + (<usize>id << 3)); }

/** Bytes a row of the same. */
export function arrayWidth(id: u32): i32 { return load<i32>(directory + (<usize>id << 3), 4); }

/** The value of `width` bytes, at most 8: eight are read. */
// @ts-ignore: decorator
@inline export function loadWide(at: usize, width: i32): u64 {
  return load<u64>(at) & (u64.MAX_VALUE >> (width < 8 ? 64 - (width << 3) : 0));
}

// @ts-ignore: decorator
@inline export function storeWide(at: usize, value: u64, width: i32): void {
  if (width == 1) store<u8>(at, <u8>value);
  else if (width == 2) store<u16>(at, <u16>value);
  else if (width == 4) store<u32>(at, <u32>value);
  else store<u64>(at, value);
}

/** Copies what an array holds of a row: 1, 2, 4, 8 or 16 bytes. */
function copyElement(to: usize, from: usize, width: i32): void {
  storeWide(to, loadWide(from, width), width);
  if (width == 16) store<u64>(to, load<u64>(from, 8), 8);
}

// @ts-ignore: decorator
@inline function elementAt(id: u32, row: i32): usize {
  return columnAddress(id) + <usize>(row * arrayWidth(id));
}

/** Copies what a list of {array, offset} says of `row` to a record. */
export function saveElements(list: usize, row: i32, record: usize): void {
  for (; load<i32>(list) >= 0; list += 8) {
    const id = load<u32>(list);
    copyElement(record + load<u32>(list, 4), elementAt(id, row), arrayWidth(id));
  }
}

/** Copies what a list of {array, offset} says from a record to `row`. */
export function loadElements(list: usize, row: i32, record: usize): void {
  for (; load<i32>(list) >= 0; list += 8) {
    const id = load<u32>(list);
    copyElement(elementAt(id, row), record + load<u32>(list, 4), arrayWidth(id));
  }
}

/** Copies every array's element of `row` to `to`, `savedRowSize` bytes. */
export function saveRow(row: i32, to: usize): void {
  for (let id: u32 = 0; id < ARRAYS; to += arrayWidth(id), id++) {
    copyElement(to, elementAt(id, row), arrayWidth(id));
  }
}

export function restoreRow(row: i32, from: usize): void {
  for (let id: u32 = 0; id < ARRAYS; from += arrayWidth(id), id++) {
    copyElement(elementAt(id, row), from, arrayWidth(id));
  }
}

const zeros: usize = memory.data(16, 16);

/** Zeroes every array's element of `row`: no row carries another packet's past. */
export function clearRow(row: i32): void {
  for (let id: u32 = 0; id < ARRAYS; id++) copyElement(elementAt(id, row), zeros, arrayWidth(id));
}
