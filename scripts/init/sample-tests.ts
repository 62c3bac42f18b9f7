/** Tests for a router file: what its busiest flows admit, and what none of them does. */
import { PROTOCOL_TCP } from '../../netstack/protocols.ts';
import type { FlowPlan } from './flow-plan.ts';
import { admits, type Probe, probeOf, probeText } from './flow-words.ts';

const PERMITTED_MAX = 4;

/** A test; `flow` is the index of the flow that admits it, null where none may. */
export interface SampleTest {
  readonly packet: string;
  readonly flow: number | null;
}

/** A few tests, permitted ones first; none where there are no flows. */
export function sampleTests(
  flows: readonly FlowPlan[],
  zoneOf: (address: number) => string,
): SampleTest[] {
  const admitting = (probe: Probe) => {
    const [from, to] = [zoneOf(probe.source), zoneOf(probe.destination)];
    return flows.findIndex((flow) => admits(flow, probe, from, to));
  };
  const tests: SampleTest[] = [];
  const services = new Set<string>();
  for (const flow of flows) {
    if (tests.length === PERMITTED_MAX) break;
    const service = `${flow.from} ${flow.to} ${flow.protocol} ${flow.port}`;
    const packet = probeText(probeOf(flow));
    if (packet === null || services.has(service)) continue;
    services.add(service);
    tests.push({ packet, flow: admitting(probeOf(flow)) });
  }
  return [...tests, ...denials(flows, admitting)];
}

/** The other way round, and another port: the first flow that has them denied says so. */
function denials(flows: readonly FlowPlan[], admitting: (probe: Probe) => number): SampleTest[] {
  const reversed = (probe: Probe): Probe => {
    return { ...probe, source: probe.destination, destination: probe.source };
  };
  const telnet = (probe: Probe): Probe => ({ ...probe, protocol: PROTOCOL_TCP, dport: 23 });
  return [reversed, telnet].flatMap((change) => {
    for (const flow of flows) {
      const probe = change(probeOf(flow));
      const packet = probeText(probe);
      if (packet !== null && admitting(probe) < 0) return [{ packet, flow: null }];
    }
    return [];
  });
}
