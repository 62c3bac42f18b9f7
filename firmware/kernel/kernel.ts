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
import {
  SECOND_NS, TABLES_MAGIC, TABLE_FLOW_COUNT, TABLE_MAGIC, TABLE_PLACE_COUNT, TABLE_PORT_COUNT,
} from '../boot/table-layout';
import { openArena } from './arena';
import { openArrivals } from './arrival';
import { advanceClock, breathNow, clock, nextSequence } from './breath';
import { openClasses } from './classify';
import { counters, denied, events, outcomes } from './counters';
import { openFlows } from './flow-table';
import { expireHeld, openHold, releasedCount } from './hold';
import { madeCount, madeRegion, makeFrames, openMade } from './made';
import { openPolicy } from './policy';
import { openPorts } from './ports';
import { taken } from './receive';
import { openRows } from './rows';
import { gather, openStages } from './stage';
import { openTables, word } from './tables';
import { openTransmit } from './transmit';

// The steps. All times are ns since boot; places and modules go by number.
export { beginBreath, endBreath, receive } from './receive';
export { local, policy as policyStage } from './policy';
export { gatherRow as gatherAgain, dropStage as faultStage, generationOfStage } from './stage';
export { completeRow } from './stage';
export { monitor as monitorStage } from './monitor';
export { transmit as transmitStage } from './transmit';
export { releaseHeld as release } from './hold';
export { setLink } from './ports';
export { blame } from './made';
export { forgetDenied } from './counters';

// What the board reads: addresses in this memory, and small numbers.
export { allocate, arrivalsOf as arrivalsAddress, freeSlots as slotsFree } from './arena';
export { ringOf as ringAddress } from './arena';
export { heldCount as held, holdDeadline as deadline } from './hold';
export { nextArrivalTime as nextArrival, refusePriority } from './arrival';
export { readBlockOf as readBlock, writeBlockOf as writeBlock } from './stage';
export { flowCountersAt as flowCountersAddress } from './transmit';
export { columnAddress as columnOf } from './rows';
export { entryAt as flowEntryAddress } from './flow-table';
export { madeCount, madeQueue } from './made';

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
  openMade(max<u32>(1, word(TABLE_PLACE_COUNT)), slots);
  openTransmit(word(TABLE_FLOW_COUNT));
}

/** The rows at a place -> its staging block; returns how many. */
export function gatherStage(place: u32): i32 { return gather(place, breathNow); }

/** The frames that a call left; `generation` is of what caused it. */
export function takeFrames(place: u32, isProcess: bool, generation: u32): void {
  const sequence = isProcess ? 0 : nextSequence(), time = isProcess ? breathNow : clock;
  makeFrames(place, isProcess, generation, sequence, <u32>(time / <i64>SECOND_NS));
}

/** Moves virtual time on and lets go of what has been held too long. */
export function advance(time: i64): void {
  advanceClock(time);
  expireHeld(clock);
}

export function now(): i64 { return clock; }
export function breathTime(): i64 { return breathNow; }
/** How many rows and frames the breath has taken in so far. */
export function breathTook(): i32 { return taken; }
/** Made frames and released rows that wait for the next breath. */
export function waiting(): u32 { return <u32>madeCount + releasedCount(); }
export function framesRegion(): usize { return madeRegion; }
export function countersAddress(): usize { return counters; }
export function eventsAddress(): usize { return events; }
export function deniedAddress(): usize { return denied; }
export function outcomesAddress(): usize { return outcomes; }
