/** Counters, events for the audit, the table of denials, and the trace of outcomes. */
import { DROP_DENIED, DROP_REASONS_MAX } from '../../config/abi';
import {
  ARRIVAL_NONE, COUNTER_CONSUMED, COUNTER_DENIED_OTHER, COUNTER_DENIED_ROWS, COUNTER_DROPPED,
  COUNTER_DROPS, COUNTER_EVENTS_LOST, COUNTER_PLACE_VIOLATIONS, COUNTER_TOTAL,
  DENIED_FIRST_OFFSET, DENIED_LAST_OFFSET, DENIED_PACKETS_OFFSET, DENIED_PORT_OFFSET,
  DENIED_ROWS_MAX, DENIED_SIZE, DENIED_SRC_OFFSET, EVENTS_PER_PLACE_MAX,
  EVENT_CAPACITY, EVENT_DENIED, EVENT_DETAIL_OFFSET, EVENT_FROM_OFFSET, EVENT_KIND_OFFSET,
  EVENT_NODE_OFFSET, EVENT_SIZE, EVENT_VALUE_OFFSET, EVENT_VIOLATION, FLOW_NONE, NODE_NONE,
  NODE_PLACE_FIRST, OUTCOME_CAPACITY, OUTCOME_CONSUMED, OUTCOME_DROPPED, OUTCOME_SIZE,
  OUTCOME_TRANSMITTED, SEQUENCE_NONE, VIOLATIONS_MAX,
} from '../boot/table-layout';
import { freeSlot } from './arena';
import { AT_POLICY } from './flow-states';
import { entryAt } from './flow-table';
import { portZone, routerZone } from './ports';
import {
  EVENT_COPIES, ROW_LOCAL, ROW_MADE, ROW_UNCOUNTED, ipv4Dst, ipv4Proto, ipv4Src, l4Dport,
  metaEgress, metaIngress, rowArrival, rowFlags, rowFlow, rowFrame, rowNode, rowSequence, rowTime,
} from './row-columns';
import { saveElements, setU8, u16At, u32At, u64At, u8At } from './rows';

/** u64[COUNTER_TOTAL] */
export const counters: usize = memory.data(COUNTER_TOTAL * 8, 64);
/** u32 count, then events from offset 64. */
export const events: usize = memory.data(64 + EVENT_CAPACITY * EVENT_SIZE, 64);
/** Rows of the denied table, in order of their first packet. */
export const denied: usize = memory.data(DENIED_ROWS_MAX * DENIED_SIZE, 64);
/** Violations reported since the breath before, a node: u32 a bit each kind, u32 how many. */
const reported: usize = memory.data(64 * 8, 64);
const deniedIndex: usize = memory.data(4096 * 2, 64); // row number + 1 by hash
/** A denial beyond the table's rows has been an event. */
let isBeyondTold: bool = false;
/** u32 on, u32 count, then outcomes from offset 64. */
export const outcomes: usize = memory.data(64 + OUTCOME_CAPACITY * OUTCOME_SIZE, 64);

// @ts-ignore: decorator
@inline export function count(counter: i32, by: u64): void {
  const p = counters + (<usize>counter << 3);
  store<u64>(p, load<u64>(p) + by);
}

export function counter(index: i32): u64 { return load<u64>(counters + (<usize>index << 3)); }

// @ts-ignore: decorator
@inline function outcome(row: i32, kind: u32, reason: u32, node: u32): void {
  if (!load<u32>(outcomes)) return;
  const what = kind | (reason << 8) | (node << 16) | (u8At(metaEgress, row) << 24);
  record(u32At(rowArrival, row), what, u32At(rowFlow, row), u32At(rowSequence, row));
}

/**
 * Appends to the trace, which somebody has asked for; `flow` is an entry's number + 1, or 0. Frames
 * that modules made and that became no rows fill half of it at most: all others find room if it is
 * drained each breath.
 */
function record(arrival: u32, what: u32, flow: u32, sequence: u32): void {
  const n = load<u32>(outcomes, 4);
  const room = sequence != SEQUENCE_NONE ? OUTCOME_CAPACITY : OUTCOME_CAPACITY >> 1;
  if (n >= <u32>room) return;
  store<u32>(outcomes, n + 1, 4);
  const p = outcomes + 64 + <usize>n * OUTCOME_SIZE;
  store<u32>(p, arrival);
  store<u32>(p, what, 4);
  store<u32>(p, flow ? load<u16>(entryAt(flow - 1), AT_POLICY) : FLOW_NONE, 8);
  store<u32>(p, sequence, 12);
}

/** The row ends here, in a drop: one reason, decided by `node`. */
export function drop(row: i32, reason: u32, node: u32): void {
  if (!(u8At(rowFlags, row) & ROW_UNCOUNTED)) {
    count(COUNTER_DROPPED, 1);
    count(COUNTER_DROPS + <i32>(reason & (DROP_REASONS_MAX - 1)), 1);
    if (reason == DROP_DENIED) deny(row, node);
  }
  outcome(row, OUTCOME_DROPPED, reason, node);
  finish(row);
}

/** The row ends here: a module, or the router itself, has taken it in. */
export function consume(row: i32, node: u32): void {
  if (!(u8At(rowFlags, row) & ROW_UNCOUNTED)) count(COUNTER_CONSUMED, 1);
  outcome(row, OUTCOME_CONSUMED, 0, node);
  finish(row);
}

/** The row ends here: its frame has gone to a tx ring, which now owns the slot. */
export function sent(row: i32, node: u32): void {
  outcome(row, OUTCOME_TRANSMITTED, 0, node);
  setU8(rowNode, row, NODE_NONE);
}

