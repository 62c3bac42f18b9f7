/**
 * The report for people: what was carried by which flow, what was denied, what was dropped and
 * why, by port and by module.
 */
import { dropReasonDescriptions } from '../../config/drop-reasons.ts';
import { reportHints } from './hints.ts';
import type { DeniedRow, Report } from './report.ts';
import { plainStyle, type Style } from './style.ts';
import { formatCount, REPORT_COLUMNS, type Table, tableLines, wrap } from './table.ts';

/** Rows of a table that a person reads; `--json` has the others. */
const ROWS_SHOWN_MAX = 20;

/** What is above the report. */
export interface ReportTitle {
  /** What was run, such as `sluice replay`. */
  readonly command: string;
  /** The router file, as the operator named it. */
  readonly router: string;
}

function section(style: Style, title: string, lines: readonly string[]): string[] {
  return ['', style.heading(title), ...lines];
}

function table(style: Style, head: Table['head'], rows: Table['rows']): string[] {
  const [first, ...rest] = tableLines({ head, rows, indent: 2 });
  return [style.quiet(first), ...rest];
}

/** A table's first rows, and how many more there are. */
function cut(style: Style, head: Table['head'], rows: Table['rows']): string[] {
  const lines = table(style, head, rows.slice(0, ROWS_SHOWN_MAX));
  const more = rows.length - ROWS_SHOWN_MAX;
  return more > 0 ? [...lines, style.quiet(`  … and ${formatCount(more)} more (--json)`)] : lines;
}

/** By number of packets, most first; those of as many stay in the order that they have. */
function byPackets<T extends { packets: number }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => b.packets - a.packets);
}

function titleLines(report: Report, title: ReportTitle, style: Style): string[] {
  const lines = wrap(`${title.command}: ${title.router}`, REPORT_COLUMNS).map(style.title);
  if (report.developerMode === true) {
    lines.push(style.warning('developer mode: not the module set that this router comes with'));
  }
  const { received, seconds, packetsPerSecond } = report;
  const rate = `${formatCount(packetsPerSecond)} packets a second`;
  return [...lines, `${formatCount(received)} frames in ${seconds.toFixed(3)} s: ${rate}`];
}

function balanceLines(report: Report): string[] {
  const sides = [
    ['received', 'originated'],
    ['transmitted', 'consumed', 'dropped', 'held'],
  ] as const;
  const [left, right] = sides.map((keys) =>
    keys.map((key) => `${key} ${formatCount(report[key])}`).join(' + '),
  );
  return wrap(`${left} = ${right}`, REPORT_COLUMNS - 2).map((line) => `  ${line}`);
}

function flowLines(report: Report, style: Style): string[] {
  const flows = Object.entries(report.flows).map(([name, flow]) => ({ name, ...flow }));
  const used = byPackets(flows.filter(({ packets }) => packets > 0));
  const unused = flows.filter(({ packets }) => packets === 0).map(({ name }) => name);
  const rows = used.map((flow) => [flow.name, flow.packets, flow.bytes, flow.connections]);
  const lines = rows.length === 0 ? ['  nothing'] : [];
  if (rows.length > 0) lines.push(...cut(style, ['flow', 'packets', 'bytes', 'connections'], rows));
  if (unused.length > 0) lines.push(...unusedLines(unused, style));
  return section(style, 'Carried', lines);
}

function unusedLines(names: readonly string[], style: Style): string[] {
  const shown = names.slice(0, ROWS_SHOWN_MAX).join(', ');
  const more = names.length - ROWS_SHOWN_MAX;
  const text = `not used: ${shown}${more > 0 ? ` and ${formatCount(more)} more` : ''}`;
  return wrap(text, REPORT_COLUMNS - 2).map((line) => style.quiet(`  ${line}`));
}

function deniedRow(row: DeniedRow): (string | number)[] {
  if (row.from === 'other' && row.source === 'other') return ['others', '', row.packets];
  const service = row.port === 0 ? row.protocol : `${row.protocol} ${row.port}`;
  const between = `${row.from} > ${row.to}`;
  return [between, `${service}  ${row.source} > ${row.destination}`, row.packets];
}

function deniedLines(report: Report, style: Style): string[] {
  if (report.denied.length === 0) return [];
  const rows = byPackets(report.denied).map(deniedRow);
  return section(
    style,
    'Denied: no flow permits it',
    cut(style, ['from > to', 'what', 'packets'], rows),
  );
}

function dropLines(report: Report, style: Style): string[] {
  const drops = Object.entries(report.drops).map(([reason, packets]) => ({ reason, packets }));
  const rows = byPackets(drops.filter(({ packets }) => packets > 0)).map(({ reason, packets }) => [
    reason,
    packets,
    dropReasonDescriptions[reason]?.meaning ?? 'A module decided so: see its README.',
  ]);
  if (rows.length === 0) return [];
  return section(style, 'Dropped', table(style, ['reason', 'packets', 'what it means'], rows));
}

function portLines(report: Report, style: Style): string[] {
  const rows = Object.entries(report.ports).map(([name, port]) => [
    name,
    port.received,
    port.transmitted,
  ]);
  return section(style, 'Ports', table(style, ['port', 'received', 'transmitted'], rows));
}

function moduleLines(report: Report, style: Style): string[] {
  const rows = Object.entries(report.modules).map(([name, module]) => [
    name,
    module.packets,
    module.violations,
    module.faults,
  ]);
  if (rows.length === 0) return [];
  const head = ['module', 'packets', 'violations', 'faults'];
  return section(style, 'Modules', table(style, head, rows));
}

function hintLines(report: Report, style: Style): string[] {
  const hints = reportHints(report);
  if (hints.length === 0) return [];
  const lines = hints.flatMap((hint) => {
    const [first = '', ...rest] = wrap(hint, REPORT_COLUMNS - 4);
    return [style.warning(`  - ${first}`), ...rest.map((line) => style.warning(`    ${line}`))];
  });
  return section(style, 'Hints', lines);
}

/** The report as text that ends with a line feed; no line is longer than REPORT_COLUMNS. */
export function reportText(report: Report, title: ReportTitle, style: Style = plainStyle): string {
  const lines = [
    ...titleLines(report, title, style),
    '',
    ...balanceLines(report),
    ...flowLines(report, style),
    ...deniedLines(report, style),
    ...dropLines(report, style),
    ...portLines(report, style),
    ...moduleLines(report, style),
    ...hintLines(report, style),
    '',
    style.quiet(`receipt ${report.receipt}`),
  ];
  return `${lines.join('\n')}\n`;
}
