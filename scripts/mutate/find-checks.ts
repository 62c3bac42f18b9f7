/**
 * Where a source checks something: conditions that guard what follows, truth values that functions
 * and names stand for, and calls that refuse.
 */
import type { SourceText, Span } from './source-text.ts';

/**
 * `guard`: the condition of an `if`, a loop's apart. `predicate`: an expression whose value is a
 * truth value. `lanes`: two vectors put together, lane by lane. `refusal`: a statement that
 * refuses, or the part of an expression that does.
 */
export type CheckKind = 'guard' | 'predicate' | 'lanes' | 'refusal';

/** One check; its span is the condition, the expression or the statement. */
export interface Check extends Span {
  readonly kind: CheckKind;
}

const GUARD = /\bif \(/g;
const RETURNED = /\breturn (?=\S)/g;
/** Names of truth values. */
const NAMED = /\bconst (?:is|has|may|can)[A-Z]\w* =\s+/g;
const LANES = /\bv128\.(?:and|andnot|or)\(/g;
const ARROW = /=> (?=[^{\s])/g;
/** Calls whose only purpose is to refuse, as statements of their own. */
const REFUSING =
  /^[ \t]*((?:(?:\w+|this)\.)*#?(?:refuse|limit|violate|drop|blame|voidStamp|check[A-Z]\w*)\([^\n]*\);)[ \t]*$/gm;
const INSTEAD = / \?\? (?=[\w.]*refuse\()/g;

/** `a - b || c - d` is a number: an order, and no truth. */
const COMPARISON = / (?:[=!]==?|[<>]=?) /;
const SUM = / [-+*/%] /;
/** What only a truth value has: a comparison, a logical operator, or a negation in front. */
const TRUTH = / (?:[=!]==?|[<>]=?|&&|\|\|) |^!/;
/** What chooses between values is no truth value itself. */
const CHOICE = / \?\??(?: |$)|=>/;

/** All checks of a source, in its order. */
export function findChecks(source: SourceText): Check[] {
  const { code } = source;
  const checks: Check[] = [];
  for (const match of code.matchAll(GUARD)) {
    const open = match.index + match[0].length - 1;
    checks.push({ kind: 'guard', start: open + 1, end: source.closing(open) });
  }
  for (const [pattern, stops] of [
    [RETURNED, ';'],
    [NAMED, ';'],
    [ARROW, ',;'],
  ] as const) {
    for (const match of code.matchAll(pattern)) {
      const start = match.index + match[0].length;
      const span = source.trim({ start, end: source.expressionEnd(start, stops) });
      if (isTruth(code.slice(span.start, span.end))) checks.push({ kind: 'predicate', ...span });
    }
  }
  for (const match of code.matchAll(LANES)) {
    const end = source.closing(match.index + match[0].length - 1) + 1;
    checks.push({ kind: 'lanes', start: match.index, end });
  }
  for (const match of code.matchAll(REFUSING)) {
    const start = match.index + match[0].indexOf(match[1] as string);
    checks.push({ kind: 'refusal', start, end: start + (match[1] as string).length });
  }
  for (const { index: start } of code.matchAll(INSTEAD)) {
    checks.push({ kind: 'refusal', start, end: source.expressionEnd(start, ',;') });
  }
  return checks.sort((a, b) => a.start - b.start);
}

function isTruth(expression: string): boolean {
  const outer = withoutBrackets(expression);
  if (!TRUTH.test(outer) || CHOICE.test(outer)) return false;
  return outer.split(/&&|\|\|/).every((part) => COMPARISON.test(part) || !SUM.test(part));
}

/** An expression without what stands in brackets. */
function withoutBrackets(expression: string): string {
  let outer = expression;
  for (let before = ''; before !== outer; ) {
    before = outer;
    outer = outer.replaceAll(/\([^()]*\)|\[[^[\]]*\]|\{[^{}]*\}/g, '');
  }
  return outer;
}
