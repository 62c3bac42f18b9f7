/** What `sluice test` prints. */
import { dropReasonDescriptions } from '../../config/drop-reasons.ts';
import type { Outcome } from '../../firmware/report/outcomes.ts';
import type { Style } from '../report/style.ts';
import { formatCount, REPORT_COLUMNS, wrap } from '../report/table.ts';
import type { TestResult } from './test-bench.ts';

const DETAIL_INDENT = '        ';

/** What happened, in one sentence: outcome, reason, who decided, and the flow. */
export function describeOutcome({ kind, reason, by, port, flow }: Outcome): string {
  const inFlow = flow === null ? 'in no flow' : `in flow "${flow}"`;
  switch (kind) {
    case 'transmitted':
      return `it was transmitted by port ${port}, ${inFlow}`;
    case 'consumed':
      return `it was taken in by ${by}, ${inFlow}`;
    case 'dropped': {
      const meaning = dropReasonDescriptions[reason ?? '']?.meaning;
      const why = meaning === undefined ? '' : ` (${meaning})`;
      const part = flow === null ? '' : `, ${inFlow}`;
      return `it was dropped as ${reason} by ${by}${part}${why}`;
    }
  }
}

function packetText({ test }: TestResult): string {
  return test.in === undefined ? test.packet : `${test.packet} in ${test.in}`;
}

function missLines(file: string, result: TestResult, style: Style): string[] {
  const { test, port, outcome } = result;
  const where = `${file}:${test.line}:${test.column}: expected "${test.expect}", but `;
  const text = `${where}${describeOutcome(outcome)}; it arrived on ${port}`;
  return wrap(text, REPORT_COLUMNS - DETAIL_INDENT.length).map((line) =>
    style.warning(DETAIL_INDENT + line),
  );
}

/** A line a test, more for one that missed, and the sum; ends with a line feed. */
export function testReport(file: string, results: readonly TestResult[], style: Style): string {
  const width = Math.min(56, Math.max(0, ...results.map((result) => packetText(result).length)));
  const lines = results.flatMap((result) => {
    const { isHit, test } = result;
    const line = `${isHit ? 'ok  ' : 'MISS'}  ${packetText(result).padEnd(width)}  ${test.expect}`;
    return isHit ? [`  ${line}`] : [style.warning(`  ${line}`), ...missLines(file, result, style)];
  });
  const misses = results.filter(({ isHit }) => !isHit).length;
  const sum = `${formatCount(results.length - misses)} passed, ${formatCount(misses)} failed`;
  return `${[style.title(`sluice test: ${file}`), ...lines, sum].join('\n')}\n`;
}
