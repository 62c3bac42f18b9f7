/**
 * A module's manifest: everything that the module may see and do.
 */
import type { MatchNode } from '../netstack/match/parse.ts';
import type { ColumnName } from './columns.ts';

/** What a declared write may put there. Intervals are inclusive, sorted and disjoint. */
export type Range =
  | { kind: 'any' }
  | { kind: 'values'; intervals: [number, number][] }
  | { kind: 'bound'; name: string };

/** A record type of a message: `offset` and `size` in bytes, fields naturally aligned. */
export interface MessageType {
  name: string;
  fields: MessageField[];
  size: number;
}

export interface MessageField {
  name: string;
  type: 'u8' | 'u16' | 'u32' | 'u64';
  offset: number;
}

/** A way out of a place; `reason` is what the kernel writes to meta.reason of its rows. */
export interface Output {
  name: string;
  match: MatchNode;
  matchText: string;
  reason?: string;
}

/** One position of a module in the pipeline, with the authority that it has there. */
export interface Place {
  /** Empty where the manifest writes its only place at the top level. */
  name: string;
  accepts: MatchNode;
  acceptsText: string;
  /** `size` is bytes a row: of a window its declared length. */
  reads: { column: ColumnName; size: number }[];
  writes: { column: ColumnName; range: Range }[];
  outputs: Output[];
  answers?: { match: MatchNode; text: string };
  originates?: { match: MatchNode; text: string; ports: 'any' | string[]; perSecond: number };
  consumes: boolean;
  holds: boolean;
}

/** A manifest as loaded. `memory` is bytes, a multiple of 64 KiB; fuel is instructions. */
export interface Manifest {
  file: string;
  name: string;
  version: string;
  summary: string;
  places: Place[];
  drops: string[];
  messages: { receives: MessageType[]; sends: MessageType[] };
  limits: {
    memory: number;
    fuelPerPacket?: number;
    fuelPerTick?: number;
    fuelPerMessage?: number;
  };
}
