/**
 * Stages: gathering the rows that stand at a place into that place's own staging block, column by
 * column. Critical for isolation: a staging block holds nothing but the columns that the place
 * declares, of rows that stand at it, and is never shared.
 */
import {
  COLUMN_ETH_SRC, COLUMN_FRAME, COLUMN_IPV4_DSCP, COLUMN_IPV4_FRAGMENT, COLUMN_META_MTU,
  COLUMN_PAYLOAD, COLUMN_TCP_ACK, COLUMN_TCP_SEQ, DROP_TOO_BIG, READ_COUNT_OFFSET, READ_NOW_OFFSET,
  READ_PLACE_OFFSET, VECTOR_ROWS_MAX,
} from '../../config/abi';
import {
  COUNTER_PLACE_PACKETS, NODE_PLACE_FIRST, PLACES_MAX, PLACE_INDEX_OFFSET, PLACE_READS_OFFSET,
  PLACE_READ_COUNT_OFFSET, PLACE_READ_SIZE_OFFSET, PLACE_WRITE_SIZE_OFFSET, READ_BLOCK_OFFSET,
  READ_SIZE, READ_WIDTH_OFFSET,
} from '../boot/table-layout';
import { allocate } from './arena';
import { bit, copyExactly } from './bulk';
import { count, drop } from './counters';
import { be16, be32, be48 } from './parse';
import { isConfigured, portMtu } from './ports';
import { ETHER_IPV4, PROTO_ICMP, PROTO_SCTP, PROTO_TCP, PROTO_UDP } from './protocol-numbers';
import {
  DIRTY_DSCP, ROW_LOCAL, ROW_MADE, ethSrc, ethType, ipv4Dscp, ipv4Fragment, ipv4Proto, ipv6Next,
  metaEgress, metaMtu, metaReason, rowDirty, rowEnd, rowFlags, rowFrame, rowGeneration, rowL3,
  rowL4, rowNode, rowStamp, tcpAck, tcpSeq,
} from './row-columns';
import {
  columnAddress, rowCount, rowsAt, setU16, setU32, setU64, setU8, u16At, u32At, u64At, u8At,
} from './rows';
import { generation, part, placeAt } from './tables';

const readStaging: usize = memory.data(PLACES_MAX * 4, 64);
const writeStaging: usize = memory.data(PLACES_MAX * 4, 64);

/** The vector's rows that stand in the current stage's block, in row order. */
export const stageRows: usize = memory.data(VECTOR_ROWS_MAX, 64);
export let stageCount: i32 = 0;
/** All ones in the byte of each row that they are. */
export const stageMask: usize = memory.data(VECTOR_ROWS_MAX, 64);
/** The stage holds rows 0..stageCount-1 of the vector: columns are copied whole. */
export let isStageWhole: bool = false;

export function openStages(places: u32): void {
  for (let place: u32 = 0; place < places; place++) {
    const p = placeAt(place);
    const read = <u32>allocate(load<u32>(p, PLACE_READ_SIZE_OFFSET));
    const write = <u32>allocate(load<u32>(p, PLACE_WRITE_SIZE_OFFSET));
    store<u32>(readStaging + (<usize>place << 2), read);
    store<u32>(writeStaging + (<usize>place << 2), write);
  }
}

export function readBlockOf(place: u32): usize {
  return load<u32>(readStaging + (<usize>place << 2));
}
export function writeBlockOf(place: u32): usize {
  return load<u32>(writeStaging + (<usize>place << 2));
}

/** Fills the staging block of a place; returns how many rows stand in it. */
export function gather(place: u32, now: i64): i32 {
  const node = <u8>(NODE_PLACE_FIRST + place);
  selectRows(node);
  if (stageCount == 0) return 0;
  count(COUNTER_PLACE_PACKETS + <i32>place, stageCount);
  const block = readBlockOf(place);
  store<u32>(block, load<u32>(placeAt(place), PLACE_INDEX_OFFSET), READ_PLACE_OFFSET);
  store<i64>(block, now, READ_NOW_OFFSET);
  fillBlock(place, block);
  return stageCount;
}

/** The highest generation of the stage's rows: what the call makes is of the next one. */
export function generationOfStage(): u32 {
  let generation: u32 = 0;
  for (let k = 0; k < stageCount; k++) {
    generation = max<u32>(generation, u8At(rowGeneration, stageRow(k)));
  }
  return generation;
}

/** The rows of the stage whose call faulted, while they are run one by one. */
const retryRows: usize = memory.data(VECTOR_ROWS_MAX, 64);
let retryCount: i32 = 0;

/** Gathers the k-th row of a faulted stage alone; 0: it had no more. Begin with k = 0. */
export function gatherRow(place: u32, k: i32): i32 {
  if (k == 0) {
    memory.copy(retryRows, stageRows, stageCount);
    retryCount = stageCount;
  }
  if (k >= retryCount) return 0;
  store<u8>(stageRows, load<u8>(retryRows + <usize>k));
  memory.fill(stageMask, 0, VECTOR_ROWS_MAX);
  store<u8>(stageMask + <usize>stageRow(0), 255);
  stageCount = 1;
  isStageWhole = false;
  fillBlock(place, readBlockOf(place));
  return 1;
}

/** Drops all rows of the current stage. */
export function dropStage(place: u32, reason: u32): void {
  for (let k = 0; k < stageCount; k++) drop(stageRow(k), reason, NODE_PLACE_FIRST + place);
}

