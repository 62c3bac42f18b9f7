/**
 * The report as text, for a terminal.
 */
import type { Report } from './report.ts';
import type { Block, PageLimits, Section } from './report-blocks.ts';
import { type ReportTitle, reportPage } from './report-page.ts';
import { plainStyle, type Style } from './style.ts';
import { REPORT_COLUMNS, tableLines, wrap } from './table.ts';

/** What a person reads; the other forms have the rest. */
const LIMITS: PageLimits = { rowsMax: 20, entriesMax: 10, elsewhere: '--html, --json' };

/** Wrapped lines that go on below their own beginning. */
function hanging(text: string, start: string): string[] {
  const [first = '', ...rest] = wrap(text, REPORT_COLUMNS - start.length);
  const below = start.replaceAll(/[^#]/g, ' ');
  return [start + first, ...rest.map((line) => below + line)];
}

function blockLines(block: Block, style: Style): string[] {
  switch (block.kind) {
    case 'text':
      return hanging(block.text, '  ').map(style.quiet);
    case 'warning':
      return hanging(block.text, '  - ').map(style.warning);
    case 'entry': {
      const comment = hanging(block.comment, '  # ').map(style.quiet);
      return [...comment, ...block.yaml(REPORT_COLUMNS)];
    }
    case 'table': {
      const [first, ...rest] = tableLines({ ...block, indent: 2 });
      return [style.quiet(first), ...rest];
    }
  }
}

function sectionLines(section: Section, style: Style): string[] {
  const title = wrap(section.title, REPORT_COLUMNS).map(style.heading);
  return ['', ...title, ...section.blocks.flatMap((block) => blockLines(block, style))];
}

/** The report as text that ends with a line feed; no line is longer than REPORT_COLUMNS. */
export function reportText(report: Report, title: ReportTitle, style: Style = plainStyle): string {
  const page = reportPage(report, title, LIMITS);
  const lines = [
    ...wrap(page.title, REPORT_COLUMNS).map(style.title),
    ...(page.warning === null ? [] : [style.warning(page.warning)]),
    page.summary,
    '',
    ...hanging(page.balance, '  '),
    ...page.sections.flatMap((section) => sectionLines(section, style)),
    '',
    ...page.footer.map(([name, value]) => style.quiet(`${name} ${value}`)),
  ];
  return `${lines.join('\n')}\n`;
}
