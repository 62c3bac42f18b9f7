import { FIELDS, type FieldName, fieldNamed, isWide, type NarrowFieldName } from './field.ts';
import type { PacketSet, PacketSpace } from './packet-space.ts';
import { SetError } from './set-error.ts';
import { splitByField } from './splits.ts';

/** The least and the greatest value of a field in a box, both in the box. */
export type Interval = readonly [lo: number, hi: number];

/** A product of intervals, one a field; IPv6 addresses are not in it. */
export type Box = Readonly<Record<NarrowFieldName, Interval>>;

const NAMES = FIELDS.map(({ name }) => name).filter((name) => !isWide(name)) as NarrowFieldName[];

const WHOLE = Object.fromEntries(
  NAMES.map((name) => [name, [0, 2 ** fieldNamed(name).width - 1]]),
) as unknown as Box;

const NAME_OF_VARIABLE: readonly FieldName[] = FIELDS.flatMap(({ name, width }) =>
  Array<FieldName>(width).fill(name),
);

/**
 * Disjoint boxes that cover exactly the set, in ascending order of the fields.
 * @throws SetError SETS_TOO_MANY_BOXES beyond `limit`; SETS_IPV6 if the set tests IPv6 addresses
 */
export function boxes(space: PacketSpace, set: PacketSet, limit: number): Box[] {
  const found: Box[] = [];
  const { nodes } = space;
  const refuse = () =>
    new SetError('SETS_TOO_MANY_BOXES', `the set needs more than ${limit} boxes`);
  visit(set, { ...WHOLE });
  return found;

  function visit(node: number, box: Record<NarrowFieldName, Interval>): void {
    if (node === 0) return;
    if (node === 1) {
      if (found.length === limit) throw refuse();
      found.push({ ...box });
      return;
    }
    const name = NAME_OF_VARIABLE[nodes.level[node]];
    if (isWide(name)) {
      throw new SetError('SETS_IPV6', 'a set that tests IPv6 addresses has no boxes');
    }
    // Of neighbouring intervals at most one leads nowhere; each other leads to a box.
    const splits = splitByField(nodes, node, name, 2 * limit + 1, refuse);
    for (const [index, lo] of splits.starts.entries()) {
      const next = splits.starts[index + 1];
      box[name] = [lo, next === undefined ? WHOLE[name][1] : next - 1];
      visit(splits.nodes[index], box);
    }
    box[name] = WHOLE[name];
  }
}
