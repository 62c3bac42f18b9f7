/**
 * A source as text that can be searched: no compiler is asked, so that TypeScript and
 * AssemblyScript are read alike.
 */

/** Offsets into the text; `end` is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const PAIRS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const CLOSING = ')]}';
const COMMENT_OR_TEXT = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g;

/** As many spaces; a literal keeps what it stands between, so that it is still something. */
function blank(part: string): string {
  const quote = /^['`]/.exec(part)?.[0];
  if (quote === undefined) return part.replaceAll(/[^\n]/g, ' ');
  return quote + part.slice(1, -1).replaceAll(/[^\n]/g, ' ') + quote;
}

export class SourceText {
  readonly path: string;
  readonly text: string;
  /** The text with spaces where comments and the insides of text literals are. */
  readonly code: string;

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
    this.code = text.replaceAll(COMMENT_OR_TEXT, blank);
  }

  /** Counts from 1. */
  lineOf(offset: number): number {
    return this.text.slice(0, offset).split('\n').length;
  }

  /** The line that an offset stands on, without what surrounds it. */
  lineAt(offset: number): string {
    return (this.text.split('\n')[this.lineOf(offset) - 1] as string).trim();
  }

  slice({ start, end }: Span): string {
    return this.text.slice(start, end);
  }

  /** The offset of the bracket that closes the one at `open`; the end of the text if none does. */
  closing(open: number): number {
    let depth = 0;
    for (let at = open; at < this.code.length; at++) {
      const character = this.code.charAt(at);
      if (character in PAIRS) depth++;
      else if (CLOSING.includes(character)) depth--;
      if (depth === 0) return at;
    }
    return this.code.length;
  }

  /**
   * Where an expression that begins at `start` ends: before the first of `stops`, or before the
   * bracket that closes what it stands in.
   */
  expressionEnd(start: number, stops: string): number {
    for (let at = start; at < this.code.length; at++) {
      const character = this.code.charAt(at);
      if (character in PAIRS) at = this.closing(at);
      else if (CLOSING.includes(character) || stops.includes(character)) return at;
    }
    return this.code.length;
  }

  /** A span without the white space at its ends. */
  trim({ start, end }: Span): Span {
    const text = this.code.slice(start, end);
    return {
      start: start + text.length - text.trimStart().length,
      end: start + text.trimEnd().length,
    };
  }
}
