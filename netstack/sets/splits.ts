import { fieldNamed, type NarrowFieldName } from './field.ts';
import type { NodeTable } from './node-table.ts';
import type { SetError } from './set-error.ts';

/**
 * How a node depends on one field: from each start to the next (the last: to the field's end)
 * the node goes on as the node of the same index. Neighbours differ; starts[0] is 0.
 */
export interface Splits {
  readonly starts: number[];
  readonly nodes: number[];
}

/**
 * Splits a node, none of whose variables stands before the field, by that field.
 * Throws what `refuse` makes beyond `intervalsMax`.
 */
export function splitByField(
  table: NodeTable,
  node: number,
  name: NarrowFieldName,
  intervalsMax: number,
  refuse: () => SetError,
): Splits {
  const { first, width } = fieldNamed(name);
  const end = first + width;
  const splits: Splits = { starts: [], nodes: [] };
  visit(node, first, 0);
  return splits;

  function visit(at: number, variable: number, start: number): void {
    const level = table.level[at];
    if (level >= end) {
      emit(at, start);
      return;
    }
    const isTested = level === variable;
    const half = 2 ** (end - 1 - variable);
    visit(isTested ? table.low[at] : at, variable + 1, start);
    visit(isTested ? table.high[at] : at, variable + 1, start + half);
  }

  function emit(at: number, start: number): void {
    const { starts, nodes } = splits;
    if (nodes[nodes.length - 1] === at) return;
    if (starts.length === intervalsMax) throw refuse();
    starts.push(start);
    nodes.push(at);
  }
}
