/**
 * Hold: rows that a module keeps until a message reaches it, or for HOLD_NS. First in, first out
 * a module; they come back before new rows, at the place that held them.
 *
 *   a module's queue: u32 count, u32 released (how many of the first come back), u32 generation
 *   of what released them, 52 bytes 0, then HELD_PER_MODULE_MAX records: i64 held at, i64 timed out
 *   (1 or 0), u64[2] the key of the row's flow (an entry's first 15 bytes), the saved row
 */
import { HELD_RELEASED, HELD_TIMED_OUT } from '../../config/abi';
import {
  COUNTER_HELD, HELD_PER_MODULE_MAX, HOLD_NS, NODE_NONE, TABLE_MODULE_COUNT,
} from '../boot/table-layout';
import { allocate } from './arena';
import { breathNow } from './breath';
import { count } from './counters';
import { entryAt } from './flow-table';
import { setRare } from './parse';
import {
  ROW_UNCOUNTED, metaHeld, rowFlags, rowFlow, rowGeneration, rowHeldAt, rowNode,
} from './row-columns';
import { restoreRow, saveRow, savedRowSize, setU64, setU8, u32At, u64At, u8At } from './rows';
import { word } from './tables';

const RECORD_HEADER: u32 = 32;

let queues: usize = 0;
let recordSize: u32 = 0;
let queueSize: u32 = 0;
let heldMax: u32 = 0;
let heldTotal: u32 = 0;

/** Whether the flow of the row restored last has lost its entry to another meanwhile. */
export let isFlowGone: bool = false;

/** Eight bytes of the key of the row's flow, without the entry's state; 0: it has none. */
function flowKey(row: i32, offset: usize): u64 {
  const flow = u32At(rowFlow, row);
  if (!flow) return 0;
  const bytes = load<u64>(entryAt(flow - 1) + offset);
  return offset ? bytes & 0xffffffffffffff : bytes;
}

/** A board holds at most a quarter of its arena. */
export function openHold(slots: u32): void {
  recordSize = (<u32>savedRowSize + RECORD_HEADER + 7) & ~7;
  queueSize = 64 + recordSize * HELD_PER_MODULE_MAX;
  queues = allocate(queueSize * max<u32>(1, word(TABLE_MODULE_COUNT)));
  heldMax = slots >> 2;
}

// @ts-ignore: decorator
@inline function queueOf(module: u32): usize { return queues + <usize>module * queueSize; }
// @ts-ignore: decorator
@inline function recordAt(queue: usize, index: u32): usize {
  return queue + 64 + <usize>index * recordSize;
}

/** Keeps the row for `module`, to return at `node`; false: the hold is full. */
export function holdRow(row: i32, module: u32, node: u32): bool {
  const queue = queueOf(module), held = load<u32>(queue);
  if (held >= <u32>HELD_PER_MODULE_MAX || heldTotal >= heldMax) return false;
  setU8(rowNode, row, node);
  setRare(true); // a packet that comes to stand in this row has not been held
  if (u64At(rowHeldAt, row) == 0) setU64(rowHeldAt, row, <u64>breathNow + 1);
  const record = recordAt(queue, held);
  store<u64>(record, u64At(rowHeldAt, row) - 1);
  store<u64>(record, 0, 8);
  store<u64>(record, flowKey(row, 0), 16);
  store<u64>(record, flowKey(row, 8), 24);
  saveRow(row, record + RECORD_HEADER);
  store<u32>(queue, held + 1);
  heldTotal++;
  if (!(u8At(rowFlags, row) & ROW_UNCOUNTED)) count(COUNTER_HELD, 1);
  setU8(rowNode, row, NODE_NONE);
  return true;
}

/**
 * A message of this generation has reached the module: all that it holds comes back in the next
 * breath, and what follows from that is of a later generation.
 */
export function releaseHeld(module: u32, generation: u32): void {
  const queue = queueOf(module);
  store<u32>(queue, load<u32>(queue), 4);
  store<u32>(queue, max<u32>(generation, load<u32>(queue, 8)), 8);
}

/** Lets go of what has been held for HOLD_NS, marked timed out. */
export function expireHeld(time: i64): void {
  for (let module: u32 = 0; module < word(TABLE_MODULE_COUNT); module++) {
    const queue = queueOf(module), held = load<u32>(queue);
    for (let i: u32 = 0; i < held; i++) {
      const record = recordAt(queue, i);
      if (time - load<i64>(record) < <i64>HOLD_NS) continue;
      store<u64>(record, 1, 8);
      store<u32>(queue, max<u32>(load<u32>(queue, 4), i + 1), 4);
    }
  }
}

/** When the next held row times out, ns since boot; -1: nothing is held. */
export function holdDeadline(): i64 {
  let deadline: u64 = u64.MAX_VALUE;
  for (let module: u32 = 0; module < word(TABLE_MODULE_COUNT); module++) {
    const queue = queueOf(module), held = load<u32>(queue);
    for (let i: u32 = 0; i < held; i++) {
      deadline = min<u64>(deadline, load<u64>(recordAt(queue, i)) + <u64>HOLD_NS);
    }
  }
  return <i64>deadline;
}

export function heldCount(): u32 { return heldTotal; }

/** Rows that wait to come back. */
export function releasedCount(): u32 {
  let total: u32 = 0;
  for (let module: u32 = 0; module < word(TABLE_MODULE_COUNT); module++) {
    total += load<u32>(queueOf(module), 4);
  }
  return total;
}

/** Brings the next released row back as `row`; false: none is left. */
export function restoreHeld(row: i32): bool {
  for (let module: u32 = 0; module < word(TABLE_MODULE_COUNT); module++) {
    const queue = queueOf(module), released = load<u32>(queue, 4);
    if (released == 0) continue;
    const first = recordAt(queue, 0), held = load<u32>(queue) - 1;
    restoreRow(row, first + RECORD_HEADER);
    setRare(true);
    isFlowGone = flowKey(row, 0) != load<u64>(first, 16) || flowKey(row, 8) != load<u64>(first, 24);
    setU8(rowGeneration, row, max<u32>(u8At(rowGeneration, row), load<u32>(queue, 8)));
    setU8(metaHeld, row, load<u64>(first, 8) ? HELD_TIMED_OUT : HELD_RELEASED);
    memory.copy(first, first + recordSize, held * recordSize);
    store<u32>(queue, held);
    store<u32>(queue, released - 1, 4);
    if (released == 1) store<u32>(queue, 0, 8);
    heldTotal--;
    if (!(u8At(rowFlags, row) & ROW_UNCOUNTED)) count(COUNTER_HELD, -1);
    return true;
  }
  return false;
}