function finish(row: i32): void {
  freeSlot(u32At(rowFrame, row));
  setU8(rowNode, row, NODE_NONE);
}

/** A drop of a frame that a module has made, and that became no row. */
export function dropMade(reason: u32): void {
  count(COUNTER_DROPPED, 1);
  count(COUNTER_DROPS + <i32>reason, 1);
  if (!load<u32>(outcomes)) return;
  record(ARRIVAL_NONE, OUTCOME_DROPPED | (reason << 8) | 0xff000000, 0, SEQUENCE_NONE);
}

/** A breath is over: what happened in it has been taken. */
export function endEvents(): void {
  if (load<u32>(events)) memory.fill(reported, 0, 64 * 8);
}

/** Zones of a row as it stands: from | to << 8 (255: not known). */
function zonesOf(row: i32): u32 {
  const flags = u8At(rowFlags, row);
  const from = flags & ROW_MADE ? routerZone : portZone(u8At(metaIngress, row));
  const to = flags & ROW_LOCAL ? routerZone : portZone(u8At(metaEgress, row));
  return from | (to << 8);
}

/** Appends an event about `row`; beyond the capacity it is counted as lost. */
export function report(row: i32, kind: u32, detail: u32, node: u32, value: u64): void {
  const n = load<u32>(events);
  if (n >= <u32>EVENT_CAPACITY) {
    count(COUNTER_EVENTS_LOST, 1);
    return;
  }
  store<u32>(events, n + 1);
  const p = events + 64 + <usize>n * EVENT_SIZE;
  store<u8>(p, <u8>kind, EVENT_KIND_OFFSET);
  store<u8>(p, <u8>detail, EVENT_DETAIL_OFFSET);
  store<u8>(p, <u8>node, EVENT_NODE_OFFSET);
  saveElements(EVENT_COPIES, row, p);
  store<u16>(p, <u16>zonesOf(row), EVENT_FROM_OFFSET);
  store<u64>(p, value, EVENT_VALUE_OFFSET);
}

/** Counts and reports a violation by the place at `node`. The caller drops the row. */
export function violate(row: i32, violation: u32, node: u32, value: u64): void {
  const place = <i32>node - NODE_PLACE_FIRST;
  if (place >= 0) count(COUNTER_PLACE_VIOLATIONS + place * VIOLATIONS_MAX + <i32>violation, 1);
  const seen = reported + (<usize>node << 3);
  const kinds = load<u32>(seen), kind: u32 = 1 << violation, n = load<u32>(seen, 4);
  // The first of its kind is always told: a flood of another hides nothing.
  if (n >= <u32>EVENTS_PER_PLACE_MAX && kinds & kind) return count(COUNTER_EVENTS_LOST, 1);
  store<u32>(seen, kinds | kind);
  store<u32>(seen, n + 1, 4);
  report(row, EVENT_VIOLATION, violation, node, value);
}

/** Empties the table of denials: what it counted is of other tuples from here on. */
export function forgetDenied(): void {
  memory.fill(deniedIndex, 0, 4096 * 2);
  store<u64>(counters + (COUNTER_DENIED_ROWS << 3), 0);
  store<u64>(counters + (COUNTER_DENIED_OTHER << 3), counter(COUNTER_DROPS + DROP_DENIED));
  isBeyondTold = false;
}

/** Counts a denial under its tuple, the record's first 16 bytes; the first of one is an event. */
function deny(row: i32, node: u32): void {
  const pair = <u64>u32At(ipv4Src, row) | (<u64>u32At(ipv4Dst, row) << 32);
  const what = u16At(l4Dport, row) | (u8At(ipv4Proto, row) << 16);
  const tail = <u64>what | (<u64>zonesOf(row) << 24);
  let at = <u32>((pair * 0x9e3779b97f4a7c15 ^ tail * 0xc2b2ae3d27d4eb4f) >> 40) & 4095;
  for (;;) {
    const n = load<u16>(deniedIndex + (<usize>at << 1));
    if (n == 0) break;
    const p = denied + <usize>(n - 1) * DENIED_SIZE;
    if (load<u64>(p, DENIED_SRC_OFFSET) == pair && load<u64>(p, DENIED_PORT_OFFSET) == tail) {
      store<u64>(p, load<u64>(p, DENIED_PACKETS_OFFSET) + 1, DENIED_PACKETS_OFFSET);
      store<u64>(p, u64At(rowTime, row), DENIED_LAST_OFFSET);
      return;
    }
    at = (at + 1) & 4095;
  }
  const rows = counter(COUNTER_DENIED_ROWS);
  if (rows >= <u64>DENIED_ROWS_MAX) {
    if (!isBeyondTold) report(row, EVENT_DENIED, DROP_DENIED, node, 0);
    isBeyondTold = true;
    return count(COUNTER_DENIED_OTHER, 1);
  }
  count(COUNTER_DENIED_ROWS, 1);
  store<u16>(deniedIndex + (<usize>at << 1), <u16>(rows + 1));
  const p = denied + <usize>rows * DENIED_SIZE;
  store<u64>(p, pair, DENIED_SRC_OFFSET);
  store<u64>(p, tail, DENIED_PORT_OFFSET);
  store<u64>(p, 1, DENIED_PACKETS_OFFSET);
  store<u64>(p, u64At(rowTime, row), DENIED_FIRST_OFFSET);
  report(row, EVENT_DENIED, DROP_DENIED, node, 0);
}
