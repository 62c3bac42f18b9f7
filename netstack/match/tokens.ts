import { MatchError } from './match-error.ts';

/** Longest match text that is read; bounds the depth of everything that walks a match. */
export const MATCH_TEXT_MAX = 16384;

/** A word of a match. `text` of an escaped word (`\tcp`) is without its backslash. */
export interface Token {
  readonly kind: 'word' | 'escaped' | 'and' | 'or' | 'not' | '(' | ')' | '/' | 'end';
  readonly text: string;
  readonly offset: number;
}

const TOKEN = /\s+|(&&|\|\||[!()/])|\\([A-Za-z0-9_-]+)|([A-Za-z0-9_:][A-Za-z0-9_.:-]*)/y;

const KINDS: Readonly<Record<string, Token['kind']>> = {
  and: 'and',
  '&&': 'and',
  or: 'or',
  '||': 'or',
  not: 'not',
  '!': 'not',
  '(': '(',
  ')': ')',
  '/': '/',
};

/**
 * Cuts a match into words; the last token is always `end`.
 * @throws MatchError at the first character that belongs to no word, or beyond MATCH_TEXT_MAX
 */
export function readTokens(text: string): Token[] {
  if (text.length > MATCH_TEXT_MAX) {
    throw new MatchError(`the match is longer than ${MATCH_TEXT_MAX} characters`, MATCH_TEXT_MAX);
  }
  const tokens: Token[] = [];
  let offset = 0;
  while (offset < text.length) {
    TOKEN.lastIndex = offset;
    const found = TOKEN.exec(text);
    if (found === null) throw unexpectedCharacter(text, offset);
    const [all, sign, escaped, word] = found;
    const written = sign ?? word;
    if (escaped !== undefined) tokens.push({ kind: 'escaped', text: escaped, offset });
    else if (written !== undefined) {
      const kind = Object.hasOwn(KINDS, written) ? KINDS[written] : 'word';
      tokens.push({ kind, text: written, offset });
    }
    offset += all.length;
  }
  tokens.push({ kind: 'end', text: 'the end', offset: text.length });
  return tokens;
}

function unexpectedCharacter(text: string, offset: number): MatchError {
  const character = String.fromCodePoint(text.codePointAt(offset)!);
  const hint = '[]<>=+*%^'.includes(character)
    ? 'byte tests and arithmetic are not in this subset of pcap-filter'
    : character === '&' || character === '|'
      ? `write "${character.repeat(2)}"`
      : undefined;
  return new MatchError(`unexpected "${character}"`, offset, hint);
}
