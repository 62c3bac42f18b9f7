/**
 * Where a place's columns lie in the blocks of ABI 1: 256 rows a column, in the manifest's order,
 * each 64-byte aligned, after the block's header.
 */
import {
  COLUMN_ALIGNMENT,
  READ_COLUMNS_OFFSET,
  VECTOR_ROWS_MAX,
  WRITE_COLUMNS_OFFSET,
} from './abi.ts';
import { type ColumnName, columns } from './columns.ts';
import type { Place } from './manifest.ts';

/** A column in a block: `offset` bytes from the block's start, `size` bytes a row. */
export interface BlockColumn {
  column: ColumnName;
  offset: number;
  size: number;
}

/** A block of a place; `size` is all its bytes. */
export interface BlockLayout {
  columns: BlockColumn[];
  size: number;
}

function layOut(start: number, sizes: { column: ColumnName; size: number }[]): BlockLayout {
  let offset = start;
  const placed: BlockColumn[] = [];
  for (const { column, size } of sizes) {
    placed.push({ column, offset, size });
    const end = offset + size * VECTOR_ROWS_MAX;
    offset = Math.ceil(end / COLUMN_ALIGNMENT) * COLUMN_ALIGNMENT;
  }
  return { columns: placed, size: offset };
}

/** The read block of a place (ABI 1, architecture: the sandbox contract). */
export function readLayout(place: Place): BlockLayout {
  return layOut(READ_COLUMNS_OFFSET, place.reads);
}

/** The write block of a place: verdicts and changed bits first, then the columns it may write. */
export function writeLayout(place: Place): BlockLayout {
  const sizes = place.writes.map(({ column }) => ({ column, size: columns[column].size }));
  return layOut(WRITE_COLUMNS_OFFSET, sizes);
}
