/**
 * One source with all changes to its checks in it, and a switch: `mutantAt(CHECK)` notes that the
 * check was reached, and says which of its changes is in force, counted from 1; 0 for none. So a
 * program is compiled once, whatever is changed in it afterwards.
 */
import { changesOf, oneLine } from './changes.ts';
import { type Check, findChecks } from './find-checks.ts';
import type { SourceText, Span } from './source-text.ts';

/** A check changed. Two of them are the same if path, change and source are. */
export interface Mutant {
  readonly path: string;
  readonly line: number;
  /** What is changed, and of what: `deleted: size > sizeMax`. */
  readonly change: string;
  /** The line as it stands. */
  readonly source: string;
  /** The switch's position. */
  readonly check: number;
  readonly variant: number;
  readonly isKernel: boolean;
}

/** The folder of the kernel's program. */
export const KERNEL = 'firmware/kernel';

/** Whether a source is compiled into the kernel. */
export function isOfKernel(path: string): boolean {
  return path.startsWith(`${KERNEL}/`);
}

export interface SwitchedSource {
  readonly text: string;
  readonly mutants: readonly Mutant[];
  /** How many checks there are. */
  readonly checkCount: number;
}

/** Switches a source whose checks are numbered from `firstCheck`. */
export function switchSource(source: SourceText, firstCheck: number): SwitchedSource {
  const checks = findChecks(source);
  const mutants: Mutant[] = [];
  for (const [i, check] of checks.entries()) {
    const whole = oneLine(source.slice(check));
    for (const [k, { what }] of changesOf(source, check).entries()) {
      mutants.push({
        path: source.path,
        line: source.lineOf(check.start),
        change: `${what}: ${whole}`,
        source: source.lineAt(check.start),
        check: firstCheck + i,
        variant: k + 1,
        isKernel: isOfKernel(source.path),
      });
    }
  }
  const text = withSwitches(source, { start: 0, end: source.text.length }, checks, firstCheck);
  return { text, mutants, checkCount: checks.length };
}

/** The span's text with a switch in place of each check; checks may stand in others. */
function withSwitches(
  source: SourceText,
  span: Span,
  checks: readonly Check[],
  firstCheck: number,
): string {
  let text = '';
  let at = span.start;
  for (const [i, check] of checks.entries()) {
    if (check.start < at || check.start < span.start || check.end > span.end) continue;
    const inner = checks.slice(i + 1);
    const original = withSwitches(source, check, inner, firstCheck + i + 1);
    text += source.text.slice(at, check.start);
    text += switched(source, check, `mutantAt(${firstCheck + i})`, original);
    at = check.end;
  }
  return text + source.text.slice(at, span.end);
}

function switched(source: SourceText, check: Check, reach: string, original: string): string {
  if (check.kind === 'refusal') {
    const [instead] = /^ *\?\? /.exec(original) ?? [];
    if (instead === undefined) return `{ if (${reach} != 1) ${original} }`;
    return ` ?? (${reach} == 1 ? undefined : ${original.slice(instead.length)})`;
  }
  const truth = check.kind === 'lanes' ? '' : '!!';
  const variants = changesOf(source, check).map(
    ({ expression }, k) => `${reach} == ${k + 1} ? ${truth}(${expression}) : `,
  );
  return `(${variants.join('')}${truth}(${original}))`;
}
