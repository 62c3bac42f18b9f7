/** How verdicts are printed. */
import type { Mutant } from './switched-source.ts';
import type { Verdict } from './try-mutants.ts';

const CHANGE_COLUMNS = 100;

export function mutantLine({ path, line, change }: Mutant): string {
  const text = change.length > CHANGE_COLUMNS ? `${change.slice(0, CHANGE_COLUMNS - 1)}…` : change;
  return `${path}:${line} ${text}`;
}

export function verdictLine({ mutant, fate, by }: Verdict): string {
  return fate === 'killed'
    ? `killed    ${mutantLine(mutant)} by ${by}`
    : `survived  ${mutantLine(mutant)}: ${by}`;
}

/** The end: what survived, each with its line of source, and how many there are of what. */
export function summary(verdicts: readonly Verdict[], equivalentCount: number): string {
  const survivors = verdicts.filter(({ fate }) => fate === 'survived');
  const lines = survivors.flatMap((verdict) => [
    verdictLine(verdict),
    `            ${verdict.mutant.source}`,
  ]);
  const killed = verdicts.length - survivors.length;
  const equivalents = equivalentCount === 0 ? '' : `, ${equivalentCount} equivalent`;
  const count = `${verdicts.length} changes: ${killed} killed, ${survivors.length} survived`;
  return [...lines, `${count}${equivalents}`].join('\n');
}
