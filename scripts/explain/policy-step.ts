/**
 * The policy's part of an explanation: what was looked for, and which flow permits it or nearly.
 */
import type { ColumnName } from '../../config/columns.ts';
import { dropReasonName } from '../../config/drop-reasons.ts';
import type { PolicyFlow, Router } from '../../config/router.ts';
import { NODE_NONE } from '../../firmware/boot/table-layout.ts';
import type { Tables } from '../../firmware/boot/tables.ts';
import type { RowState } from '../../firmware/report/kernel-rows.ts';
import {
  nearFlows,
  type PolicyField,
  type PolicyQuery,
} from '../../firmware/report/policy-search.ts';
import type { TraceStep } from '../../firmware/report/traced-packet.ts';
import { zoneName } from '../../firmware/report/zone-name.ts';
import { describeEndpoints } from '../../netstack/describe.ts';
import type { ExplainedBy, NearFlowShown, StepShown } from './explanation.ts';
import { changesBetween } from './module-step.ts';

type PolicyStep = Extract<TraceStep, { kind: 'policy' | 'local' }>;

/** Flows that are shown to have come near. */
const NEAR_FLOWS_SHOWN = 2;
const ZONE_UNKNOWN = 'none';

function numberOf(state: RowState, column: ColumnName): number {
  return state.columns.get(column) as number;
}

/** The number of the zone that a port is in; -1: it is in none. */
function zoneOf(router: Router, port: number): number {
  const face = router.interfaces.find((candidate) => candidate.port === port);
  return face === undefined ? -1 : router.zones.indexOf(face.zone);
}

function queryOf(step: PolicyStep, router: Router): PolicyQuery {
  const state = step.before;
  const ingress = numberOf(state, 'meta.ingress');
  const isLocal = step.kind === 'local';
  return {
    from: zoneOf(router, ingress),
    to: isLocal ? router.zones.length : zoneOf(router, numberOf(state, 'meta.egress')),
    ingress,
    isTagged: numberOf(state, 'vlan.id') !== 0,
    ends: {
      protocol: numberOf(state, 'ipv4.proto'),
      source: numberOf(state, 'ipv4.src'),
      destination: numberOf(state, 'ipv4.dst'),
      sport: numberOf(state, 'l4.sport'),
      dport: numberOf(state, 'l4.dport'),
    },
  };
}

/** A field that is not as a flow wants it, with the zones by name. */
function missText(field: PolicyField, flow: PolicyFlow): string {
  if (field === 'zones') return `it is for ${flow.from} > ${flow.to}`;
  return field === 'arrival' ? 'another port or VLAN tag' : `another ${field}`;
}

function nearShown(step: PolicyStep, tables: Tables, router: Router): NearFlowShown[] {
  return nearFlows(tables, queryOf(step, router), NEAR_FLOWS_SHOWN).map(({ flow, misses }) => {
    const found = router.flows[flow];
    return {
      flow: found.name,
      line: found.line,
      misses: misses.map((field) => missText(field, found)),
    };
  });
}

/** Why a packet that is permitted was handed to whoever answers it with an ICMP error. */
function referralReason({ before, after }: PolicyStep): string | null {
  const reason = numberOf(after, 'meta.reason');
  const isReferred = reason !== numberOf(before, 'meta.reason');
  return isReferred ? (dropReasonName(reason) ?? String(reason)) : null;
}

/**
 * `reason` is why the packet was dropped, null if it was not, or not here; `isOwn`: it is the
 * router's, made by a module or turned into a reply.
 */
export function policyStep(
  step: PolicyStep,
  { reason, isOwn }: { reason: string | null; isOwn: boolean },
  { tables, router }: ExplainedBy,
): StepShown {
  const query = queryOf(step, router);
  const { from, to } = query;
  const flow = step.flow === null ? null : router.flows[step.flow];
  const { node } = step.after;
  const ports = router.board.ports;
  return {
    step: 'policy',
    at: step.kind,
    from: (isOwn ? 'router' : zoneName(router, from)) ?? ZONE_UNKNOWN,
    to: zoneName(router, to) ?? ZONE_UNKNOWN,
    tuple: describeEndpoints(query.ends),
    flow: flow === null ? null : { name: flow.name, line: flow.line },
    entry: flow === null ? null : step.isNewEntry ? 'new' : 'known',
    stopped: reason ?? referralReason(step),
    near: reason === 'denied' ? nearShown(step, tables, router) : [],
    changes: changesBetween(step.before, step.after, ports),
    isStamped: step.after.stamp !== 0,
    next: node === NODE_NONE ? null : tables.pipeline.nameOf(node),
  };
}
