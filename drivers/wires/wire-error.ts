/**
 * A wire that cannot be had: `message` is one line that names the wire, `hint` says what to do.
 * Codes: WIRE_UNSUPPORTED (this platform, or a package is missing), WIRE_FORBIDDEN (rights),
 * WIRE_MISSING (device, interface, folder), WIRE_BUSY (in use), WIRE_FAILED (all else).
 */
export class WireError extends Error {
  override readonly name = 'WireError';
  readonly code: string;
  readonly wire: string;
  readonly what: string;
  readonly hint: string;

  /** `wire` is how messages name it; one line each. */
  constructor(code: string, wire: string, what: string, hint: string) {
    super(`${wire}: ${what}`);
    this.code = code;
    this.wire = wire;
    this.what = what;
    this.hint = hint;
  }
}
