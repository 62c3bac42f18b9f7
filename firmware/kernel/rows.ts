/**
 * The vector: one array a column, and what only the kernel knows of a row.
 * Structure of arrays, 256 rows, static memory; values in host order.
 */
import { PORT_NONE } from '../../config/abi';
import { NODE_NONE } from '../boot/table-layout';
import {
  B1, B2, B4, ethDst, ethSrc, icmpCode, ipv4Src, ipv6Dst, ipv6Src, l4Dport, metaEgress, metaIngress,
  metaLength, quotedIpv4Dst, quotedIpv4Proto, quotedIpv4Src, quotedL4Dport, quotedL4Sport, rowDirty,
  rowFrame, rowHeldAt, rowL3, rowL4, rowNode, rowPeer, rowTime, tcpAck,
} from './row-columns';

export * from './row-columns';

export let rowCount: i32 = 0;
export function setRowCount(count: i32): void {
  rowCount = count;
}

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

/** What a saved row is made of: every array above, {u32 address, u32 bytes a row}. */
const directory: usize = memory.data(64 * 8, 64);
let directoryCount: i32 = 0;
/** Bytes of a row saved by `saveRow`. */
export let savedRowSize: i32 = 0;

function enter(address: usize, width: i32): void {
  const entry = directory + (<usize>directoryCount << 3);
  store<u32>(entry, <u32>address);
  store<u32>(entry, width, 4);
  directoryCount++;
  savedRowSize += width;
}

/** Fills the directory; columns first, so that entry k < 33 is the column with id k. Call once. */
export function openRows(): void {
  directoryCount = 0;
  savedRowSize = 0;
  for (let a = metaIngress; a <= icmpCode; a += B1) enter(a, 1);
  for (let a = metaLength; a <= l4Dport; a += B2) enter(a, 2);
  for (let a = ipv4Src; a <= tcpAck; a += B4) enter(a, 4);
  enter(ethSrc, 8); enter(ethDst, 8);
  enter(ipv6Src, 16); enter(ipv6Dst, 16);
  enter(quotedIpv4Src, 4); enter(quotedIpv4Dst, 4); enter(quotedIpv4Proto, 1);
  enter(quotedL4Sport, 2); enter(quotedL4Dport, 2);
  for (let a = rowNode; a <= rowL3; a += B1) enter(a, 1);
  for (let a = rowL4; a <= rowDirty; a += B2) enter(a, 2);
  for (let a = rowFrame; a <= rowPeer; a += B4) enter(a, 4);
  enter(rowTime, 8); enter(rowHeldAt, 8);
}

/** No row has stood anywhere yet. */
export function emptyRows(): void {
  memory.fill(metaEgress, <u8>PORT_NONE, B1);
  memory.fill(rowNode, <u8>NODE_NONE, B1);
}

/** Address of the array of column `id`; windows (COLUMN_PAYLOAD, COLUMN_FRAME) have none. */
export function columnAddress(id: u32): usize {
  return load<u32>(directory + (<usize>id << 3));
}

/** Copies every array's element of `row` to `to`, `savedRowSize` bytes. */
export function saveRow(row: i32, to: usize): void {
  for (let i = 0; i < directoryCount; i++) {
    const width = <usize>load<u32>(directory + (<usize>i << 3), 4);
    memory.copy(to, columnAddress(i) + <usize>row * width, width);
    to += width;
  }
}

export function restoreRow(row: i32, from: usize): void {
  for (let i = 0; i < directoryCount; i++) {
    const width = <usize>load<u32>(directory + (<usize>i << 3), 4);
    memory.copy(columnAddress(i) + <usize>row * width, from, width);
    from += width;
  }
}

/** Zeroes every array's element of `row`: no row carries another packet's past. */
export function clearRow(row: i32): void {
  for (let i = 0; i < directoryCount; i++) {
    const width = <usize>load<u32>(directory + (<usize>i << 3), 4);
    memory.fill(columnAddress(i) + <usize>row * width, 0, width);
  }
}
