/** The router file of a proposal, with comments that say where each line comes from. */
import { basename } from 'node:path';
import { formatCidr, formatIpv4 } from '../../netstack/address.ts';
import { formatCount, wrap } from '../report/table.ts';
import type { RoutePlan, ZonePlan } from './address-plan.ts';
import type { FlowPlan } from './flow-plan.ts';
import { matchOf, namesOf } from './flow-words.ts';
import { HOSTS_MAX } from './hosts.ts';
import type { Proposal } from './proposal.ts';
import type { Kind } from './roles.ts';

const COLUMNS = 100;
/** Characters of a file's name that a comment repeats. */
const FILE_NAME_MAX = 60;

/** What else the file says: its captures, and whether its flows are in force. */
export interface RouterTextOptions {
  readonly files: readonly string[];
  readonly isPermitting: boolean;
}

/** The text of the router file; it loads, and ends with a line feed. */
export function routerText(proposal: Proposal, options: RouterTextOptions): string {
  const lines = [
    ...header(proposal, options),
    `board: ${proposal.board}`,
    '',
    ...interfaceLines(proposal),
    ...routeLines(proposal),
    ...flowLines(proposal, options),
    ...optionLines(proposal),
    ...testLines(proposal, options),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

/** Comment lines; the text is wrapped. */
function comment(text: string, indent = ''): string[] {
  return wrap(text, COLUMNS - indent.length - 2).map((line) => `${indent}# ${line}`);
}

/** Counts and what they are of, in a comment; what wraps goes on under the words. */
function countLines(rows: readonly (readonly [number, string])[]): string[] {
  const width = Math.max(0, ...rows.map(([count]) => formatCount(count).length));
  return rows.flatMap(([count, text]) =>
    wrap(text, COLUMNS - width - 6).map((line, index) => {
      const left = index === 0 ? formatCount(count) : '';
      return `#   ${left.padStart(width)} ${line}`;
    }),
  );
}

/** One line of printable characters, whatever somebody called a file. */
function fileName(path: string): string {
  const name = path === '-' ? 'standard input' : basename(path).replaceAll(/[\p{C}\s]+/gu, ' ');
  return name.length <= FILE_NAME_MAX ? name : `…${name.slice(1 - FILE_NAME_MAX)}`;
}

/** Seconds since 1970 as ISO 8601 in UTC, whole seconds. */
function isoTime(seconds: number): string {
  return `${new Date(Math.floor(seconds) * 1000).toISOString().slice(0, 19)}Z`;
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

function header(proposal: Proposal, options: RouterTextOptions): string[] {
  const { survey, zones, flows, layout } = proposal;
  const files = options.files.map(fileName).join(', ');
  const time = Number.isNaN(survey.first)
    ? ''
    : `, ${isoTime(survey.first)} to ${isoTime(survey.last)}`;
  const rows = notCarried(proposal);
  return [
    ...comment(
      `A router for ${files}, as \`sluice init\` proposes it: read it, correct it, keep it.`,
    ),
    ...comment(
      `Seen: ${plural(survey.frames, 'frame')}${time}; ${plural(survey.unicast, 'IPv4 packet')} ` +
        `from one host to another, ${plural(flows.flows.length, 'flow')} between ` +
        `${plural(zones.length, 'zone')}, ${plural(layout.segments.length, 'subnet')}.`,
    ),
    ...(rows.length === 0 ? [] : ['#', '# Not carried, or not decided:', ...countLines(rows)]),
    '',
  ];
}

/** What of the capture goes no further, and where the survey reached its limits. */
function notCarried({ survey, flows, unmoved }: Proposal): (readonly [number, string])[] {
  const { uncarried, conversations, hosts } = survey;
  const packets: (readonly [number, string])[] = [
    [flows.withinZone, 'IPv4 packets within one zone, which need no router (same-segment)'],
    [
      conversations.lateAnswers,
      'packets that answer nothing in the capture, or too late: they are denied',
    ],
    [conversations.leftOut, 'packets of conversations beyond the first 65,536'],
    [unmoved.size, 'hosts that would need more routes than are written here'],
    [survey.tagged, 'frames with VLAN tags, which stay on: zones are made of addresses'],
  ];
  if (hosts.all.size >= HOSTS_MAX) packets.push([HOSTS_MAX, 'hosts, and no more, are told apart']);
  return [
    ...uncarried.phrases().map(([count, text]) => {
      return [count, `${count === 1 ? 'frame' : 'frames'} ${text}`] as const;
    }),
    ...packets.filter(([count]) => count > 0),
  ];
}

/** What the hosts of a zone have in common. */
const KIND_TEXTS: Readonly<Record<Kind, string>> = {
  plant: 'hosts that serve an industrial protocol',
  control: 'hosts that ask by an industrial protocol',
  servers: 'hosts that serve anything else',
  office: 'hosts that only ask',
  internet: 'what is behind the router of the capture',
};

function interfaceLines({ zones, layout }: Proposal): string[] {
  const lines: string[] = [];
  if (zones.some(({ address }) => address.length === 32) && layout.segments.length > 0) {
    lines.push(
      ...comment(
        'One subnet is on several ports here: a /32 lies in the subnet of another interface, and ' +
          'the routes say which hosts are on its wire. In the plant the hosts of such a subnet ' +
          'need routes to one another through this router.',
      ),
    );
  }
  return [...lines, 'interfaces:', ...zones.flatMap(interfaceLine), ''];
}

function interfaceLine(plan: ZonePlan): string[] {
  const { kind, zone, port, address, mtu, note, addresses } = plan;
  const fields = [`port: ${port}`, `zone: ${zone}`, `address: ${formatCidr(address)}`];
  if (mtu !== 1500) fields.push(`mtu: ${mtu}`);
  const hosts = addresses.size === 0 ? '' : `, ${formatCount(addresses.size)} seen`;
  return [
    ...comment(`${zone}: ${KIND_TEXTS[kind]}${hosts}; the address is ${note}`, '  '),
    `  ${plan.interface}: { ${fields.join(', ')} }`,
  ];
}

function routeLines({ routes }: Proposal): string[] {
  if (routes.length === 0) return [];
  return ['routes:', ...routes.flatMap(routeLine), ''];
}

function routeLine({ to, via, interface: name, note }: RoutePlan): string[] {
  const way = via === undefined ? `interface: ${name}` : `via: ${formatIpv4(via)}`;
  const why = note === undefined ? [] : comment(note, '  ');
  return [...why, `  - { to: ${formatCidr(to)}, ${way} }`];
}

function flowLines({ flows }: Proposal, { isPermitting }: RouterTextOptions): string[] {
  const intro = isPermitting
    ? 'Default deny: these are all flows of the capture, most used first, and all are permitted. ' +
      'Take away what should not be. Replies belong to their flow.'
    : 'Default deny, and nothing is permitted yet: these are the flows of the capture, most used ' +
      'first. Take the # away from those that should be. Replies belong to their flow.';
  if (flows.flows.length === 0) {
    return [...comment('Default deny: the capture shows no flow between two zones.'), 'flows:', ''];
  }
  const names = namesOf(flows.flows);
  const lines = [...comment(intro), 'flows:'];
  for (const [index, flow] of flows.flows.entries()) {
    lines.push(...flowEntry(flow, names[index]!, isPermitting ? '' : '# '));
  }
  if (flows.leftOut.flows > 0) {
    const text = `${plural(flows.leftOut.flows, 'more flow')}, used least, with `;
    lines.push(
      ...comment(`${text}${plural(flows.leftOut.packets, 'packet')} in all, are left out`, '  '),
    );
  }
  return [...lines, ''];
}

function flowEntry(flow: FlowPlan, name: string, mark: string): string[] {
  const { packets, connections, first, last, from, to } = flow;
  const time = first === 0 ? '' : `, ${isoTime(first)} to ${isoTime(last)}`;
  const seen = `${plural(packets, 'packet')} in ${plural(connections, 'connection')}${time}`;
  const [match, ...more] = wrap(`match: ${matchOf(flow)}`, COLUMNS - 8);
  return [
    ...comment(`${seen}${hostsNote(flow)}`, '  '),
    `  ${mark}- name: ${name}`,
    `  ${mark}  from: ${from}`,
    `  ${mark}  to: ${to}`,
    `  ${mark}  ${match}`,
    // A longer indent goes on with the text before it.
    ...more.map((line) => `  ${mark}    ${line}`),
  ];
}

/** Where the entry permits more than was seen. */
function hostsNote({ isExact, client, server, clients, servers }: FlowPlan): string {
  const counts = `${plural(clients.length, 'client')}, ${plural(servers.length, 'server')}`;
  const isWide = client.kind !== 'hosts' || server.kind !== 'hosts';
  if (isWide) return `; ${counts}: too many to name each`;
  return isExact ? '' : `; ${counts}, not each with each`;
}

function optionLines({ survey, needsPickup }: Proposal): string[] {
  if (!needsPickup) return [];
  const { tcpConnections, tcpPickedUp } = survey.conversations;
  return [
    ...comment(
      `${formatCount(tcpPickedUp)} of ${plural(tcpConnections, 'TCP connection')} began before ` +
        'the capture, or their beginning was not captured: with tcp-pickup these are taken in ' +
        'their middle. Set it to false in the plant.',
    ),
    'options:',
    '  tcp-pickup: true',
    '',
  ];
}

function testLines({ tests, flows }: Proposal, { isPermitting }: RouterTextOptions): string[] {
  if (tests.length === 0) return [];
  const names = namesOf(flows.flows);
  const lines = [...comment('sluice test sends each packet through the real kernel.'), 'tests:'];
  for (const { packet, flow } of tests) {
    const mark = flow === null || isPermitting ? '' : '# ';
    lines.push(`  ${mark}- packet: ${packet}`);
    lines.push(`  ${mark}  expect: ${flow === null ? 'denied' : names[flow]}`);
  }
  return lines;
}
