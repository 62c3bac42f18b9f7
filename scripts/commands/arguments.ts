/**
 * Reads of what yargs found, each checked once.
 */
import { UsageError } from '../usage-error.ts';
import type { Arguments } from './command.ts';

/** Before a word that yargs would take for something else. No argument has a zero byte. */
const MARK = '\0';

/** Words as yargs may have them: it loses a lone `-`, and takes a last `help` for its own. */
export function markWords(words: readonly string[]): string[] {
  const isConsoles = (at: number) => words[0] === 'ctl' && at > 1;
  return words.map((word, at) => {
    const isMarked = word === '-' || (word === 'help' && isConsoles(at));
    return isMarked ? MARK + word : word;
  });
}

function unmarked(word: string): string {
  return word.replace(MARK, '');
}

/** The text of an option, or undefined if it was not given. An empty text is refused. */
export function textOf(argv: Arguments, name: string): string | undefined {
  const value = argv[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value === '') throw new UsageError(`--${name} needs a value`);
  return unmarked(value);
}

/** The text of an argument that must be there. */
export function requiredText(argv: Arguments, name: string): string {
  const value = argv[name];
  if (typeof value !== 'string' || value === '') throw new UsageError(`${name} is missing`);
  return unmarked(value);
}

/** Whether a switch was given. */
export function flagOf(argv: Arguments, name: string): boolean {
  return argv[name] === true;
}

/** A number of things from 1 on, or undefined if the option was not given. */
export function countOf(argv: Arguments, name: string): number | undefined {
  const text = textOf(argv, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^[1-9]\d*$/.test(text) || !Number.isSafeInteger(value)) {
    throw new UsageError(`--${name} must be a whole number from 1 on, not ${text}`);
  }
  return value;
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
/** The longest time that a timer of the host takes: 24 days. */
const DURATION_MS_MAX = 2 ** 31 - 1;

/** A time with its unit (ms, s, m, h) in ms, or undefined if the option was not given. */
export function durationOf(argv: Arguments, name: string): number | undefined {
  const text = textOf(argv, name);
  if (text === undefined) return undefined;
  const match = /^(\d{1,10}(?:\.\d{1,3})?)(ms|s|m|h)$/.exec(text);
  const ms = match === null ? 0 : Number(match[1]) * UNIT_MS[match[2]];
  if (ms >= 1 && ms <= DURATION_MS_MAX) return ms;
  const hint = 'write a number and a unit, such as 500ms, 10s, 5m or 1h';
  throw new UsageError(`--${name} is no time that one can wait: ${text}`, hint);
}

/** The texts of an option or argument that may be given more than once. */
export function textsOf(argv: Arguments, name: string): string[] {
  const value = argv[name];
  const list = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return list.map((item) => {
    if (item === '' || item === undefined) throw new UsageError(`${name}: an empty value`);
    return unmarked(String(item));
  });
}
