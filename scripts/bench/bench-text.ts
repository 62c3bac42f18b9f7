/** A bench's report as text: a table a test. */
import type { Style } from '../report/style.ts';
import { formatCount } from '../report/table.ts';
import type { BenchReport, BenchResult, TaxPart } from './bench-report.ts';

const HEADINGS: Readonly<Record<BenchResult['test'], string>> = {
  throughput: 'Throughput',
  flows: 'Connections, all of them in use',
  'new-flows': 'New connections: every packet opens one',
  rules: 'Flows of the policy, on connections that are open',
  refusals: 'What is refused: ns a packet, forwarded or not',
  routes: 'Routes',
  modules:
    'Modules on the board: first the router as it is, then with more in the chain that pass on',
};

interface Column {
  readonly head: string;
  cell(result: BenchResult): string;
}

const COLUMNS: readonly Column[] = [
  { head: 'frame', cell: ({ frame }) => frame },
  { head: 'flows', cell: ({ flows }) => formatCount(flows) },
  { head: 'routes', cell: ({ routes }) => formatCount(routes) },
  { head: 'rules', cell: ({ rules }) => formatCount(rules) },
  { head: 'Mpps', cell: ({ mpps }) => mpps.toFixed(2) },
  { head: 'Gbit/s', cell: ({ gbps }) => gbps.toFixed(2) },
  { head: 'ns', cell: ({ nsPerPacket }) => nsPerPacket.toFixed(1) },
  { head: 'min-max', cell: ({ min, max }) => `${min.toFixed(1)}-${max.toFixed(1)}` },
  {
    head: 'µs p50/p99/max',
    cell: ({ vectorUs: { p50, p99, max } }) =>
      [p50, p99, max].map((us) => us.toFixed(0)).join(' / '),
  },
];
const TRAFFIC: Column = { head: 'traffic', cell: ({ traffic }) => traffic };
const MODULES: Column = { head: 'modules', cell: ({ modules }) => String(modules) };
const YARDSTICK: readonly Column[] = [
  { head: 'C ns', cell: ({ yardstick }) => yardstick?.nsPerPacket.toFixed(1) ?? '' },
  { head: 'ratio', cell: ({ yardstick }) => yardstick?.ratio.toFixed(2) ?? '' },
];

/** Cells in columns, numbers and words right. */
function alignedLines(cells: readonly (readonly string[])[]): string[] {
  const widths = cells[0].map((_, i) => Math.max(...cells.map((line) => line[i].length)));
  return cells.map((line) => `  ${line.map((cell, i) => cell.padStart(widths[i])).join('  ')}`);
}

function tableLines(results: readonly BenchResult[], style: Style): string[] {
  const [{ test }] = results;
  const columns = [
    ...(test === 'refusals' ? [TRAFFIC] : []),
    ...(test === 'modules' ? [MODULES] : []),
    ...COLUMNS,
    ...(results.some(({ yardstick }) => yardstick !== undefined) ? YARDSTICK : []),
  ];
  const head = columns.map((column) => column.head);
  const rows = results.map((result) => columns.map(({ cell }) => cell(result)));
  const [first, ...lines] = alignedLines([head, ...rows]);
  return ['', style.heading(HEADINGS[test]), style.quiet(first), ...lines];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function taxLines(tax: readonly TaxPart[], style: Style): string[] {
  const rows = tax.map(({ part, nsPerPacket, share, low, high }) => [
    part,
    nsPerPacket.toFixed(1),
    percent(share),
    `${percent(low)} to ${percent(high)}`,
  ]);
  const cells = [['protection', 'ns', 'share', 'half of the turns'], ...rows];
  const width = Math.max(...cells.map(([part]) => part.length));
  const [first, ...lines] = alignedLines(
    cells.map(([part, ...rest]) => [part.padEnd(width), ...rest]),
  );
  const title = 'Security tax: what a packet takes less with a protection taken out';
  return ['', style.heading(title), style.quiet(first), ...lines];
}

/** The report as text. `name` is what was asked for. */
export function benchText(
  { machine, results, tax }: BenchReport,
  name: string,
  style: Style,
): string {
  const tests = [...new Set(results.map(({ test }) => test))];
  const lines = [
    style.title(`sluice bench${name === '' ? '' : ` ${name}`}`),
    '',
    `  ${machine}`,
    '  One core; medians of five runs; ns of processor time a packet; µs from the arrival of 256',
    '  frames to the wire, by the clock.',
    '  Every frame is counted; before and after, all bytes of some are looked at.',
    ...tests.flatMap((test) =>
      tableLines(
        results.filter((result) => result.test === test),
        style,
      ),
    ),
    ...(tax.length > 0 ? taxLines(tax, style) : []),
  ];
  if (results.some(({ yardstick }) => yardstick !== undefined)) {
    lines.push('', '  C: a loop with no protection that does the same header work, in turns.');
  }
  return `${lines.join('\n')}\n`;
}
