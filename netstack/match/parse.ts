import { MatchError } from './match-error.ts';
import type { Direction, MatchNode } from './node.ts';
import { readTokens, type Token } from './tokens.ts';
import { type Qualifiers, type Value, valueNode } from './value.ts';
import { hintFor, KEYWORDS, KIND_WORDS, PROTOCOL_WORDS, QUALIFIED_KINDS } from './vocabulary.ts';

export { MatchError } from './match-error.ts';
export type { MatchNode } from './node.ts';

/**
 * Deepest nesting of parentheses and `not`, changes between `and` and `or` without parentheses
 * added: each of them puts what stands before it one level down.
 */
export const MATCH_DEPTH_MAX = 200;

const HOST: Qualifiers = { protocol: null, direction: 'either', kind: 'host' };

/**
 * Reads a match: a subset of pcap-filter(7) with `zone NAME` and `to-router`, as
 * docs/match-language.md describes it. Precedence and value lists are libpcap's: `and` and `or`
 * bind alike and to the left, `not` binds tightest, and a value alone takes the qualifiers before.
 * @throws MatchError naming the first word that is wrong, with its offset
 */
export function parseMatch(text: string): MatchNode {
  return new MatchParser(readTokens(text)).parse();
}

class MatchParser {
  readonly #tokens: readonly Token[];
  #position = 0;
  #depth = 0;
  /** The most recent qualifiers; null where a protocol word has ended them. */
  #recent: Qualifiers | null = null;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): MatchNode {
    if (this.#tokens.length === 1) {
      throw new MatchError('the match is empty', 0, 'write ip or arp or ip6 for every packet');
    }
    const node = this.#readExpression(() => this.#readTerm());
    if (this.#next.kind !== 'end') throw this.#unexpected();
    return node;
  }

