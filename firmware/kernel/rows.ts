/**
 * The vector: one array a column, and what only the kernel knows of a row.
 * Structure of arrays, 256 rows, static memory; values in host order.
 */
import { PORT_NONE, VECTOR_ROWS_MAX } from '../../config/abi';
import { NODE_NONE } from '../boot/table-layout';

/** One row more than a vector has: it stands for none in reports. */
export const ROW_SPARE: i32 = VECTOR_ROWS_MAX;
const B1: i32 = VECTOR_ROWS_MAX + 64;
/** From one array of bytes to the next; wider ones lie as many times further apart. */
export const COLUMN_STRIDE: i32 = B1;
const B2: i32 = B1 * 2;
const B4: i32 = B1 * 4;
const B8: i32 = B1 * 8;
const B16: i32 = B1 * 16;

// Columns, in the order of their ids (config/abi.ts).
export const metaIngress: usize = memory.data(B1, 64);
export const metaEgress: usize = memory.data(B1, 64);
export const metaHeld: usize = memory.data(B1, 64);
export const metaReason: usize = memory.data(B1, 64);
export const ipv4Proto: usize = memory.data(B1, 64);
export const ipv4Ttl: usize = memory.data(B1, 64);
export const ipv4Dscp: usize = memory.data(B1, 64);
export const ipv6Next: usize = memory.data(B1, 64);
export const ipv6Hops: usize = memory.data(B1, 64);
export const tcpFlags: usize = memory.data(B1, 64);
export const icmpType: usize = memory.data(B1, 64);
export const icmpCode: usize = memory.data(B1, 64);
export const metaLength: usize = memory.data(B2, 64);
export const metaMtu: usize = memory.data(B2, 64);
export const ethType: usize = memory.data(B2, 64);
export const vlanId: usize = memory.data(B2, 64);
export const ipv4Fragment: usize = memory.data(B2, 64);
export const l4Sport: usize = memory.data(B2, 64);
export const l4Dport: usize = memory.data(B2, 64);
export const ipv4Src: usize = memory.data(B4, 64);
export const ipv4Dst: usize = memory.data(B4, 64);
export const metaNexthop: usize = memory.data(B4, 64);
export const tcpSeq: usize = memory.data(B4, 64);
export const tcpAck: usize = memory.data(B4, 64);
export const ethSrc: usize = memory.data(B8, 64);
export const ethDst: usize = memory.data(B8, 64);
export const ipv6Src: usize = memory.data(B16, 64);
export const ipv6Dst: usize = memory.data(B16, 64);
export const quotedIpv4Src: usize = memory.data(B4, 64);
export const quotedIpv4Dst: usize = memory.data(B4, 64);
export const quotedIpv4Proto: usize = memory.data(B1, 64);
export const quotedL4Sport: usize = memory.data(B2, 64);
export const quotedL4Dport: usize = memory.data(B2, 64);

// What only the kernel knows of a row.
export const rowNode: usize = memory.data(B1, 64); // where the row is: NODE_*
export const rowFlags: usize = memory.data(B1, 64); // ROW_*
export const rowGeneration: usize = memory.data(B1, 64); // of made frames
export const rowPinned: usize = memory.data(B1, 64); // the port an answer or reply must leave by
export const rowMaker: usize = memory.data(B1, 64); // the node that made or handed over the row
export const rowTags: usize = memory.data(B1, 64); // VLAN tags in the frame
export const rowL3: usize = memory.data(B1, 64); // offset of the network header in the frame
export const rowL4: usize = memory.data(B2, 64); // offset of the transport header; 0: none
export const rowEnd: usize = memory.data(B2, 64); // end of the packet in the frame
export const rowQuoted: usize = memory.data(B2, 64); // offset of the quoted packet; 0: none
export const rowIcmpId: usize = memory.data(B2, 64); // identifier of an ICMP query
export const rowQuotedId: usize = memory.data(B2, 64); // identifier of the quoted ICMP query
export const rowClass: usize = memory.data(B2, 64);
export const rowDirty: usize = memory.data(B2, 64); // DIRTY_*: header fields that deparse writes
export const rowFrame: usize = memory.data(B4, 64); // address of the frame's first byte
export const rowMatchSrc: usize = memory.data(B4, 64); // address that `src` matches (ARP: sender)
export const rowMatchDst: usize = memory.data(B4, 64);
export const rowFlow: usize = memory.data(B4, 64); // flow entry's number + 1; 0: none
export const rowHint: usize = memory.data(B4, 64); // flow entry found on arrival, + 1; 0: none
// Generation of the policy's stamp; 0: none; a node in each byte: a write there has voided it.
export const rowStamp: usize = memory.data(B4, 64);
export const rowSequence: usize = memory.data(B4, 64);
export const rowArrival: usize = memory.data(B4, 64);
export const rowPeer: usize = memory.data(B4, 64); // destination pinned for an answer or a reply
export const rowTime: usize = memory.data(B8, 64); // i64 ns since boot
export const rowHeldAt: usize = memory.data(B8, 64); // i64 ns: first held; 0: never

export const ROW_ANSWER: u8 = 1; // made to answer a row
export const ROW_ORIGINATED: u8 = 2; // made unasked
export const ROW_LOCAL: u8 = 4; // delivered to the router itself
export const ROW_UNCOUNTED: u8 = 8; // the emulation's own, in no counter
export const ROW_BACKWARD: u8 = 16; // goes against its flow's first packet
export const ROW_MADE: u8 = 3;

export const DIRTY_SRC: u16 = 1;
export const DIRTY_DST: u16 = 2;
export const DIRTY_SPORT: u16 = 4;
export const DIRTY_DPORT: u16 = 8;
export const DIRTY_TTL: u16 = 16;
export const DIRTY_DSCP: u16 = 32;
export const DIRTY_VLAN: u16 = 64;
export const DIRTY_ICMP: u16 = 128;
export const DIRTY_QUOTED: u16 = 256;

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
