/** What became of single frames: the kernel's trace, by name. Off unless somebody asks. */

import type { Board } from '../board/board.ts';
import * as layout from '../boot/table-layout.ts';
import { reasonName } from './counters.ts';

const RECORDS_OFFSET = 64;
const KINDS: Readonly<Record<number, Outcome['kind']>> = {
  [layout.OUTCOME_TRANSMITTED]: 'transmitted',
  [layout.OUTCOME_DROPPED]: 'dropped',
  [layout.OUTCOME_CONSUMED]: 'consumed',
};

/** What became of one frame, with a reason and who decided it. */
export interface Outcome {
  /** How many frames had arrived before this one; null for a frame that a module made. */
  readonly arrival: number | null;
  readonly kind: 'transmitted' | 'dropped' | 'consumed';
  /** Of a dropped one only. */
  readonly reason: string | null;
  /** A node of the pipeline, or `wire`. */
  readonly by: string;
  /** The port that it left by, or would have. */
  readonly port: string | null;
  /** The operator's flow that it belongs to. */
  readonly flow: string | null;
  /** The number that the kernel gave its row; SEQUENCE_NONE if it never became one. */
  readonly sequence: number;
}

function header({ kernel }: Board): DataView {
  return new DataView(kernel.memory.buffer, kernel.outcomesAddress());
}

/** From here on the kernel keeps the outcome of every frame, until `takeOutcomes`. */
export function traceOutcomes(board: Board): void {
  header(board).setUint32(0, 1, true);
}

/**
 * The outcomes since the last call, in the order in which they came, and forgets them. Called
 * after each breath it misses none of a frame that arrived.
 */
export function takeOutcomes(board: Board): Outcome[] {
  const view = header(board);
  const count = view.getUint32(4, true);
  view.setUint32(4, 0, true);
  return Array.from({ length: count }, (_, index) =>
    readOutcome(board, view, RECORDS_OFFSET + index * layout.OUTCOME_SIZE),
  );
}

function readOutcome({ tables, router }: Board, view: DataView, at: number): Outcome {
  const u8 = (offset: number) => view.getUint8(at + offset);
  const arrival = view.getUint32(at + layout.OUTCOME_ARRIVAL_OFFSET, true);
  const kind = KINDS[u8(layout.OUTCOME_KIND_OFFSET)];
  const flow = view.getUint32(at + layout.OUTCOME_FLOW_OFFSET, true);
  return {
    arrival: arrival === layout.ARRIVAL_NONE ? null : arrival,
    kind,
    reason: kind === 'dropped' ? reasonName(tables, u8(layout.OUTCOME_REASON_OFFSET)) : null,
    by: tables.pipeline.nameOf(u8(layout.OUTCOME_NODE_OFFSET)),
    port: router.board.ports[u8(layout.OUTCOME_EGRESS_OFFSET)]?.name ?? null,
    flow: router.flows[flow]?.name ?? null,
    sequence: view.getUint32(at + layout.OUTCOME_SEQUENCE_OFFSET, true),
  };
}
