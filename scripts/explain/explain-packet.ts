/** From what a trace saw to an explanation. */
import type { ColumnName } from '../../config/columns.ts';
import { dropReasonDescriptions, dropReasonName } from '../../config/drop-reasons.ts';
import type { Router } from '../../config/router.ts';
import { NODE_NONE } from '../../firmware/boot/table-layout.ts';
import type { Tables } from '../../firmware/boot/tables.ts';
import type { Outcome } from '../../firmware/report/outcomes.ts';
import type { TracedPacket, TraceStep } from '../../firmware/report/traced-packet.ts';
import { describeFrame } from '../../netstack/describe.ts';
import type { ExplainedBy, Explanation, OutcomeShown, StepShown } from './explanation.ts';
import { changesBetween, moduleStep } from './module-step.ts';
import { policyStep } from './policy-step.ts';

/** What is known of a packet before it arrives, and afterwards. */
export interface Arrival {
  /** The frame as it is put on the wire. */
  readonly frame: Uint8Array;
  readonly port: number;
  readonly because: string;
}

/** What became of a packet that was traced to its end. */
export type OutcomeOf = (packet: TracedPacket) => Outcome;

const NS = 1_000_000_000;
const KINDS = { transmitted: 'carried', dropped: 'dropped', consumed: 'consumed' } as const;

export function outcomeShown({ kind, reason, by, port, flow }: Outcome): OutcomeShown {
  return {
    kind: KINDS[kind],
    reason,
    meaning: dropReasonDescriptions[reason ?? '']?.meaning ?? null,
    by,
    port,
    flow,
  };
}

function secondsBetween(from: TraceStep | undefined, to: TraceStep): number {
  return from === undefined ? 0 : Number(to.after.time - from.after.time) / NS;
}

function releasedStep(packet: TracedPacket, index: number, tables: Tables): StepShown {
  const step = packet.steps[index];
  const isTimedOut = step.after.columns.get('meta.held') === 2;
  return {
    step: 'released',
    at: tables.pipeline.nameOf(step.after.node),
    isTimedOut,
    seconds: secondsBetween(packet.steps[index - 1], step),
    meanwhile: packet.meanwhile.map(describeFrame),
  };
}

function txStep(
  step: Extract<TraceStep, { kind: 'tx' }>,
  first: TraceStep,
  outcome: Outcome,
  router: Router,
): StepShown {
  const port = router.board.ports[step.after.columns.get('meta.egress') as number];
  const isSent = outcome.kind === 'transmitted';
  // The columns keep the MAC address that it came with: the frame has the port's.
  const onWire = new Map(step.after.columns).set('eth.src', port?.mac ?? 0);
  const headers: readonly ColumnName[] = ['eth.src', 'eth.dst', 'ipv4.ttl', 'ipv4.src', 'ipv4.dst'];
  const changes = changesBetween(
    first.after,
    { ...step.after, columns: onWire },
    router.board.ports,
  );
  return {
    step: 'tx',
    port: port?.name ?? 'none',
    isStamped: step.before.stamp !== 0,
    changes: isSent ? changes.filter(({ column }) => headers.includes(column as ColumnName)) : [],
    sent: isSent ? describeFrame(step.frame) : null,
  };
}

/** A step as it is shown; null: it is told of elsewhere. */
function stepShown(
  packet: TracedPacket,
  index: number,
  outcome: Outcome,
  by: ExplainedBy,
): StepShown | null {
  const { tables, router } = by;
  const step = packet.steps[index];
  switch (step.kind) {
    case 'arrived':
    case 'made':
      return null;
    case 'released':
      return releasedStep(packet, index, tables);
    case 'module':
      return moduleStep(step, tables, router.board.ports);
    case 'fault':
      return {
        step: 'fault',
        at: tables.pipeline.places[step.place].label,
        reason: dropReasonName(step.reason) ?? String(step.reason),
      };
    case 'policy':
    case 'local':
      return policyStep(
        step,
        {
          reason: outcome.by === step.kind ? outcome.reason : null,
          isOwn: packet.steps.slice(0, index).some(({ kind }) => kind === 'local'),
        },
        by,
      );
    case 'tx':
      return txStep(step, packet.steps[0], outcome, router);
  }
}

function classShown(first: TraceStep | undefined, tables: Tables): Explanation['class'] {
  // A packet that parse or the source check refused has no class.
  if (first === undefined || first.after.node === NODE_NONE) return null;
  const { classes, predicates } = tables.classes;
  const number = first.after.classId;
  return {
    number,
    of: classes.count,
    predicates: predicates.filter((text, index) => text !== '' && classes.members(index, number)),
    next: tables.pipeline.nameOf(first.after.node),
  };
}

/** Explains a packet that was traced until its outcome was known. */
export function explainPacket(
  packet: TracedPacket,
  outcomeOf: OutcomeOf,
  arrival: Arrival,
  by: ExplainedBy,
): Explanation {
  const { tables, router } = by;
  const [first] = packet.steps;
  const outcome = outcomeOf(packet);
  const { frame, port, because } = arrival;
  return {
    packet: describeFrame(frame),
    size: frame.length,
    seconds: first === undefined ? null : Number(first.after.time) / NS,
    port: router.board.ports[port].name,
    zone: router.interfaces.find((face) => face.port === port)?.zone ?? null,
    because,
    class: classShown(first, tables),
    steps: packet.steps.flatMap((_, index) => stepShown(packet, index, outcome, by) ?? []),
    outcome: outcomeShown(outcome),
    answers: packet.answers.map((answer) => ({
      packet: answer.frame === null ? 'a frame' : describeFrame(answer.frame),
      by: tables.pipeline.places[answer.maker].label,
      outcome: outcomeShown(outcomeOf(answer)),
    })),
  };
}
