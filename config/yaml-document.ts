/**
 * A YAML file whose every value can be pointed at. Positions are worked out only when asked for.
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { ConfigError, type Diagnostic } from './diagnostics.ts';
import { FILE_SIZE_MAX, SYNTAX_ERRORS_MAX } from './limits.ts';
import { readBounded } from './read-bounded.ts';

/** The way to a value: keys of maps and indices of lists. */
export type Path = readonly PropertyKey[];

/** Where something stands; both count from 1. */
export interface Position {
  line: number;
  column: number;
}

/** A parsed file: plain values, and where each of them stands. */
export interface YamlDocument {
  file: string;
  value: unknown;
  /** The value at `path`, or the nearest thing around it that exists; `offset` characters in. */
  position(path: Path, offset?: number): Position;
  /** The key at the end of `path`; `offset` characters in. */
  keyPosition(path: Path, offset?: number): Position;
}

/** Reads and parses a file. Throws ConfigError: unreadable, too large, not UTF-8, not YAML. */
export function readYaml(file: string): YamlDocument {
  return parseYaml(file, readText(file));
}

function readText(file: string): string {
  try {
    const bytes = readBounded(file, FILE_SIZE_MAX);
    if (bytes.length > FILE_SIZE_MAX) {
      const what = `more bytes than a file may have; at most ${FILE_SIZE_MAX}`;
      throw refusal(file, 'CONFIG_LIMIT', what, 'split it, or see where it leads');
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    if (error instanceof TypeError) throw refusal(file, 'CONFIG_READ', 'is not UTF-8 text');
    const why = (error as NodeJS.ErrnoException).code;
    if (why === undefined) throw error;
    const what = why === 'ENOENT' ? 'no such file' : `cannot be read (${why})`;
    throw refusal(file, 'CONFIG_READ', what, 'check the path');
  }
}

function refusal(file: string, code: Diagnostic['code'], message: string, hint?: string) {
  const diagnostic: Diagnostic = { code, file, line: 1, column: 1, message };
  return new ConfigError([hint === undefined ? diagnostic : { ...diagnostic, hint }]);
}

/** `!!binary`, `!!set` and the like are no values of ours: they are told of as unresolved tags. */
const PLAIN = { resolveKnownTags: false } as const;

/** Parses YAML 1.2. Throws ConfigError with all syntax errors. */
export function parseYaml(file: string, text: string): YamlDocument {
  const lines = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const options = { lineCounter: lines, prettyErrors: false, stringKeys: true, ...PLAIN } as const;
  try {
    const document = parseDocument(text, options);
    const problems = [...document.errors, ...document.warnings].slice(0, SYNTAX_ERRORS_MAX);
    // The parser notes an exhausted stack as a syntax error, at a place that depends on the host.
    if (problems.some(({ message }) => message.startsWith('Maximum call stack'))) {
      throw refusal(file, 'CONFIG_YAML', 'is nested too deeply');
    }
    if (problems.length > 0) {
      throw new ConfigError(
        problems.map(({ code, pos, message }) => {
          // The parser's own words are for those who call it.
          const isSecond = code === 'MULTIPLE_DOCS';
          const first = isSecond ? 'a second document begins here' : message.split('\n')[0]!;
          const hint = isSecond ? { hint: 'keep one in a file' } : {};
          return { code: 'CONFIG_YAML', file, ...at(pos[0]), message: first, ...hint };
        }),
      );
    }
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    const root = document.contents as Node | null;
    const resolve = (node: unknown) => (isAlias(node) ? node.resolve(document) : node);
    return {
      file,
      value,
      position: (path, offset = 0) => at(valueOffset(root, path, resolve, offset, text)),
      keyPosition: (path, offset = 0) => at(keyOffset(root, path, resolve, offset, text)),
    };
  } catch (error) {
    // Both are how the parser refuses hostile input: deep nesting, and aliases that multiply.
    if (error instanceof RangeError) throw refusal(file, 'CONFIG_YAML', 'is nested too deeply');
    if (error instanceof ReferenceError) throw refusal(file, 'CONFIG_YAML', 'has too many aliases');
    throw error;
  }
}

type Resolve = (node: unknown) => unknown;

/** The deepest existing node on the way, and how many steps were taken to it. */
function walk(root: unknown, path: Path, resolve: Resolve): { node: unknown; start: number } {
  let node = resolve(root);
  let start = rangeStart(node, 0);
  for (const step of path) {
    let child: unknown;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === step);
      if (pair === undefined) break;
      start = rangeStart(pair.key, start);
      child = pair.value;
    } else if (isSeq(node) && typeof step === 'number' && step < node.items.length) {
      child = node.items[step];
    } else break;
    node = resolve(child);
    start = rangeStart(node, start);
  }
  return { node, start };
}

function rangeStart(node: unknown, otherwise: number): number {
  return (node as Node | null | undefined)?.range?.[0] ?? otherwise;
}

function valueOffset(
  root: unknown,
  path: Path,
  resolve: Resolve,
  offset: number,
  text: string,
): number {
  const { node, start } = walk(root, path, resolve);
  return start + offsetIn(node, offset, text);
}

function keyOffset(
  root: unknown,
  path: Path,
  resolve: Resolve,
  offset: number,
  text: string,
): number {
  const { node, start } = walk(root, path.slice(0, -1), resolve);
  if (!isMap(node)) return walk(root, path, resolve).start;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === path.at(-1));
  if (pair === undefined) return start;
  return rangeStart(pair.key, start) + offsetIn(pair.key, offset, text);
}

function offsetIn(node: unknown, offset: number, text: string): number {
  if (offset === 0 || !isScalar(node) || typeof node.value !== 'string' || !node.range) return 0;
  return sourceOffset(text.slice(node.range[0], node.range[1]), node.value, offset);
}

/**
 * Where character `offset` of a string value stands in its source. What is not white space comes
 * in the same order in both, so that is what is counted: quotes, escapes and folded lines take
 * more room in the source. Escapes of other characters make it fall back to the start.
 */
function sourceOffset(source: string, value: string, offset: number): number {
  const quote = /^["']/.test(source) ? source[0] : '';
  let at = /^[|>]/.test(source) ? source.indexOf('\n') + 1 : quote === '' ? 0 : 1;
  const skipSpace = () => {
    while (isSpace(source[at])) at++;
  };
  for (let index = 0; index < offset; index++) {
    if (isSpace(value[index])) continue;
    skipSpace();
    if (quote === '"' && source[at] === '\\') at++;
    else if (quote === "'" && source[at] === "'") at++;
    if (source[at] !== value[index]) return 0;
    at++;
  }
  if (offset < value.length && !isSpace(value[offset])) skipSpace();
  return at;
}

function isSpace(character: string | undefined): boolean {
  return character !== undefined && /\s/.test(character);
}
