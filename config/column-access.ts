/**
 * What a manifest's place may see and change: its `reads` and `writes`.
 */
import { WINDOW_SIZE_MAX, WRITES_MAX } from './abi.ts';
import { type ColumnName, columnNames, columns, isColumnName } from './columns.ts';
import type { ConfigurationFile } from './configuration-file.ts';
import type { Place, Range } from './manifest.ts';
import type { ManifestData, RangeData } from './manifest-schema.ts';
import { didYouMean } from './spelling.ts';
import type { Path } from './yaml-document.ts';

type File = ConfigurationFile<ManifestData>;

const WINDOWS = ['payload', 'frame'];

/** What `$name` in a write can stand for: the addresses of the router's interfaces. */
export const BOUND_ADDRESSES = '$addresses';

/** Columns that hold IPv4 addresses, and so can be bound to the router's. */
const ADDRESS_COLUMNS: readonly string[] = [
  'ipv4.src',
  'ipv4.dst',
  'meta.nexthop',
  'quoted.ipv4.src',
  'quoted.ipv4.dst',
];

/** The columns of a read block, in its order; what cannot be read is reported. */
export function readReads(file: File, path: Path, texts: readonly string[]): Place['reads'] {
  const reads: Place['reads'] = [];
  texts.forEach((text, index) => {
    const at = [...path, index];
    const read = readColumn(file, at, text);
    if (read === null) return;
    if (reads.some(({ column }) => column === read.column)) {
      const message = `column ${read.column} is read twice`;
      file.report('CONFIG_DUPLICATE', at, message, 'leave one out');
    } else if (WINDOWS.includes(reads.at(-1)?.column ?? '') && !WINDOWS.includes(read.column)) {
      const message = `column ${read.column} comes after a window`;
      file.report('CONFIG_ORDER', at, message, 'put payload[N] and frame[N] last');
    }
    reads.push(read);
  });
  return reads;
}

function readColumn(file: File, at: Path, text: string): Place['reads'][number] | null {
  const window = /^([a-z0-9.]+)\[(\d{1,9})\]$/.exec(text);
  const name = window?.[1] ?? text;
  if (!isColumnName(name)) {
    reportUnknown(file, at, name, columnNames);
    return null;
  }
  if (!WINDOWS.includes(name)) {
    if (window === null) return { column: name, size: columns[name].size };
    file.report('CONFIG_COLUMN', at, `column ${name} has no length`, `write ${name}`);
    return null;
  }
  const size = Number(window?.[2] ?? 0);
  if (size >= 1 && size <= WINDOW_SIZE_MAX) return { column: name, size };
  const message = `window ${text} has no length from 1 to ${WINDOW_SIZE_MAX}`;
  file.report('CONFIG_COLUMN', at, message, `write e.g. ${name}[64]`);
  return null;
}

/** The columns of a write block, in its order, with what may be put there. */
export function readWrites(
  file: File,
  path: Path,
  data: Readonly<Record<string, RangeData>>,
): Place['writes'] {
  const entries = Object.entries(data);
  if (entries.length > WRITES_MAX) {
    const message = `${entries.length} writes; a place has at most ${WRITES_MAX}`;
    file.report('CONFIG_LIMIT', path, message, 'split the place in two');
  }
  const writable = columnNames.filter((name) => columns[name].writable);
  const writes: Place['writes'] = [];
  for (const [name, value] of entries) {
    const at = [...path, name];
    if (!isColumnName(name)) {
      reportUnknown(file, at, name, writable, { key: true });
    } else if (!columns[name].writable) {
      const message = `column ${name} cannot be written`;
      const hint = didYouMean(name, writable) ?? `these can: ${writable.join(', ')}`;
      file.report('CONFIG_COLUMN', at, message, hint, { key: true });
    } else {
      const range = readRange(file, at, name, value);
      if (range !== null) writes.push({ column: name, range });
    }
  }
  return writes;
}

function reportUnknown(
  file: File,
  at: Path,
  name: string,
  known: readonly string[],
  spot: { key?: boolean } = {},
): void {
  const hint = didYouMean(name, known) ?? `known are ${known.join(', ')}`;
  file.report('CONFIG_COLUMN', at, `there is no column "${name}"`, hint, spot);
}

function readRange(file: File, at: Path, column: ColumnName, value: RangeData): Range | null {
  if (value === 'any') return { kind: 'any' };
  if (typeof value === 'string' && value.startsWith('$')) return readBound(file, at, column, value);
  const intervals: [number, number][] = [];
  const { max } = columns[column];
  const parts = Array.isArray(value) ? value : [value];
  parts.forEach((part, index) => {
    const path = Array.isArray(value) ? [...at, index] : at;
    const text = String(part);
    const match = /^(\d{1,15})(?:\s*-\s*(\d{1,15}))?$/.exec(text);
    const first = Number(match?.[1]);
    const last = Number(match?.[2] ?? match?.[1]);
    if (match === null) {
      const message = `"${text}" is not a range of numbers`;
      file.report('CONFIG_RANGE', path, message, 'write any, 7, 1024-65535, or a list of these');
    } else if (last > max) {
      const message = `${last} is beyond ${max}, the greatest value of ${column}`;
      file.report('CONFIG_RANGE', path, message, 'write any for all of them');
    } else if (first > last) {
      const message = `range ${text} is empty`;
      file.report('CONFIG_RANGE', path, message, `write ${last}-${first}`);
    } else intervals.push([first, last]);
  });
  if (parts.length === 0) {
    file.report('CONFIG_RANGE', at, `${column} may take no value`, 'leave the write out');
  }
  return intervals.length < parts.length ? null : { kind: 'values', intervals: merged(intervals) };
}

function readBound(file: File, at: Path, column: ColumnName, name: string): Range | null {
  if (name !== BOUND_ADDRESSES) {
    const hint = didYouMean(name, [BOUND_ADDRESSES]) ?? 'leave it out';
    file.report('CONFIG_RANGE', at, `"${name}" is bound to nothing`, hint);
    return null;
  }
  if (ADDRESS_COLUMNS.includes(column)) return { kind: 'bound', name };
  file.report('CONFIG_RANGE', at, `column ${column} holds no IPv4 address`, 'write a range');
  return null;
}

/** Sorted, and joined where they touch. */
function merged(intervals: [number, number][]): [number, number][] {
  const result: [number, number][] = [];
  for (const [first, last] of [...intervals].sort((a, b) => a[0] - b[0])) {
    const before = result.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else result.push([first, last]);
  }
  return result;
}