  get #next(): Token {
    return this.#tokens[this.#position];
  }

  get #afterNext(): Token {
    return this.#tokens[Math.min(this.#position + 1, this.#tokens.length - 1)];
  }

  #take(): Token {
    const token = this.#next;
    if (token.kind !== 'end') this.#position++;
    return token;
  }

  #takeWord(text: string): boolean {
    if (this.#next.kind !== 'word' || this.#next.text !== text) return false;
    this.#position++;
    return true;
  }

  #unexpected(expected?: string): MatchError {
    const { kind, text, offset } = this.#next;
    const wanted = expected === undefined ? '' : `, expected ${expected}`;
    if (kind === 'end') return new MatchError(`the match ends too early${wanted}`, offset);
    const hint = kind === 'word' ? hintFor(text) : undefined;
    return new MatchError(`unexpected "${text}"${wanted}`, offset, hint);
  }

  /** `and` and `or` are equal and associate to the left; a run of one operator is one node. */
  #readExpression(readOperand: () => MatchNode): MatchNode {
    let left = readOperand();
    let run: MatchNode[] = [];
    for (;;) {
      const { kind } = this.#next;
      if (kind !== 'and' && kind !== 'or') return left;
      const continues = run.length > 0 && left.kind === kind;
      if (run.length > 0 && !continues) this.#descend(this.#next);
      this.#take();
      const right = readOperand();
      run = continues ? run : [left];
      run.push(right);
      if (!continues) left = { kind, operands: run };
    }
  }

  /** Critical for everything that walks a match: bounds how deep it recurses. */
  #descend(token: Token): void {
    if (++this.#depth <= MATCH_DEPTH_MAX) return;
    const hint = 'write it with fewer parentheses, or with fewer changes between and and or';
    throw new MatchError(`nested deeper than ${MATCH_DEPTH_MAX}`, token.offset, hint);
  }

  /** Reads `not X` and `( X )`; null when neither stands here. */
  #readNested(readOperand: () => MatchNode): MatchNode | null {
    const opening = this.#next;
    if (opening.kind !== 'not' && opening.kind !== '(') return null;
    this.#take();
    this.#descend(opening);
    let node: MatchNode;
    if (opening.kind === 'not') node = { kind: 'not', operand: readOperand() };
    else {
      // As in libpcap, qualifiers inside parentheses do not reach past them.
      const recent = this.#recent;
      node = this.#readExpression(readOperand);
      if (this.#next.kind !== ')') throw this.#unexpected('")"');
      this.#take();
      this.#recent = recent;
    }
    this.#depth--;
    return node;
  }

  #readTerm(): MatchNode {
    const nested = this.#readNested(() => this.#readTerm());
    if (nested !== null) return nested;
    const { kind, text } = this.#next;
    if (kind !== 'word' && kind !== 'escaped') throw this.#unexpected('a match');
    if (kind === 'escaped' || !KEYWORDS.has(text)) return this.#readLooseValue();
    if (text === 'vlan' || text === 'to-router') {
      this.#take();
      this.#recent = null;
      return { kind: text };
    }
    return this.#readQualified();
  }

  /** A value without a word before it: of the list it stands in, or a bare address. */
  #readLooseValue(): MatchNode {
    const { text, kind } = this.#next;
    const isAddress = text.includes(':') || /^\d+(\.\d+){3}$/.test(text);
    if (this.#recent === null && (!isAddress || kind === 'escaped')) throw this.#unexpected();
    if (this.#recent === null && this.#afterNext.kind === '/') {
      throw new MatchError(`unexpected "${text}"`, this.#next.offset, `write net ${text}/…`);
    }
    this.#recent ??= HOST;
    return this.#readValue(this.#recent);
  }

  #readQualified(): MatchNode {
    const first = this.#next;
    const protocol = PROTOCOL_WORDS.has(first.text) || first.text === 'ether' ? this.#take() : null;
    const qualifiers = this.#readQualifiers(protocol);
    if (qualifiers === null) {
      const word = protocol === null ? undefined : PROTOCOL_WORDS.get(protocol.text);
      if (word === undefined) throw this.#unexpected(protocol === null ? undefined : '"proto"');
      this.#recent = null;
      return word;
    }
    if (protocol !== null && !QUALIFIED_KINDS[protocol.text]?.includes(qualifiers.kind)) {
      const kinds = QUALIFIED_KINDS[protocol.text]?.join(', ');
      const message = `"${protocol.text}" cannot stand before "${qualifiers.kind}"`;
      const hint = kinds === undefined ? `write ${protocol.text} and …` : `it takes ${kinds}`;
      throw new MatchError(message, protocol.offset, hint);
    }
    this.#recent = qualifiers;
    return this.#readValues(qualifiers);
  }

  /** Direction and kind; null when neither stands here. */
  #readQualifiers(protocolToken: Token | null): Qualifiers | null {
    const protocol = protocolToken?.text ?? null;
    const direction = this.#readDirection();
    if (direction === null) {
      if (this.#takeWord('proto')) return { protocol, direction: 'either', kind: 'proto' };
      if (protocol === null && this.#takeWord('zone')) return { ...HOST, kind: 'zone' };
    }
    const { text, kind } = this.#next;
    if (kind === 'word' && KIND_WORDS.has(text)) {
      this.#take();
      const kindWord = text as 'host' | 'net' | 'port' | 'portrange';
      return { protocol, direction: direction ?? 'either', kind: kindWord };
    }
    return direction === null ? null : { protocol, direction, kind: 'host' };
  }

  #readDirection(): Direction | null {
    const { text } = this.#next;
    if (!this.#takeWord('src') && !this.#takeWord('dst')) return null;
    const joint = this.#next.kind;
    if (joint !== 'and' && joint !== 'or') return text as 'src' | 'dst';
    this.#take();
    const other = text === 'src' ? 'dst' : 'src';
    if (!this.#takeWord(other)) throw this.#unexpected(`"${other}"`);
    return joint === 'and' ? 'both' : 'either';
  }

  /** What follows qualifiers: a value, `not` a value, or a list of values in parentheses. */
  #readValues(qualifiers: Qualifiers): MatchNode {
    return this.#readNested(() => this.#readValues(qualifiers)) ?? this.#readValue(qualifiers);
  }

  #readValue(qualifiers: Qualifiers): MatchNode {
    const { kind, text } = this.#next;
    // A protocol's name needs its backslash only where the word could mean itself.
    const isName = qualifiers.kind === 'proto' && PROTOCOL_WORDS.has(text);
    const isValue = kind === 'escaped' ? qualifiers.kind === 'proto' : kind === 'word';
    if (!isValue || (kind === 'word' && KEYWORDS.has(text) && !isName)) {
      throw this.#unexpected(`a value for "${qualifiers.kind}"`);
    }
    const token = this.#take();
    return valueNode(qualifiers, this.#readMask(token));
  }

  #readMask(token: Token): Value {
    const isSlash = this.#next.kind === '/';
    if (!isSlash && !this.#takeWord('mask')) return { token, length: null, mask: null };
    if (isSlash) this.#take();
    if (this.#next.kind !== 'word') throw this.#unexpected(isSlash ? 'a length' : 'a mask');
    const extra = this.#take();
    return { token, length: isSlash ? extra : null, mask: isSlash ? null : extra };
  }
}
