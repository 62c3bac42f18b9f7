/**
 * The entry of `flows:` that would permit what was denied.
 */

import type { DeniedGroup } from './denied-groups.ts';
import { ZONE_UNKNOWN } from './report.ts';
import { wrap } from './table.ts';

/** An entry of `flows:` in a router file. */
export interface PermitFlow {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly match: string;
}

/** Beyond this many hosts a match says nothing of them: any host of the zone. */
export const HOSTS_IN_MATCH_MAX = 4;
/** As in a router file; room is left for a number that makes the name unique. */
const NAME_LENGTH_MAX = 64;
const NUMBER_ROOM = 5;
/** Of the lines after the first. */
const INDENT = 6;

function hostsMatch(direction: 'src' | 'dst', hosts: readonly string[]): string[] {
  if (hosts.length > HOSTS_IN_MATCH_MAX) return [];
  const text = `${direction} host ${hosts.join(' or ')}`;
  return [hosts.length === 1 ? text : `(${text})`];
}

/** icmp6 in a match is that of IPv6, and only IPv4 is forwarded. */
function protocolMatch({ protocol, port }: DeniedGroup): string {
  if (port !== 0) return `${protocol} dst port ${port}`;
  return protocol === 'icmp6' ? 'ip proto 58' : protocol;
}

function uniqueName(wanted: string, taken: ReadonlySet<string>): string {
  const name = wanted.slice(0, NAME_LENGTH_MAX - NUMBER_ROOM).trimEnd();
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name} ${number}`;
    if (!taken.has(candidate)) return candidate;
  }
}

/**
 * The flow that permits a group: its service, between the hosts seen as long as they are few.
 * Null where nothing in `flows:` can: no zone is known that the packets were for.
 * @param taken names of flows that there are; the new name is added
 */
export function permitFlow(group: DeniedGroup, taken: Set<string>): PermitFlow | null {
  const { from, to, protocol, port } = group;
  if (from === ZONE_UNKNOWN || to === ZONE_UNKNOWN) return null;
  const service = port === 0 ? protocol : `${protocol} ${port}`;
  const name = uniqueName(`${service} from ${from} to ${to}`, taken);
  taken.add(name);
  const match = [
    protocolMatch(group),
    ...hostsMatch('src', group.sources),
    ...hostsMatch('dst', group.destinations),
  ].join(' and ');
  return { name, from, to, match };
}

/** Words that YAML would not take for text. YAML 1.2.2 §10.3.2. */
const NOT_TEXT: ReadonlySet<string> = new Set(['true', 'false', 'null']);

function scalar(text: string): string {
  return NOT_TEXT.has(text) ? `'${text}'` : text;
}

/** The entry as YAML, as it stands under `flows:` with an indent of two; folded at `width`. */
export function permitYaml({ name, from, to, match }: PermitFlow, width: number): string[] {
  const zones = `from: ${scalar(from)}, to: ${scalar(to)},`;
  const [first = '', ...rest] = [
    ...wrap(`- { name: ${name}, ${zones}`, width - INDENT),
    ...wrap(`match: ${match} }`, width - INDENT),
  ];
  return [`  ${first}`, ...rest.map((line) => ' '.repeat(INDENT) + line)];
}
