/** A flow in words: its name, its match, and packets that try it. */
import { formatIpv4 } from '../../netstack/address.ts';
import {
  describeProtocol,
  hasPorts,
  PROTOCOL_ICMP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
} from '../../netstack/protocols.ts';
import { PORT_ANY } from './conversations.ts';
import type { FlowPlan } from './flow-plan.ts';
import { hostTermCovers, hostTermText } from './host-term.ts';
import { serviceAt } from './services.ts';

/** A client's port in tests: of the range that hosts choose from (RFC 6335 §6). */
const PORT_EPHEMERAL = 50_000;

/** The flow's match, in pcap-filter syntax. */
export function matchOf(flow: FlowPlan): string {
  const { protocol, port, isAnswerOnly, client, server } = flow;
  const name = describeProtocol(protocol);
  const side = isAnswerOnly ? 'src' : 'dst';
  const isAnyPort = !hasPorts(protocol) || port === PORT_ANY;
  const [source, destination] = isAnswerOnly ? [server, client] : [client, server];
  return [
    isAnyPort ? name : `${name} ${side} port ${port}`,
    hostTermText('src', source),
    hostTermText('dst', destination),
  ]
    .filter((term) => term !== '')
    .join(' and ');
}

function countOf(addresses: readonly number[], what: string): string {
  return addresses.length === 1 ? formatIpv4(addresses[0]!) : `${addresses.length} ${what}`;
}

/** What the clients do with the servers; `s` where one client does it. */
function verbOf({ protocol, port, isAnswerOnly }: FlowPlan, s: string): string {
  if (protocol === PROTOCOL_ICMP) return `ping${s}`;
  const name = describeProtocol(protocol);
  if (!hasPorts(protocol)) return `send${s} ${name} to`;
  if (port === PORT_ANY) return `use${s} many ${name} ports of`;
  const service = serviceAt(protocol, port);
  const what = service === undefined ? `${name} ${port}` : service.name;
  if (isAnswerOnly) return `send${s} ${what} to`;
  return service?.isIndustrial === true ? `poll${s} ${what} on` : `use${s} ${what} on`;
}

/** A name for reports: who does what with whom. Not yet unique. */
export function nameOf(flow: FlowPlan): string {
  const { clients, servers, from, to, isAnswerOnly } = flow;
  const [first, second] = isAnswerOnly ? [servers, clients] : [clients, servers];
  const verb = verbOf(flow, first.length === 1 ? 's' : '');
  return `${countOf(first, `${from} hosts`)} ${verb} ${countOf(second, `${to} hosts`)}`;
}

/** Names for flows, each once: those alike are numbered. */
export function namesOf(flows: readonly FlowPlan[]): string[] {
  const counts = new Map<string, number>();
  return flows.map((flow) => {
    const name = nameOf(flow);
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}

/** What a test sends: addresses, and ports where the protocol has them. */
export interface Probe {
  readonly protocol: number;
  readonly source: number;
  readonly destination: number;
  readonly sport: number;
  readonly dport: number;
}

/** The first packet of the flow's busiest conversation. */
export function probeOf({ sample, protocol, isAnswerOnly }: FlowPlan): Probe {
  const port = sample.samplePort;
  const { client, server } = sample;
  return isAnswerOnly
    ? { protocol, source: server, destination: client, sport: port, dport: PORT_EPHEMERAL }
    : { protocol, source: client, destination: server, sport: PORT_EPHEMERAL, dport: port };
}

/** A probe as a packet text of a router file's tests, or null where these have none. */
export function probeText({ protocol, source, destination, sport, dport }: Probe): string | null {
  const [from, to] = [formatIpv4(source), formatIpv4(destination)];
  if (protocol === PROTOCOL_ICMP) return `icmp ${from} > ${to}`;
  if (protocol === PROTOCOL_TCP || protocol === PROTOCOL_UDP) {
    const name = describeProtocol(protocol);
    return `${name} ${from}:${sport} > ${to}:${dport}`;
  }
  return hasPorts(protocol) ? null : `ip proto ${protocol} ${from} > ${to}`;
}

/** Whether the flow admits the probe, given the zones that its ends are in. */
export function admits(flow: FlowPlan, probe: Probe, from: string, to: string): boolean {
  if (flow.from !== from || flow.to !== to || flow.protocol !== probe.protocol) return false;
  const [source, destination] = flow.isAnswerOnly
    ? [flow.server, flow.client]
    : [flow.client, flow.server];
  if (!hostTermCovers(source, probe.source)) return false;
  if (!hostTermCovers(destination, probe.destination)) return false;
  if (!hasPorts(flow.protocol) || flow.port === PORT_ANY) return true;
  return flow.port === (flow.isAnswerOnly ? probe.sport : probe.dport);
}
