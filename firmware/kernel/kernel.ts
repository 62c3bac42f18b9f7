/**
 * kernel.wasm: the trusted code that moves packets. One function a step, in the packet's order:
 *
 *   beginBreath   what the board takes in now, and its virtual time
 *   receive       parse, source check, classify: rows of a vector, each at its first node
 *   local         asks policy for what is addressed to the router
 *   gatherStage   rows at a place -> its staging block; the board calls the module; then
 *   takeFrames    frames that it made -> checked, waiting for the next breath
 *   monitorStage  its verdicts and writes -> checked, rows at their next node
 *   policyStage   stamp, or drop
 *   transmitStage stamp checked, deparse, tx ring
 *   endBreath
 *
 * The board calls them stage by stage (firmware/board); nothing here allocates after `configure`,
 * nothing throws, everything is counted.
 */
import { openArena, allocate as allocateMemory, arrivalsOf, freeSlots, ringOf } from './arena';
import { openClasses } from './classify';
import { counters, denied, events, outcomes } from './counters';
import { openFlows } from './flow-table';
import { expireHeld, heldCount, holdDeadline, openHold, releaseHeld, releasedCount } from './hold';
import { madeCount, madeRegion, makeFrames } from './made';
import { monitor } from './monitor';
import { openPorts } from './ports';
import { local as localStep, openPolicy, policy as policyStep } from './policy';
import { nextArrivalTime, openArrivals } from './arrival';
import { advanceClock, breathNow, clock, nextSequence } from './breath';
import {
  beginBreath as beginBreathAt, endBreath as endBreathStep, receive as receiveStep, taken,
} from './receive';
import { columnAddress, openRows, rowCount, rowNode } from './rows';
import { dropStage, gather, gatherRow, openStages, readBlockOf, writeBlockOf } from './stage';
import { openTables, word } from './tables';
import { flowCountersAt, openTransmit, transmit as transmitStep } from './transmit';
import {
  TABLE_FLOW_COUNT, TABLE_MAGIC, TABLE_PLACE_COUNT, TABLE_PORT_COUNT, TABLES_MAGIC,
} from '../boot/table-layout';

const SECOND: i64 = 1000000000;

/** Memory for the tables; the board copies them there and calls `configure`. */
export function allocate(size: u32): usize {
  return allocateMemory(size);
}

/** Reads the tables and lays out arena, rings, flow table and staging blocks. Once. */
export function configure(tables: usize, slots: u32, flows: u32): void {
  openTables(tables);
  if (word(TABLE_MAGIC) != TABLES_MAGIC) unreachable();
  openRows();
  openPorts();
  openClasses();
  openPolicy();
  openArrivals();
  openArena(word(TABLE_PORT_COUNT), slots);
  openFlows(flows);
  openStages(word(TABLE_PLACE_COUNT));
  openHold(slots);
  openTransmit(word(TABLE_FLOW_COUNT));
}

/** Takes in no frame later than `limit`. All times are ns since boot. */
export function beginBreath(limit: i64): void {
  beginBreathAt(limit);
}
export function receive(rowsMax: i32): i32 {
  return receiveStep(rowsMax);
}
export function local(): void {
  localStep();
}
export function gatherStage(place: u32): i32 {
  return gather(place, breathNow);
}
/** After a fault: the k-th row of the stage alone, gathered anew; 0: the stage has no k-th row. */
export function gatherAgain(place: u32, k: i32): i32 {
  return gatherRow(place, k);
}
/** Drops the rows of the current stage: the call that had them was discarded. */
export function faultStage(place: u32): void {
  dropStage(place);
}
export function takeFrames(place: u32, isProcess: bool, generation: u32): void {
  const sequence = isProcess ? 0 : nextSequence();
  makeFrames(place, isProcess, generation, sequence, <u32>(breathNow / SECOND));
}
export function monitorStage(place: u32): void {
  monitor(place);
}
export function policyStage(): void {
  policyStep();
}
export function transmitStage(): void {
  transmitStep();
}
export function endBreath(): void {
  endBreathStep();
}

/** Moves virtual time on and lets go of what has been held too long. */
export function advance(time: i64): void {
  advanceClock(time);
  expireHeld(clock);
}
export function release(module: u32): void {
  releaseHeld(module);
}

// What the board reads. Addresses of static memory, and small numbers.
export function now(): i64 { return clock; }
export function breathTime(): i64 { return breathNow; }
/** How many rows and frames the breath has taken in so far. */
export function breathTook(): i32 { return taken; }
/** When the first held row times out; -1: nothing is held. */
export function deadline(): i64 { return holdDeadline(); }
/** When the next frame arrived; -1: none is waiting. */
export function nextArrival(): i64 { return nextArrivalTime(); }
export function held(): u32 { return heldCount(); }
export function waiting(): u32 { return <u32>madeCount + releasedCount(); }
export function ringAddress(port: i32, which: i32): usize { return ringOf(port, which); }
export function arrivalsAddress(which: i32): usize { return arrivalsOf(which); }
export function readBlock(place: u32): usize { return readBlockOf(place); }
export function writeBlock(place: u32): usize { return writeBlockOf(place); }
export function framesRegion(): usize { return madeRegion; }
export function countersAddress(): usize { return counters; }
export function flowCountersAddress(): usize { return flowCountersAt(); }
export function eventsAddress(): usize { return events; }
export function deniedAddress(): usize { return denied; }
export function outcomesAddress(): usize { return outcomes; }
export function slotsFree(): u32 { return freeSlots(); }
/** For the parse oracle in tests: the array of a column, and the rows of the current vector. */
export function columnOf(id: u32): usize { return columnAddress(id); }
export function rowNodes(): usize { return rowNode; }
export function rowsNow(): i32 { return rowCount; }
