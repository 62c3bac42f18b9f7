/**
 * What `sluice explain` says about a packet, as data: `--json` prints it, the text is made from it.
 * Values are texts as people write them; keys are API.
 */
import type { Router } from '../../config/router.ts';
import type { Tables } from '../../firmware/boot/tables.ts';

/** What the router is made of. */
export interface ExplainedBy {
  readonly tables: Tables;
  readonly router: Router;
}

/** A column with its value, or with both values where it changed. */
export interface ColumnShown {
  readonly column: string;
  readonly value: string;
}
export interface ColumnChange {
  readonly column: string;
  readonly before: string;
  readonly after: string;
}

/** A check of the monitor that was made. */
export interface CheckMade {
  readonly check: string;
  readonly passed: boolean;
}

/** A flow that nearly permits the packet, and the fields that are not as it wants them. */
export interface NearFlowShown {
  readonly flow: string;
  /** Where it stands in the router file. */
  readonly line: number;
  readonly misses: readonly string[];
}

export type StepShown =
  | {
      readonly step: 'module';
      /** The place, as links write it. */
      readonly at: string;
      readonly saw: readonly ColumnShown[];
      /** An output, a named drop, `drop`, `consume` or `hold`. */
      readonly verdict: string;
      readonly changes: readonly ColumnChange[];
      readonly checks: readonly CheckMade[];
      /** Where it went; null: no further, or it is held. */
      readonly next: string | null;
    }
  | { readonly step: 'fault'; readonly at: string; readonly reason: string }
  | {
      readonly step: 'policy';
      /** `policy`, or `local` for packets to the router itself. */
      readonly at: string;
      readonly from: string;
      readonly to: string;
      readonly tuple: string;
      /** The flow that permits it, and where it stands in the router file. */
      readonly flow: { readonly name: string; readonly line: number } | null;
      readonly entry: 'new' | 'known' | null;
      /** The reason that it was stopped for, if it was: dropped here, or handed to be answered. */
      readonly stopped: string | null;
      /** Of a denied one. */
      readonly near: readonly NearFlowShown[];
      readonly changes: readonly ColumnChange[];
      readonly isStamped: boolean;
      readonly next: string | null;
    }
  | {
      readonly step: 'released';
      readonly at: string;
      readonly isTimedOut: boolean;
      /** Seconds that it was held. */
      readonly seconds: number;
      /** What modules sent meanwhile, unasked. */
      readonly meanwhile: readonly string[];
    }
  | {
      readonly step: 'tx';
      readonly port: string;
      readonly isStamped: boolean;
      readonly changes: readonly ColumnChange[];
      /** The frame as it left; null: it was dropped here. */
      readonly sent: string | null;
    };

/** What became of it; `meaning` of the reason, where the drop is one of the kernel's. */
export interface OutcomeShown {
  readonly kind: 'carried' | 'dropped' | 'consumed';
  readonly reason: string | null;
  readonly meaning: string | null;
  readonly by: string;
  readonly port: string | null;
  readonly flow: string | null;
}

export interface Explanation {
  readonly packet: string;
  readonly size: number;
  /** Seconds after the first frame of the run; null: it never became a row. */
  readonly seconds: number | null;
  readonly port: string;
  readonly zone: string | null;
  /** Why it arrived on that port. */
  readonly because: string;
  /** Null where it was dropped before it was classified. */
  readonly class: {
    readonly number: number;
    readonly of: number;
    readonly predicates: readonly string[];
    readonly next: string | null;
  } | null;
  readonly steps: readonly StepShown[];
  readonly outcome: OutcomeShown;
  /** Frames that modules made to answer it. */
  readonly answers: readonly {
    readonly packet: string;
    readonly by: string;
    readonly outcome: OutcomeShown;
  }[];
}
