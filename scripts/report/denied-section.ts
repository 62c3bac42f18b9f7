/**
 * What the policy denied: a comment a group, and below it the entry that would permit it.
 */
import { type DeniedGroup, groupDenied, isOther } from './denied-groups.ts';
import { HOSTS_IN_MATCH_MAX, permitFlow, permitYaml } from './permit-flow.ts';
import type { Report } from './report.ts';
import { type Block, moreText, type PageLimits, type Section } from './report-blocks.ts';
import { formatCount } from './table.ts';

const TITLE =
  'Denied: no flow permits it; to permit a group, paste its lines under flows: in the router file';

/** Hosts named before the rest is a number. */
const HOSTS_SHOWN_MAX = 4;

function hostsText(hosts: readonly string[]): string {
  const shown = hosts.slice(0, HOSTS_SHOWN_MAX).join(', ');
  const more = hosts.length - HOSTS_SHOWN_MAX;
  return more > 0 ? `${shown} and ${formatCount(more)} more` : shown;
}

function countText(count: number, one: string): string {
  return `${formatCount(count)} ${one}${count === 1 ? '' : 's'}`;
}

function groupText(group: DeniedGroup): string {
  const { from, to, protocol, port, packets, answers, sources, destinations } = group;
  const service = port === 0 ? protocol : `${protocol} ${port}`;
  const back = answers > 0 ? ` and ${countText(answers, 'answer')}` : '';
  const hosts = `${hostsText(sources)} > ${hostsText(destinations)}`;
  return `${from} > ${to}, ${service}: ${countText(packets, 'packet')}${back}, ${hosts}`;
}

/** What the entry permits beyond the hosts that were seen. */
function widthText({ sources, destinations }: DeniedGroup): string {
  const any = [
    ...(sources.length > HOSTS_IN_MATCH_MAX ? ['source'] : []),
    ...(destinations.length > HOSTS_IN_MATCH_MAX ? ['destination'] : []),
  ];
  return any.length === 0 ? '' : ` (the entry permits any ${any.join(' and ')})`;
}

/** The section of denied traffic; empty where nothing was denied. */
export function deniedSection(report: Report, limits: PageLimits): Section {
  const groups = groupDenied(report.denied);
  const taken = new Set(Object.keys(report.flows));
  const blocks = groups.slice(0, limits.entriesMax).map((group): Block => {
    const flow = permitFlow(group, taken);
    const comment = groupText(group);
    if (flow === null) return { kind: 'entry', comment, yaml: () => [] };
    const yaml = (width: number) => permitYaml(flow, width);
    return { kind: 'entry', comment: comment + widthText(group), yaml };
  });
  blocks.push(...moreText(groups.length - limits.entriesMax, limits));
  const others = report.denied.filter(isOther).reduce((sum, { packets }) => sum + packets, 0);
  if (others > 0) {
    const text = `${countText(others, 'packet')} more, beyond what the router keeps apart`;
    blocks.push({ kind: 'text', text });
  }
  return { id: 'denied', title: TITLE, blocks };
}
