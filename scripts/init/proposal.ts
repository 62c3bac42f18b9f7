/** A router for a capture: zones, addresses, routes, flows and tests, from what was surveyed. */
import { MTU_MAX } from '../../config/limits.ts';
import { broadcastOf, networkOf } from '../../netstack/address.ts';
import { type AddressPlan, planAddresses, type ZonePlan } from './address-plan.ts';
import type { CaptureSurvey } from './capture-survey.ts';
import type { Conversation } from './conversations.ts';
import { type FlowPlans, planFlows } from './flow-plan.ts';
import { groupHosts } from './groups.ts';
import { kindsOf } from './roles.ts';
import { type SampleTest, sampleTests } from './sample-tests.ts';
import { type Layout, layOut } from './segments.ts';
import { ZONES_MAX } from './zone-limits.ts';

/** The boards that come with Sluice, by their ports. */
const BOARDS = [
  [2, 'two-port'],
  [3, 'three-port'],
  [4, 'four-port'],
  [ZONES_MAX, 'eight-port'],
] as const;

/** What the router file is written from. */
export interface Proposal extends AddressPlan {
  readonly survey: CaptureSurvey;
  readonly layout: Layout;
  readonly board: string;
  readonly flows: FlowPlans;
  readonly tests: readonly SampleTest[];
  /** The capture holds TCP connections that began before it. */
  readonly needsPickup: boolean;
}

/** Proposes a router with at most `zonesMax` zones: zone-limits.ts. */
export function propose(survey: CaptureSurvey, zonesMax: number): Proposal {
  const conversations = [...survey.conversations.all.values()];
  const layout = layOut(survey.hosts, conversations);
  const groups = groupHosts(layout, conversations, kindsOf(conversations), zonesMax);
  const plan = planAddresses(groups, layout, survey.hosts);
  if (plan.zones.length === 0) return emptyProposal(survey, layout);
  const zones = new Map(
    plan.zones.flatMap(({ zone, addresses }) => [...addresses].map((one) => [one, zone])),
  );
  const zoneOf = (address: number) => zones.get(address) ?? '';
  const subnets = layout.segments.map(({ subnet }) => subnet);
  // An address that the plan makes a broadcast is nobody's, whatever the capture says.
  const edges = edgesOf(plan);
  const isCarried = ({ client, server }: Conversation) => !edges.has(client) && !edges.has(server);
  const carried = conversations.filter(isCarried);
  const toEdges = packetsOf(conversations) - packetsOf(carried);
  survey.uncarried.count('directed-broadcast', toEdges);
  const flows = planFlows(carried, zoneOf, subnets);
  for (const zone of plan.zones) zone.mtu = Math.min(zone.mtu, MTU_MAX);
  return {
    ...plan,
    survey,
    layout,
    board: BOARDS.find(([ports]) => ports >= plan.zones.length)![1],
    flows,
    tests: sampleTests(flows.flows, zoneOf),
    needsPickup: survey.conversations.tcpPickedUp > 0,
  };
}

/**
 * The first and last addresses of the connected subnets (RFC 3021: of /31 and /32 there are none).
 */
function edgesOf({ zones }: AddressPlan): Set<number> {
  const subnets = zones.map(({ address }) => address).filter(({ length }) => length < 31);
  return new Set(subnets.flatMap((subnet) => [networkOf(subnet), broadcastOf(subnet)]));
}

function packetsOf(conversations: readonly Conversation[]): number {
  return conversations.reduce((sum, { packets }) => sum + packets, 0);
}

/** Without an IPv4 host there is nothing to propose but an example. */
function emptyProposal(survey: CaptureSurvey, layout: Layout): Proposal {
  const note = 'an example, as the capture shows no IPv4 host';
  const zone = (kind: 'plant' | 'office', port: string, address: number): ZonePlan => ({
    kind,
    zone: kind,
    interface: `${kind}0`,
    port,
    address: { address, length: 24 },
    mtu: 1500,
    addresses: new Set(),
    note,
  });
  return {
    survey,
    layout,
    zones: [zone('plant', 'eth0', 0x0a02_0001), zone('office', 'eth1', 0x0a01_0001)],
    routes: [],
    unmoved: new Set(),
    board: 'two-port',
    flows: { flows: [], leftOut: { flows: 0, packets: 0 }, withinZone: 0 },
    tests: [],
    needsPickup: false,
  };
}
