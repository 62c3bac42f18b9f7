/**
 * A match that cannot be read, or names something that does not exist.
 * `offset` is 0-based in the text, at the word that is wrong; `hint` says what to write instead.
 */
export class MatchError extends Error {
  override readonly name = 'MatchError';
  readonly offset: number;
  readonly hint?: string;

  constructor(message: string, offset: number, hint?: string) {
    super(message);
    this.offset = offset;
    if (hint !== undefined) this.hint = hint;
  }
}
