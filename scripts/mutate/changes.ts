/**
 * Small changes to a check, each of which a test has to notice.
 */
import type { Check } from './find-checks.ts';
import type { SourceText, Span } from './source-text.ts';

/** `what` names the change; `expression` stands in the place of the check, or is none of it. */
export interface Change {
  readonly what: string;
  readonly expression: string;
}

const LOGICAL = ['||', '&&'] as const;
const BOUNDS: Readonly<Record<string, string>> = { '<': '<=', '<=': '<', '>': '>=', '>=': '>' };
const BOUND = / (<=?|>=?) /g;

/** All changes to a check: what refuses is left out, what decides decides otherwise. */
export function changesOf(source: SourceText, check: Check): Change[] {
  const text = source.slice(check);
  if (check.kind === 'refusal') return [{ what: 'deleted', expression: '' }];
  if (check.kind === 'lanes') return oneOfTwo(source, check);
  const whole =
    check.kind === 'guard'
      ? [
          { what: 'deleted', expression: 'false' },
          { what: 'inverted', expression: `!(${text})` },
        ]
      : [
          { what: 'always true', expression: 'true' },
          { what: 'always false', expression: 'false' },
        ];
  return [...whole, ...lessParts(source, check), ...movedBounds(source, check)];
}

/** The expression with each operand of `||` and `&&` gone, wherever in it they stand. */
function lessParts(source: SourceText, check: Check): Change[] {
  return logicalParts(source, check).map(({ operand, removed }) => ({
    what: `without ${oneLine(source.slice(operand))}`,
    expression: replaced(source, check, removed, ''),
  }));
}

/** `v128.and(a, b)` and its like with one of the two vectors alone. */
function oneOfTwo(source: SourceText, check: Check): Change[] {
  const open = source.code.indexOf('(', check.start);
  const operands = split(source, { start: open + 1, end: check.end - 1 }, ',');
  const [one, other] = operands.map((operand) => source.slice(operand)) as [string, string];
  const isWithout = source.code.startsWith('v128.andnot', check.start);
  return [
    { what: `without ${oneLine(one)}`, expression: isWithout ? `v128.not(${other})` : other },
    { what: `without ${oneLine(other)}`, expression: one },
  ];
}

/** The expression with each bound moved by one. */
function movedBounds(source: SourceText, check: Check): Change[] {
  return [...source.code.slice(check.start, check.end).matchAll(BOUND)].map((match) => {
    const bound = match[1] as string;
    const start = check.start + match.index + 1;
    const moved = BOUNDS[bound] as string;
    return {
      what: `${bound} made ${moved}`,
      expression: replaced(source, check, { start, end: start + bound.length }, moved),
    };
  });
}

function replaced(source: SourceText, whole: Span, part: Span, by: string): string {
  const before = source.text.slice(whole.start, part.start);
  return before + by + source.text.slice(part.end, whole.end);
}

/** Text as one line. */
export function oneLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ');
}

interface Part {
  readonly operand: Span;
  /** The operand and the operator that joins it. */
  readonly removed: Span;
}

function logicalParts(source: SourceText, span: Span): Part[] {
  for (const operator of LOGICAL) {
    const operands = split(source, span, operator);
    if (operands.length < 2) continue;
    return operands.flatMap((operand, i) => {
      const removed =
        i === 0
          ? { start: operand.start, end: (operands[1] as Span).start }
          : { start: (operands[i - 1] as Span).end, end: operand.end };
      return [{ operand, removed }, ...logicalParts(source, operand)];
    });
  }
  return bracketed(source, span).flatMap((inner) => logicalParts(source, inner));
}

/** The pieces of an expression between an operator that stands in no brackets. */
function split(source: SourceText, span: Span, operator: string): Span[] {
  const pieces: Span[] = [];
  let { start } = span;
  for (let at = span.start; at < span.end; at++) {
    if ('([{'.includes(source.code.charAt(at))) at = source.closing(at);
    else if (source.code.startsWith(operator, at)) {
      pieces.push(source.trim({ start, end: at }));
      start = at + operator.length;
    }
  }
  return [...pieces, source.trim({ start, end: span.end })];
}

/** What stands in round brackets of an expression, one level down. */
function bracketed(source: SourceText, span: Span): Span[] {
  const found: Span[] = [];
  for (let at = span.start; at < span.end; at++) {
    if (source.code.charAt(at) !== '(') continue;
    const end = source.closing(at);
    found.push({ start: at + 1, end });
    at = end;
  }
  return found;
}
