/**
 * Receive: what the board takes in, breath by breath. A breath is at most 256 rows: first the
 * frames that modules made, then rows that come back from the hold, then what arrived. It ends
 * 1 ms of virtual time after its first frame, before the next pending event, and before a packet
 * that answers a packet of the same breath whose flow has not left the board yet. What modules
 * make in a breath enters the next, so nothing depends on how a breath is cut into vectors.
 */
import {
  DROP_FLOW_TABLE_FULL, DROP_NONE, DROP_UNLINKED, DROP_VIOLATION, PORT_NONE, VECTOR_ROWS_MAX,
} from '../../config/abi';
import {
  ARRIVAL_NONE, COUNTER_ORIGINATED, MADE_SIZE, NODE_PLACE_FIRST, NODE_UNDECLARED, NODE_UNLINKED,
  OUTPUT_SIZE, PLACE_MADE_CLASSES_OFFSET, PLACE_OUTPUTS_OFFSET, VIOLATION_FRAME_CLASS,
} from '../boot/table-layout';
import { reclaim, refill } from './arena';
import { ROWS_AHEAD, hasArrivals, takeArrivals } from './arrival';
import { breathNow, nextSequence, openTime } from './breath';
import { openBreath } from './breath-flows';
import { fillRows } from './bulk';
import { classify } from './classify';
import { count, drop, endEvents, violate } from './counters';
import { isFlowGone, releasedCount, restoreHeld } from './hold';
import { forgetMade, madeCount, madeQueue, sortMade } from './made';
import { hasRare, parse, setRare } from './parse';
import { ETHER_IPV4, PLAIN_L3, PLAIN_L4 } from './protocol-numbers';
import {
  EACH_VECTOR, MADE_COPIES, RARELY, ROW_ANSWER, ROW_MADE, ethType, metaEgress, metaIngress,
  rowArrival, rowClass, rowFlags, rowFlow, rowHint, rowL3, rowL4, rowMaker, rowNode, rowPlain,
  rowSequence, rowStamp, rowTime,
} from './row-columns';
import {
  arrayWidth, clearRow, columnAddress, loadElements, rowCount, setRowCount, setU16, setU32, setU64,
  setU8, u8At,
} from './rows';
import { generation, part, placeAt } from './tables';

let madeInBreath: i32 = 0;
let releasedInBreath: i32 = 0;
let madeTaken: i32 = 0;
let isBreathOpen: bool = false;
/** Rows and frames taken in by this breath. */
export let taken: i32 = 0;

/** Begins a breath that takes in no frame later than `limit` (ns since boot). */
export function beginBreath(limit: i64): void {
  reclaim();
  refill();
  sortMade();
  openBreath();
  madeInBreath = min<i32>(madeCount, VECTOR_ROWS_MAX);
  releasedInBreath = min<i32>(<i32>releasedCount(), VECTOR_ROWS_MAX - madeInBreath);
  const hasOwn = madeInBreath > 0 || releasedInBreath > 0 || hasArrivals(1);
  taken = 0;
  isBreathOpen = true;
  openTime(limit, hasOwn);
}

/** Fills the vector with up to `rowsMax` rows of the breath; 0: the breath is over. */
export function receive(rowsMax: i32): i32 {
  let row = 0;
  if (taken == VECTOR_ROWS_MAX) return 0;
  clearVector();
  while (row < rowsMax && madeInBreath > 0) {
    enterMade(row, madeQueue + <usize>(madeTaken * MADE_SIZE));
    madeTaken++;
    madeInBreath--;
    row++;
  }
  while (row < rowsMax && releasedInBreath > 0 && restoreHeld(row)) {
    resume(row);
    releasedInBreath--;
    row++;
  }
  taken += row;
  while (row < rowsMax && taken < VECTOR_ROWS_MAX && isBreathOpen) {
    const arrived = takeArrivals(row, min<i32>(rowsMax - row, VECTOR_ROWS_MAX - taken));
    isBreathOpen = arrived > 0;
    row += arrived;
    taken += arrived;
  }
  setRowCount(row);
  return row;
}

/** A vector begins with what plain packets have in the columns that `parseFour` leaves alone. */
function clearVector(): void {
  const rows = min<i32>(rowCount + ROWS_AHEAD, VECTOR_ROWS_MAX);
  fillRows(metaEgress, PORT_NONE, rows);
  fillRows(rowPlain, 0, rows);
  clearArrays(EACH_VECTOR, rows);
  if (!hasRare) return;
  setRare(false);
  clearArrays(RARELY, rows);
  fillRows(rowL3, PLAIN_L3, rows);
  for (let row = 0; row < rows; row++) {
    setU16(ethType, row, ETHER_IPV4);
    setU16(rowL4, row, PLAIN_L4);
  }
}

function clearArrays(list: usize, rows: i32): void {
  for (let at = list; load<i32>(at) >= 0; at += 4) {
    fillRows(columnAddress(load<u32>(at)), 0, rows * arrayWidth(load<u32>(at)));
  }
}

/** Ends the breath: the frames that became rows leave the queue. */
export function endBreath(): void {
  forgetMade(madeTaken);
  madeTaken = 0;
  endEvents();
}

/**
 * A row is back from the hold, at the place that held it. What it knew of the flow table is old:
 * if its flow's entry has gone to another meanwhile, it may not go on.
 */
function resume(row: i32): void {
  setU32(rowSequence, row, nextSequence());
  setU64(rowTime, row, <u64>breathNow);
  setU32(rowHint, row, 0);
  // An answer has the router's own source, and its flow is for the counters only.
  if (u8At(rowFlags, row) & ROW_MADE) setU32(rowFlow, row, 0);
  else if (isFlowGone) drop(row, DROP_FLOW_TABLE_FULL, u8At(rowNode, row));
}

/** A frame that a module made: parsed, classified, and held to what its manifest declares. */
function enterMade(row: i32, made: usize): void {
  setRare(true);
  clearRow(row);
  const flags = <u32>load<u8>(made, 8), place = <u32>load<u8>(made, 6);
  const node = NODE_PLACE_FIRST + place;
  loadElements(MADE_COPIES, row, made);
  setU8(metaIngress, row, PORT_NONE);
  setU8(rowMaker, row, node);
  // As declared: a write on its way voids this, and then the policy has to stamp it anew.
  setU32(rowStamp, row, generation);
  setU32(rowArrival, row, ARRIVAL_NONE);
  setU32(rowSequence, row, nextSequence());
  setU64(rowTime, row, <u64>breathNow);
  count(COUNTER_ORIGINATED, 1);
  const reason = parse(row, load<u16>(made, 4)), kind = classify(row);
  setU16(rowClass, row, kind);
  const p = placeAt(place);
  const declared = <u32>load<u8>(part(load<u32>(p, PLACE_MADE_CLASSES_OFFSET)) + kind);
  const outputs = part(load<u32>(p, PLACE_OUTPUTS_OFFSET));
  const output = outputs + <usize>(load<u8>(made, 7) - 1) * OUTPUT_SIZE;
  const next = <u32>load<u8>(part(load<u32>(output)) + kind);
  const isDeclared = declared & (flags & ROW_ANSWER ? 1 : 2) && next != NODE_UNDECLARED;
  if (reason != DROP_NONE || !isDeclared) {
    violate(row, VIOLATION_FRAME_CLASS, node, reason);
    return drop(row, DROP_VIOLATION, node);
  }
  if (next == NODE_UNLINKED) return drop(row, DROP_UNLINKED, node);
  setU8(rowNode, row, next);
}
