/** What a trace finds out about a packet: its steps through the router, and what they led to. */
import type { ColumnName } from '../../config/columns.ts';
import type { ColumnValue, RowState } from './kernel-rows.ts';

/** A violation that the monitor reported of the row: VIOLATION_*, and the offending value. */
export interface RowViolation {
  readonly kind: number;
  readonly value: bigint;
}

/** One step of a packet; `after.node` is where it went, NODE_NONE if it went no further. */
export type TraceStep =
  | { readonly kind: 'arrived' | 'released' | 'made'; readonly after: RowState }
  | {
      readonly kind: 'module';
      readonly place: number;
      /** What the module's memory held of the packet. */
      readonly seen: readonly (readonly [ColumnName, ColumnValue])[];
      readonly verdict: number;
      /** What it wrote: the columns whose changed bit it set. */
      readonly written: readonly (readonly [ColumnName, ColumnValue])[];
      readonly before: RowState;
      readonly after: RowState;
      readonly violation: RowViolation | null;
      /** The kernel keeps it for the module. */
      readonly isHeld: boolean;
    }
  | {
      readonly kind: 'fault';
      readonly place: number;
      /** The drop reason: its call faulted, or it is not called any more. */
      readonly reason: number;
      readonly after: RowState;
    }
  | {
      readonly kind: 'policy' | 'local';
      readonly before: RowState;
      readonly after: RowState;
      /** The operator's flow whose entry the packet was entered in, by its index. */
      readonly flow: number | null;
      /** That entry was not there before. */
      readonly isNewEntry: boolean;
    }
  | {
      readonly kind: 'tx';
      readonly before: RowState;
      readonly after: RowState;
      /** The frame as it left; as it stood if it was dropped here. */
      readonly frame: Uint8Array;
    };

/** The way of one packet: the one asked for, or a frame that a module made to answer it. */
export class TracedPacket {
  readonly steps: TraceStep[] = [];
  /** Frames made to answer it, in the order in which they were made. */
  readonly answers: TracedPacket[] = [];
  /** Its frame when it was first seen. */
  frame: Uint8Array | null = null;
  /** The place that made it, by its index; -1: it came from a wire. */
  readonly maker: number;
  /** Frames made by modules unasked, while it was held. */
  readonly meanwhile: Uint8Array[] = [];
  /** Numbers of its rows: one each time that it stands in a vector. */
  readonly sequences = new Set<number>();
  /** Row in the present vector; -1: it is in none. */
  row = -1;
  /** Its place in the present stage; -1: it does not stand there. */
  index = -1;
  /** Address of its frame while it waits to become a row, or is held. */
  address = 0;

  constructor(maker = -1) {
    this.maker = maker;
  }
}
