/** The `show` commands: how the running board stands. */
import { dropReasonDescriptions } from '../../config/drop-reasons.ts';
import type { Interface } from '../../config/router.ts';
import type { FlowEntry } from '../../firmware/report/flow-list.ts';
import { formatCidr, formatIpv4, formatMac, networkOf } from '../../netstack/address.ts';
import { describeProtocol, hasPorts } from '../../netstack/protocols.ts';
import type { LinkStanding } from '../boot/live/plane-protocol.ts';
import { formatCount, type Table, tableLines } from '../report/table.ts';
import { type Answer, ConsoleError } from './answer.ts';
import type { ConsoleSession } from './session.ts';

type Show = (session: ConsoleSession) => Promise<Answer>;

/** Lines of a list that are shown; programs get all that are kept. */
const LINES_SHOWN = 20;
const FLOWS_MAX = 1000;

function table(head: Table['head'], rows: Table['rows']): string[] {
  return rows.length === 0 ? ['none'] : tableLines({ head, rows, indent: 0 });
}

/** What the plane answered. @throws {ConsoleError} when it could not */
export function answered<T>(answer: T | null): T {
  if (answer !== null) return answer;
  throw new ConsoleError('the data plane was started again before it could answer', 'ask again');
}

function faceOf({ router }: ConsoleSession, port: number): Interface | undefined {
  return router.interfaces.find((entry) => entry.port === port);
}

const showInterfaces: Show = async (session) => {
  const links = answered(await session.ask({ kind: 'links' }));
  const value = links.map((link, port) => {
    const face = faceOf(session, port);
    return {
      port: session.router.board.ports[port].name,
      interface: face?.name ?? null,
      zone: face?.zone ?? null,
      address: face === undefined ? null : `${formatIpv4(face.address)}/${face.prefixLength}`,
      ...link,
    };
  });
  const rows = value.map((each) => [
    each.port,
    each.interface ?? '-',
    linkState(each),
    each.address ?? '-',
    each.zone ?? '-',
    each.received,
    each.transmitted,
    each.lostIn,
    each.lostOut,
  ]);
  const head = ['port', 'interface', 'link', 'address', 'zone', 'in', 'out', 'lost in', 'lost out'];
  return { value, lines: table(head, rows) };
};

function linkState({ isOpen, isUp }: LinkStanding): string {
  return isOpen ? (isUp ? 'up' : 'down') : 'shut';
}

function subnetText({ address, prefixLength: length }: Interface): string {
  return formatCidr({ address: networkOf({ address, length }), length });
}

const showRoutes: Show = async (session) => {
  const links = answered(await session.ask({ kind: 'links' }));
  const { interfaces, routes } = session.router;
  const connected = interfaces.map((face) => ({
    to: subnetText(face),
    via: null as string | null,
    port: face.port,
  }));
  const fixed = routes.map(({ to, via, port }) => ({
    to: formatCidr(to),
    via: via === null ? null : formatIpv4(via),
    port,
  }));
  const value = [...connected, ...fixed].map(({ to, via, port }) => ({
    to,
    via,
    interface: faceOf(session, port)?.name ?? null,
    link: linkState(links[port]),
  }));
  const shown = value.slice(0, FLOWS_MAX);
  const rows = shown.map((each) => [
    each.to,
    each.via ?? 'on link',
    each.interface ?? '-',
    each.link,
  ]);
  return { value, lines: table(['to', 'via', 'interface', 'link'], rows) };
};

function flowText({ protocol, source, sport, destination, dport }: FlowEntry): string {
  const name = describeProtocol(protocol);
  const [from, to] = [source, destination].map(formatIpv4);
  return hasPorts(protocol)
    ? `${name} ${from}:${sport} > ${to}:${dport}`
    : `${name} ${from} > ${to}`;
}

const showFlows: Show = async (session) => {
  const { total, entries } = answered(await session.ask({ kind: 'flows', max: FLOWS_MAX }));
  const value = {
    total,
    flows: entries.map((entry) => ({
      ...entry,
      protocol: describeProtocol(entry.protocol),
      source: formatIpv4(entry.source),
      destination: formatIpv4(entry.destination),
    })),
  };
  const rows = entries
    .slice(0, LINES_SHOWN)
    .map((entry) => [flowText(entry), entry.state, entry.secondsLeft, entry.flow ?? '-']);
  const lines = table(['connection', 'state', 'runs out in s', 'flow'], rows);
  const more = total - rows.length;
  return { value, lines: more > 0 ? [...lines, `… and ${formatCount(more)} more`] : lines };
};

const showModules: Show = async (session) => {
  const { modules } = answered(await session.ask({ kind: 'counters' }));
  const rows = Object.entries(modules).map(([name, each]) => [
    name,
    each.state,
    each.packets,
    each.violations,
    each.faults,
  ]);
  return {
    value: modules,
    lines: table(['module', 'state', 'packets', 'violations', 'faults'], rows),
  };
};

const showPolicy: Show = async (session) => {
  const { flows } = answered(await session.ask({ kind: 'counters' }));
  const value = session.router.flows.map(({ name, from, to, matchText }) => ({
    name,
    from,
    to,
    match: matchText,
    ...flows[name],
  }));
  const rows = value.map((each) => [
    each.name,
    `${each.from} > ${each.to}`,
    each.packets,
    each.connections,
    each.match === '' ? 'anything' : each.match,
  ]);
  return { value, lines: table(['flow', 'zones', 'packets', 'connections', 'match'], rows) };
};

const showDrops: Show = async (session) => {
  const { drops } = answered(await session.ask({ kind: 'counters' }));
  const rows = Object.entries(drops).map(([reason, packets]) => [
    reason,
    packets,
    dropReasonDescriptions[reason]?.meaning ?? 'A module decided so: see its README.',
  ]);
  return { value: drops, lines: table(['reason', 'packets', 'what it means'], rows) };
};

const showAudit: Show = async ({ audit }) => ({
  value: audit.map((line) => JSON.parse(line)),
  lines: audit.length === 0 ? ['none'] : audit.slice(-LINES_SHOWN),
});

const showLog: Show = async ({ log }) => ({
  value: log,
  lines: log.length === 0 ? ['none'] : log.slice(-LINES_SHOWN),
});

const showNeighbors: Show = async (session) => {
  const heard = answered(await session.ask({ kind: 'neighbors' }));
  const value = heard.map(({ port, address, mac, secondsAgo }) => ({
    address: formatIpv4(address),
    mac: formatMac(mac),
    interface: faceOf(session, port)?.name ?? null,
    secondsAgo,
  }));
  const rows = value.map((each) => [
    each.address,
    each.mac,
    each.interface ?? '-',
    each.secondsAgo,
  ]);
  return { value, lines: table(['address', 'MAC address', 'interface', 'heard s ago'], rows) };
};

/** By what is shown. */
export const shows: Readonly<Record<string, Show>> = {
  interfaces: showInterfaces,
  routes: showRoutes,
  neighbors: showNeighbors,
  flows: showFlows,
  modules: showModules,
  policy: showPolicy,
  drops: showDrops,
  audit: showAudit,
  log: showLog,
};
