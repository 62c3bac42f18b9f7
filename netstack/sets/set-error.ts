/** What a SetError is about. */
export type SetErrorCode =
  | 'SETS_TOO_MANY_NODES'
  | 'SETS_TOO_MANY_INTERVALS'
  | 'SETS_TOO_MANY_BOXES'
  | 'SETS_TOO_MANY_CLASSES'
  /** IPv6 addresses where only IPv4 is looked up. */
  | 'SETS_IPV6';

/** A set that is too large to work with, or not of a kind that a table can hold. */
export class SetError extends Error {
  override readonly name = 'SetError';
  readonly code: SetErrorCode;

  constructor(code: SetErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
