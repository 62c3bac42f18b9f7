/**
 * How many errors may be sent (RFC 1812 4.3.2.8): a token bucket on virtual time.
 */

/** Errors a second, in the long run. */
export const errorsPerSecond: i64 = 1000;
/** Errors at once, after a quiet time. */
export const errorsBurst: i64 = 50;

const SECOND: i64 = 1_000_000_000;

let credit: i64 = 0; // in ns: what passes until it is earned
let creditedAt: i64 = 0;

export function openErrorRate(): void {
  credit = SECOND / errorsPerSecond * errorsBurst;
  creditedAt = 0;
}

/** Takes one error's worth of credit at time `now`; false where there is none. */
export function takeCredit(now: i64): bool {
  const cost = SECOND / errorsPerSecond;
  const creditMax = cost * errorsBurst;
  credit = min<i64>(credit + now - creditedAt, creditMax);
  creditedAt = now;
  if (credit < cost) return false;
  credit -= cost;
  return true;
}
