/** Virtual time and the bounds of the present breath. All times are ns since boot. */
import { BREATH_NS, SECOND_NS } from '../boot/table-layout';
import { setFlowTime } from './flow-time';

/** Time of the last frame taken in, or as the board advanced it. */
export let clock: i64 = 0;
/** Time that modules see in this breath. */
export let breathNow: i64 = 0;
/** The breath takes in no frame later than this. */
export let breathEnd: i64 = 0;
/** Nothing has begun the breath yet: its first frame will, and sets its time. */
export let isUnbegun: bool = false;
/** Something of the board's own is on its way: frames from the wires wait for it. */
export let isOwnOnly: bool = false;
let sequence: u32 = 0;

/** Numbers rows, and what else happens, in order. */
// @ts-ignore: decorator
@inline export function nextSequence(): u32 { return sequence++; }

/** Moves the clock on, never back. */
// @ts-ignore: decorator
@inline export function advanceClock(time: i64): void { clock = max<i64>(clock, time); }

/** Opens a breath that takes in no frame later than `limit`. */
export function openTime(limit: i64, hasOwn: bool): void {
  isUnbegun = !hasOwn;
  isOwnOnly = hasOwn;
  breathEnd = limit;
  setTime();
}

/** The first frame sets the breath's time, and so its end. */
export function beginAt(time: i64): void {
  isUnbegun = false;
  advanceClock(time);
  breathEnd = min<i64>(breathEnd, clock + BREATH_NS);
  setTime();
}

function setTime(): void {
  breathNow = clock;
  setFlowTime(<u32>(clock / <i64>SECOND_NS));
}
