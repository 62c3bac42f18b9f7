/**
 * A set that is too large to work with, or not of a kind that a table can hold.
 * Codes: SETS_TOO_MANY_NODES, SETS_TOO_MANY_INTERVALS, SETS_TOO_MANY_BOXES,
 * SETS_TOO_MANY_CLASSES, SETS_IPV6 (IPv6 addresses where only IPv4 is looked up).
 */
export class SetError extends Error {
  override readonly name = 'SetError';
  readonly code: `SETS_${string}`;

  constructor(code: `SETS_${string}`, message: string) {
    super(message);
    this.code = code;
  }
}
