/** Time-outs of flows, in whole virtual seconds: when each runs out, and that traffic keeps it. */
import {
  AT_BITS, AT_EXPIRES, AT_STATE, BIT_COMMITTED, FLOW_FREE, FLOW_TCP_RESET, timeouts,
} from './flow-states';

/** Virtual seconds of this breath; no breath's as long as none has begun. */
let nowS: u32 = u32.MAX_VALUE;
/** When a packet that is seen now makes its flow run out, by state. */
export const expiries: usize = memory.data(10 * 4, 64);

export function setFlowTime(seconds: u32): void {
  if (seconds == nowS) return;
  nowS = seconds;
  for (let state: usize = 0; state <= <usize>FLOW_TCP_RESET; state++) {
    store<u32>(expiries + (state << 2), expiryAfter(load<u32>(timeouts + (state << 2))));
  }
}

/** At the end of the 32-bit clock a flow stays, rather than be over at once. */
export function expiryAfter(seconds: u32): u32 {
  return nowS > u32.MAX_VALUE - seconds ? u32.MAX_VALUE : nowS + seconds;
}

/** When the entry's flow runs out if a packet of it is seen now, seconds. */
// @ts-ignore: decorator
@inline export function expiryOf(entry: usize): u32 {
  const state = load<u8>(entry, AT_BITS) & BIT_COMMITTED ? <usize>load<u8>(entry, AT_STATE) : 0;
  return load<u32>(expiries + (state << 2));
}

/** A packet of the flow has been seen: its time-out begins anew. */
// @ts-ignore: decorator
@inline export function touch(entry: usize): void {
  const expiry = expiryOf(entry);
  // Mostly it is the same second: a line that is not written need not go back to memory.
  if (load<u32>(entry, AT_EXPIRES) != expiry) store<u32>(entry, expiry, AT_EXPIRES);
}

// @ts-ignore: decorator
@inline export function isLive(entry: usize): bool {
  return load<u8>(entry, AT_STATE) != FLOW_FREE && load<u32>(entry, AT_EXPIRES) >= nowS;
}