function fillBlock(place: u32, block: usize): void {
  const p = placeAt(place);
  store<u32>(block, stageCount, READ_COUNT_OFFSET);
  let read = part(load<u32>(p, PLACE_READS_OFFSET));
  for (let i = load<u32>(p, PLACE_READ_COUNT_OFFSET); i > 0; i--, read += READ_SIZE) {
    const column = load<u32>(read), width = load<u32>(read, READ_WIDTH_OFFSET);
    const to = block + load<u32>(read, READ_BLOCK_OFFSET);
    if (ON_DEMAND >> column & 1) {
      for (let k = 0; k < stageCount; k++) complete(stageRow(k), column);
    }
    if (column == COLUMN_PAYLOAD || column == COLUMN_FRAME) gatherWindow(to, column, width);
    else if (isStageWhole) copyExactly(to, columnAddress(column), stageCount * width);
    else gatherColumn(to, columnAddress(column), width);
  }
}

/** What only modules look at: in the frame, or the ports' table, until a place asks for it. */
const ON_DEMAND: u64 = bit(COLUMN_ETH_SRC) | bit(COLUMN_IPV4_FRAGMENT) | bit(COLUMN_IPV4_DSCP) |
  bit(COLUMN_TCP_SEQ) | bit(COLUMN_TCP_ACK) | bit(COLUMN_META_MTU);

/** Brings a column that is there on demand up to date. */
function complete(row: i32, column: u32): void {
  const frame = u32At(rowFrame, row), ip = frame + u8At(rowL3, row);
  const l4 = u16At(rowL4, row), isIpv4 = u16At(ethType, row) == ETHER_IPV4;
  const isTcp = (u8At(ipv4Proto, row) | u8At(ipv6Next, row)) == PROTO_TCP;
  switch (column) {
    case COLUMN_ETH_SRC: return setU64(ethSrc, row, be48(frame + 6));
    case COLUMN_META_MTU: return setU16(metaMtu, row, mtuOf(row));
    case COLUMN_IPV4_FRAGMENT: return setU16(ipv4Fragment, row, isIpv4 ? be16(ip + 6) : 0);
    case COLUMN_TCP_SEQ: return setU32(tcpSeq, row, isTcp ? be32(frame + l4 + 4) : 0);
    case COLUMN_TCP_ACK: return setU32(tcpAck, row, isTcp ? be32(frame + l4 + 8) : 0);
    default: // a DSCP that a module has written counts
      if (u16At(rowDirty, row) & DIRTY_DSCP) return;
      setU8(ipv4Dscp, row, isIpv4 ? <u32>load<u8>(ip, 1) >> 2 : 0);
  }
}

/** Of the port that policy has judged the packet for; 0: it has not, or there is nothing to fit. */
function mtuOf(row: i32): u32 {
  const egress = u8At(metaEgress, row), isStamped = u32At(rowStamp, row) == generation;
  const isOwn = (u8At(rowFlags, row) & (ROW_MADE | ROW_LOCAL)) != 0;
  const isJudged = (isStamped && !isOwn) || u8At(metaReason, row) == DROP_TOO_BIG;
  return isJudged && isConfigured(egress) ? portMtu(egress) : 0;
}

/** For whoever watches: all columns of the row as a module would see them now. */
export function completeRow(row: i32): void {
  for (let columns = ON_DEMAND; columns; columns &= columns - 1) complete(row, <u32>ctz(columns));
}

/** Lists the rows at `node`. */
function selectRows(node: u8): void {
  let found = 0;
  for (let base = 0; base < rowCount; base += 16) {
    v128.store(base, i8x16.eq(v128.load(base, rowNode), i8x16.splat(<i8>node)), stageMask);
    for (let bits = rowsAt(node, base); bits; bits &= bits - 1) {
      store<u8>(stageRows + <usize>found, <u8>(base + ctz<u32>(bits)));
      found++;
    }
  }
  stageCount = found;
  isStageWhole = found == rowCount;
}

// @ts-ignore: decorator
@inline export function stageRow(k: i32): i32 { return load<u8>(stageRows + <usize>k); }

function gatherColumn(to: usize, from: usize, width: u32): void {
  const rows = stageCount;
  switch (width) {
    case 1: for (let k = 0; k < rows; k++) store<u8>(to + <usize>k, u8At(from, stageRow(k))); break;
    case 2: for (let k = 0; k < rows; k++) setU16(to, k, u16At(from, stageRow(k))); break;
    case 4: for (let k = 0; k < rows; k++) setU32(to, k, u32At(from, stageRow(k))); break;
    case 8: for (let k = 0; k < rows; k++) setU64(to, k, u64At(from, stageRow(k))); break;
    default:
      for (let k = 0; k < rows; k++) {
        memory.copy(to + <usize>k * width, from + <usize>stageRow(k) * width, width);
      }
  }
}

/** A byte window ends at the end of the packet and is zero-filled from there. */
function gatherWindow(to: usize, column: u32, width: u32): void {
  for (let k = 0; k < stageCount; k++, to += width) {
    const row = stageRow(k);
    const start: u32 = column == COLUMN_FRAME ? 0 : payloadOffset(row);
    const end = u16At(rowEnd, row), size = start < end ? min<u32>(width, end - start) : 0;
    memory.copy(to, <usize>u32At(rowFrame, row) + start, size);
    memory.fill(to + size, 0, width - size);
  }
}

/** Where the bytes after the last header that parse knows begin. */
function payloadOffset(row: i32): u32 {
  const l4 = u16At(rowL4, row);
  if (!l4) return u8At(rowL3, row);
  const proto = u8At(ipv4Proto, row);
  if (proto == PROTO_UDP || proto == PROTO_ICMP) return l4 + 8;
  if (proto == PROTO_SCTP) return l4 + 12;
  if (proto != PROTO_TCP) return l4;
  return l4 + max<u32>(20, (<u32>load<u8>(<usize>u32At(rowFrame, row) + l4, 12) >> 4) << 2);
}

