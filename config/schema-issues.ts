/**
 * What zod found wrong, in an operator's words.
 */
import type { z } from 'zod';
import type { Diagnostic } from './diagnostics.ts';
import { didYouMean } from './spelling.ts';
import type { Path, YamlDocument } from './yaml-document.ts';

/** Keys whose feature does not exist yet: refused by name, so that nobody believes they work. */
const NOT_YET: Readonly<Record<string, string>> = {
  guard: 'guarding of industrial protocols does not work yet',
  nat: 'address translation does not work yet',
  dhcp: 'DHCP does not work yet',
  assert: 'proofs of assertions do not work yet',
};

type Issue = z.core.$ZodIssue;

/** A mistake of shape: the path says what to leave out to look further. */
export interface ShapeProblem {
  path: Path;
  diagnostic: Diagnostic;
}

/** One problem for each thing that zod found, pointing at the key or value that is wrong. */
export function shapeProblems(
  document: YamlDocument,
  schema: z.ZodType,
  issues: readonly Issue[],
): ShapeProblem[] {
  return issues.flatMap((issue) => describe(document, schema, issue, []));
}

function describe(
  document: YamlDocument,
  schema: z.ZodType,
  issue: Issue,
  outer: Path,
): ShapeProblem[] {
  const path = [...outer, ...issue.path];
  const problem = (
    code: Diagnostic['code'],
    message: string,
    options: { hint?: string | undefined; at?: Path; key?: boolean } = {},
  ): ShapeProblem => {
    const at = options.at ?? path;
    const position = options.key ? document.keyPosition(at) : document.position(at);
    const diagnostic: Diagnostic = { code, file: document.file, ...position, message };
    if (options.hint !== undefined) diagnostic.hint = options.hint;
    return { path: at, diagnostic };
  };
  const found = valueAt(document.value, path);
  const named = path.length === 0 ? '' : `${path.join('.')}: `;

  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const options = { at: [...path, key], key: true };
        const notYet = Object.hasOwn(NOT_YET, key) ? NOT_YET[key] : undefined;
        if (notYet !== undefined) {
          const hint = 'leave it out: nothing would enforce it';
          return problem('CONFIG_NOT_YET', `"${key}": ${notYet}`, { ...options, hint });
        }
        const hint = didYouMean(key, keysAt(schema, path)) ?? 'leave it out';
        return problem('CONFIG_UNKNOWN_KEY', `"${key}"`, { ...options, hint });
      });
    case 'invalid_union':
      return (
        describeUnion(document, schema, issue, path) ?? [
          problem('CONFIG_TYPE', named + typeMessage(expectedOf(issue), found)),
        ]
      );
    case 'invalid_key':
      return [problem('CONFIG_NAME', issue.issues[0]?.message ?? issue.message, { key: true })];
    case 'invalid_type': {
      if (found !== undefined) {
        return [problem('CONFIG_TYPE', named + typeMessage([issue.expected], found))];
      }
      const missing = `missing "${String(path.at(-1))}"`;
      return [problem('CONFIG_REQUIRED', missing, { hint: 'add it', at: path.slice(0, -1) })];
    }
    case 'too_big':
    case 'too_small': {
      const isNumber = issue.origin === 'number' || issue.origin === 'int';
      const unit = issue.origin === 'string' ? ' characters' : isNumber ? '' : ' entries';
      const bound =
        issue.code === 'too_big' ? `at most ${issue.maximum}` : `at least ${issue.minimum}`;
      const code = isNumber ? 'CONFIG_RANGE' : 'CONFIG_LIMIT';
      return [problem(code, `${named}must ${isNumber ? 'be' : 'have'} ${bound}${unit}`)];
    }
    case 'invalid_value': {
      const known = issue.values.map(String);
      const hint = didYouMean(String(found), known) ?? `it is one of ${known.join(', ')}`;
      return [problem('CONFIG_VALUE', `${named}"${String(found)}" is not known`, { hint })];
    }
    default:
      return [problem('CONFIG_VALUE', `${named}${issue.message}`)];
  }
}

const EXPECTED: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
};

function typeMessage(expected: readonly string[], found: unknown): string {
  const wanted = [...new Set(expected.map((type) => EXPECTED[type] ?? type))].join(' or ');
  const isList = Array.isArray(found);
  const type = found === null ? 'nothing' : (EXPECTED[isList ? 'array' : typeof found] ?? 'that');
  const short = typeof found === 'number' || typeof found === 'boolean' ? ` ${found}` : '';
  return `expected ${wanted}, found ${short === '' ? type : short.trim()}`;
}

function expectedOf(issue: z.core.$ZodIssueInvalidUnion): string[] {
  return issue.errors.flat().flatMap((inner) => {
    return inner.code === 'invalid_type' && inner.path.length === 0 ? [inner.expected] : [];
  });
}

/** Of a choice of forms, the one that was meant: the first that has the right type. */
function describeUnion(
  document: YamlDocument,
  schema: z.ZodType,
  issue: z.core.$ZodIssueInvalidUnion,
  path: Path,
): ShapeProblem[] | undefined {
  const meant = issue.errors.find((branch) =>
    branch.every((inner) => inner.path.length > 0 || inner.code !== 'invalid_type'),
  );
  return meant?.flatMap((inner) => describe(document, schema, inner, path));
}

function valueAt(value: unknown, path: Path): unknown {
  let here = value;
  for (const step of path) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = (here as Record<PropertyKey, unknown>)[step];
  }
  return here;
}

/** The keys that a closed schema knows at a path. */
function keysAt(schema: z.ZodType, path: Path): string[] {
  let here: z.core.$ZodType[] = unwrap(schema);
  for (const step of path) {
    here = here.flatMap((candidate) => {
      const def = candidate._zod.def as unknown as Record<string, unknown>;
      const next =
        (def['shape'] as Record<PropertyKey, z.core.$ZodType> | undefined)?.[step] ??
        (def['valueType'] as z.core.$ZodType | undefined) ??
        (def['element'] as z.core.$ZodType | undefined);
      return next === undefined ? [] : unwrap(next);
    });
  }
  return here.flatMap((candidate) =>
    Object.keys((candidate._zod.def as { shape?: object }).shape ?? {}),
  );
}

/** The schemas inside optional, default, union, and what is read into something else. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType[] {
  const def = schema._zod.def as {
    innerType?: z.core.$ZodType;
    in?: z.core.$ZodType;
    options?: z.core.$ZodType[];
  };
  if (def.innerType !== undefined) return unwrap(def.innerType);
  if (def.in !== undefined) return unwrap(def.in);
  if (def.options !== undefined) return def.options.flatMap(unwrap);
  return [schema];
}
