/**
 * A data table: changes that no test can notice, because they change nothing that anybody can see.
 * Each was looked at by a person, who says why. An entry that fits nothing any more is an error.
 */
import type { Mutant } from './switched-source.ts';

export interface Equivalent {
  readonly path: string;
  /** The change as it is reported. */
  readonly change: string;
  readonly reason: string;
}

export const EQUIVALENTS: readonly Equivalent[] = [
  {
    path: 'firmware/board/module-slot.ts',
    change: "deleted: procedure === 'process'",
    reason: 'the same call, by a name that is looked up: only slower',
  },
];

/** The entry for a mutant, if there is one. */
export function equivalentOf(
  mutant: Mutant,
  table: readonly Equivalent[] = EQUIVALENTS,
): Equivalent | undefined {
  return table.find(({ path, change }) => path === mutant.path && change === mutant.change);
}

/** Entries about one of these sources that fit none of its mutants. */
export function staleEquivalents(
  mutants: readonly Mutant[],
  table: readonly Equivalent[] = EQUIVALENTS,
): Equivalent[] {
  const paths = new Set(mutants.map(({ path }) => path));
  const fits = ({ path, change }: Equivalent) =>
    mutants.some((mutant) => mutant.path === path && mutant.change === change);
  return table.filter((entry) => paths.has(entry.path) && !fits(entry));
}
