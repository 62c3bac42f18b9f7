/**
 * `--expect REPORT.json`: what a report must say, and where one says something else.
 */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { ConfigurationFile } from '../../config/configuration-file.ts';
import { type Report, reportSchema } from '../report/report.ts';
import { formatCount } from '../report/table.ts';
import { UsageError } from '../usage-error.ts';

/** Differences that are told one by one. */
const DIFFERENCES_SHOWN_MAX = 50;
/** Time on the host's clock: no two runs take the same. */
const TIMED_KEYS: readonly string[] = ['seconds', 'packetsPerSecond'];

/** Some keys of a report; those that are absent may have any value. */
export type ExpectedReport = Readonly<Record<string, unknown>>;

/** One place where a report is not as expected; `undefined`: there is no such key. */
export interface Difference {
  readonly path: string;
  readonly expected: unknown;
  readonly found: unknown;
}

/** The schema with every key of every object optional; the elements of arrays stay whole. */
function partialOf(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodObject) {
    const keys = Object.entries(schema.shape as Record<string, z.ZodType>);
    return z.strictObject(
      Object.fromEntries(keys.map(([key, value]) => [key, partialOf(value).optional()])),
    );
  }
  if (schema instanceof z.ZodOptional) return partialOf(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodRecord) {
    return z.record(schema.keyType as z.ZodString, partialOf(schema.valueType as z.ZodType));
  }
  return schema;
}

/** Reads an expectation: JSON with some of a report's keys. @throws {ConfigError | UsageError} */
export function readExpectedReport(file: string): ExpectedReport {
  if (file === '-') throw new UsageError('--expect reads a file, not stdin');
  const expected = new ConfigurationFile(file, partialOf(reportSchema));
  expected.finish();
  return expected.data as ExpectedReport;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function compare(expected: unknown, found: unknown, path: string): Difference[] {
  if (expected === undefined || isDeepStrictEqual(expected, found)) return [];
  if (isMap(expected) && isMap(found)) {
    return Object.entries(expected).flatMap(([key, value]) =>
      compare(value, Object.hasOwn(found, key) ? found[key] : undefined, `${path}.${key}`),
    );
  }
  if (Array.isArray(expected) && Array.isArray(found)) return compareRows(expected, found, path);
  return [{ path, expected, found }];
}

/** Rows that only one of two unequal lists has; else that their order differs. */
function compareRows(
  expected: readonly unknown[],
  found: readonly unknown[],
  path: string,
): Difference[] {
  const without = (rows: readonly unknown[], others: readonly unknown[]) => {
    const texts = others.map((row) => JSON.stringify(row));
    return rows.filter((row) => {
      const at = texts.indexOf(JSON.stringify(row));
      if (at >= 0) texts.splice(at, 1);
      return at < 0;
    });
  };
  const row = `${path}[]`;
  const differences = [
    ...without(expected, found).map((value) => ({ path: row, expected: value, found: undefined })),
    ...without(found, expected).map((value) => ({ path: row, expected: undefined, found: value })),
  ];
  return differences.length > 0
    ? differences
    : [{ path, expected: 'these rows', found: 'them in another order' }];
}

/** Where a report is not as expected, in the order of the expectation. */
export function reportDifferences(expected: ExpectedReport, report: Report): Difference[] {
  return Object.entries(expected).flatMap(([key, value]) => {
    if (TIMED_KEYS.includes(key)) return [];
    const found = (report as Readonly<Record<string, unknown>>)[key];
    if (key !== 'drops' || !isMap(value)) return compare(value, found, key);
    // A reason that nothing was dropped for is not in a report.
    const none = Object.fromEntries(Object.keys(value).map((reason) => [reason, 0]));
    return compare(value, { ...none, ...report.drops }, key);
  });
}

function textOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'number' ? formatCount(value) : JSON.stringify(value);
}

/** The differences for people, a line each: the path, what was expected, what was found. */
export function differenceLines(file: string, differences: readonly Difference[]): string[] {
  if (differences.length === 0) return [];
  const count = differences.length;
  const shown = differences.slice(0, DIFFERENCES_SHOWN_MAX);
  const width = Math.max(...shown.map(({ path }) => path.length));
  const plural = count === 1 ? 'difference' : 'differences';
  return [
    `sluice: the report is not what ${file} expects: ${formatCount(count)} ${plural}`,
    ...shown.map(({ path, expected, found }) => {
      return `  ${path.padEnd(width)}  expected ${textOf(expected)}, found ${textOf(found)}`;
    }),
    ...(count > shown.length ? [`  … and ${formatCount(count - shown.length)} more`] : []),
  ];
}
