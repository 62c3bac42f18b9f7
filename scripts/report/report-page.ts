/**
 * What a report says and in which order, before it is text or a page of HTML: what was carried,
 * what was denied, what is wrong with the capture, then the details.
 */
import { dropReasonDescriptions } from '../../config/drop-reasons.ts';
import { deniedSection } from './denied-section.ts';
import { reportHints } from './hints.ts';
import type { Report } from './report.ts';
import { type Block, type Cell, moreText, type PageLimits, type Section } from './report-blocks.ts';
import { formatCount } from './table.ts';

/** What is above the report. */
export interface ReportTitle {
  /** What was run, such as `sluice replay`. */
  readonly command: string;
  /** The router file, as the operator named it. */
  readonly router: string;
}

/** A report, ready to be written. */
export interface ReportPage {
  readonly title: string;
  /** Said loudly where there is one. */
  readonly warning: string | null;
  readonly summary: string;
  readonly balance: string;
  readonly sections: readonly Section[];
  /** What stands at the end: names and their values. */
  readonly footer: readonly (readonly [name: string, value: string])[];
}

/** By number of packets, most first; those of as many stay in the order that they have. */
function byPackets<T extends { packets: number }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => b.packets - a.packets);
}

/** A table's first rows, and how many more there are. */
function cutTable(head: readonly string[], rows: readonly Cell[][], limits: PageLimits): Block[] {
  if (rows.length === 0) return [];
  return [
    { kind: 'table', head, rows: rows.slice(0, limits.rowsMax) },
    ...moreText(rows.length - limits.rowsMax, limits),
  ];
}

function balanceOf(report: Report): string {
  const sides = [
    ['received', 'originated'],
    ['transmitted', 'consumed', 'dropped', 'held'],
  ] as const;
  const [left, right] = sides.map((keys) =>
    keys.map((key) => `${key} ${formatCount(report[key])}`).join(' + '),
  );
  return `${left} = ${right}`;
}

function carriedSection(report: Report, limits: PageLimits): Section {
  const flows = Object.entries(report.flows).map(([name, flow]) => ({ name, ...flow }));
  const used = byPackets(flows.filter(({ packets }) => packets > 0));
  const unused = flows.filter(({ packets }) => packets === 0).map(({ name }) => name);
  const rows = used.map((flow) => [flow.name, flow.packets, flow.bytes, flow.connections]);
  const blocks = cutTable(['flow', 'packets', 'bytes', 'connections'], rows, limits);
  if (rows.length === 0) blocks.push({ kind: 'text', text: 'nothing' });
  if (unused.length > 0) {
    const more = unused.length - limits.rowsMax;
    const rest = more > 0 ? ` and ${formatCount(more)} more` : '';
    const shown = unused.slice(0, limits.rowsMax).join(', ');
    blocks.push({ kind: 'text', text: `not used: ${shown}${rest}` });
  }
  return { id: 'carried', title: 'Carried', blocks };
}

function captureSection(report: Report): Section {
  const blocks = reportHints(report).map((text) => ({ kind: 'warning' as const, text }));
  return { id: 'capture', title: 'The capture', blocks };
}

function droppedSection(report: Report, limits: PageLimits): Section {
  const drops = Object.entries(report.drops).map(([reason, packets]) => ({ reason, packets }));
  const rows = byPackets(drops.filter(({ packets }) => packets > 0)).map(({ reason, packets }) => [
    reason,
    packets,
    dropReasonDescriptions[reason]?.meaning ?? 'A module decided so: see its README.',
  ]);
  const blocks = cutTable(['reason', 'packets', 'what it means'], rows, limits);
  return { id: 'dropped', title: 'Dropped', blocks };
}

function portsSection(report: Report, limits: PageLimits): Section {
  const rows = Object.entries(report.ports).map(([name, port]) => [
    name,
    port.received,
    port.transmitted,
  ]);
  return {
    id: 'ports',
    title: 'Ports',
    blocks: cutTable(['port', 'received', 'transmitted'], rows, limits),
  };
}

function modulesSection(report: Report, limits: PageLimits): Section {
  const rows = Object.entries(report.modules).map(([name, module]) => [
    name,
    module.packets,
    module.violations,
    module.faults,
    module.state,
  ]);
  const head = ['module', 'packets', 'violations', 'faults', 'state'];
  return { id: 'modules', title: 'Modules', blocks: cutTable(head, rows, limits) };
}

/** The page of a report; sections with nothing to say are not there. */
export function reportPage(report: Report, title: ReportTitle, limits: PageLimits): ReportPage {
  const frames = report.received === 1 ? 'frame' : 'frames';
  const rate = `${formatCount(report.packetsPerSecond)} packets a second`;
  const sections = [
    carriedSection(report, limits),
    deniedSection(report, limits),
    captureSection(report),
    droppedSection(report, limits),
    portsSection(report, limits),
    modulesSection(report, limits),
  ];
  return {
    title: `${title.command}: ${title.router}`,
    warning:
      report.developerMode === true
        ? 'developer mode: not the module set that this router comes with'
        : null,
    summary: `${formatCount(report.received)} ${frames} in ${report.seconds.toFixed(3)} s: ${rate}`,
    balance: balanceOf(report),
    sections: sections.filter(({ blocks }) => blocks.length > 0),
    footer: [
      ['audit', `${report.audit.head}, line ${formatCount(report.audit.lines)}`],
      // A live run cannot be repeated, so it has no receipt.
      ...(report.receipt === undefined ? [] : [['receipt', report.receipt] as const]),
    ],
  };
}
