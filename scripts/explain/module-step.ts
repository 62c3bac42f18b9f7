/** A module's call in an explanation: what it saw, what it said, and what the monitor checked. */
import {
  VERDICT_CONSUME,
  VERDICT_DROP,
  VERDICT_HOLD,
  VERDICT_NAMED_DROP_FIRST,
} from '../../config/abi.ts';
import type { ColumnName } from '../../config/columns.ts';
import type { Place } from '../../config/manifest.ts';
import * as layout from '../../firmware/boot/table-layout.ts';
import type { Tables } from '../../firmware/boot/tables.ts';
import { type ColumnValue, type RowState, sameValue } from '../../firmware/report/kernel-rows.ts';
import type { TraceStep } from '../../firmware/report/traced-packet.ts';
import { columnText } from './column-text.ts';
import type { CheckMade, ColumnChange, StepShown } from './explanation.ts';

type ModuleStep = Extract<TraceStep, { kind: 'module' }>;
type Ports = readonly { readonly name: string }[];

/** What the monitor found wrong, and which of its three rounds of checks finds it. */
const VIOLATIONS: Readonly<Record<number, { readonly round: number; readonly check: string }>> = {
  [layout.VIOLATION_CHANGED_BIT]: { round: 0, check: 'it writes only what it declares' },
  [layout.VIOLATION_RANGE]: { round: 1, check: 'values lie in the declared ranges' },
  [layout.VIOLATION_ABSENT_FIELD]: { round: 1, check: 'the packet has the fields written' },
  [layout.VIOLATION_OUTPUT]: { round: 2, check: 'the output is declared for what the packet is' },
  [layout.VIOLATION_VERDICT]: { round: 2, check: 'the verdict is declared' },
  [layout.VIOLATION_HOLD]: { round: 2, check: 'it may hold the packet' },
};

const OTHER_VIOLATION = { round: 2, check: 'it does only what it declares' };

/** A verdict in the manifest's words. */
export function verdictText(verdict: number, place: Place, drops: readonly string[]): string {
  if (verdict === VERDICT_DROP) return 'drop';
  if (verdict === VERDICT_CONSUME) return 'consume';
  if (verdict === VERDICT_HOLD) return 'hold';
  const output = place.outputs[verdict - 1]?.name;
  return output ?? drops[verdict - VERDICT_NAMED_DROP_FIRST] ?? `verdict ${verdict}`;
}

/** The columns that differ between two moments. */
export function changesBetween(before: RowState, after: RowState, ports: Ports): ColumnChange[] {
  return [...before.columns].flatMap(([column, value]) => {
    const now = after.columns.get(column) as ColumnValue;
    // A row that goes on is new to whoever is next: the kernel's doing, and no module's.
    if (column === 'meta.held' || sameValue(value, now)) return [];
    return [
      { column, before: columnText(column, value, ports), after: columnText(column, now, ports) },
    ];
  });
}

function rangedColumns(place: Place, written: ModuleStep['written']): ColumnName[] {
  const isRanged = (name: ColumnName) =>
    place.writes.some(({ column, range }) => column === name && range.kind !== 'any');
  return written.map(([column]) => column).filter(isRanged);
}

/** The checks that the monitor made of this row, in its order, up to the one that failed. */
function checksMade(step: ModuleStep, place: Place, verdict: string): CheckMade[] {
  const { violation, written } = step;
  const failed = violation === null ? null : (VIOLATIONS[violation.kind] ?? OTHER_VIOLATION);
  const round = failed?.round ?? 3;
  const passed: string[] = [];
  if (written.length > 0 && round > 0) {
    passed.push(`declared ${written.map(([column]) => column).join(', ')}`);
    const ranged = rangedColumns(place, written);
    if (ranged.length > 0 && round > 1) passed.push(`in range ${ranged.join(', ')}`);
  }
  const output = place.outputs.find(({ name }) => name === verdict);
  if (round === 3 && violation === null) {
    if (output !== undefined) passed.push(`${verdict} declared for class ${step.after.classId}`);
    else if (step.verdict !== VERDICT_DROP) passed.push(`${verdict} declared`);
  }
  const made = passed.map((check) => ({ check, passed: true }));
  return failed === null ? made : [...made, { check: failed.check, passed: false }];
}

export function moduleStep(step: ModuleStep, tables: Tables, ports: Ports): StepShown {
  const { label, place, module } = tables.pipeline.places[step.place];
  const { manifest } = tables.pipeline.system.modules[module];
  const verdict = verdictText(step.verdict, place, manifest.drops);
  const { node } = step.after;
  return {
    step: 'module',
    at: label,
    saw: step.seen.map(([column, value]) => ({ column, value: columnText(column, value, ports) })),
    verdict,
    changes: changesBetween(step.before, step.after, ports),
    checks: checksMade(step, place, verdict),
    next: node === layout.NODE_NONE ? null : tables.pipeline.nameOf(node),
  };
}
