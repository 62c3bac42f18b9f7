/**
 * How much a call may do before it is stopped. Fuel is counted in instructions executed; copies and
 * fills of memory cost 1 more for each 16 bytes.
 */
import { MESSAGE_HEADER_SIZE } from '../../config/abi.ts';
import { FUEL_PER_CALL_MAX } from '../../config/limits.ts';
import type { Manifest, MessageType } from '../../config/manifest.ts';

type Limits = Manifest['limits'];

export type ProcedureName = 'initialize' | 'process' | 'tick' | 'receive';

/** What every call has besides: to empty its regions, and to find that there is nothing to do. */
const FUEL_PER_CALL = 1000;
/** To set up tables: as much as filling 64 MiB of memory. */
const FUEL_TO_INITIALIZE = 4_194_304;
/** The budget of a call that is handed so many rows or records. */
export function fuelFor(limits: Limits, procedure: ProcedureName, count: number): number {
  return Math.min(FUEL_PER_CALL + budgetFor(limits, procedure, count), FUEL_PER_CALL_MAX);
}

function budgetFor(limits: Limits, procedure: ProcedureName, count: number): number {
  if (procedure === 'process') return limits.fuelPerPacket * count;
  if (procedure === 'receive') return limits.fuelPerMessage * count;
  return procedure === 'tick' ? limits.fuelPerTick : FUEL_TO_INITIALIZE;
}

/** Records in an inboxful; an entry without any counts as one, or a sender could starve. */
export function recordsIn(entries: Uint8Array, receives: readonly MessageType[]): number {
  let records = 0;
  for (let at = 0; at < entries.length; ) {
    const count = entries[at + 2] + entries[at + 3] * 256;
    at += Math.ceil((MESSAGE_HEADER_SIZE + count * receives[entries[at]].size) / 8) * 8;
    records += Math.max(1, count);
  }
  return records;
}
