/** The virtual clock of a replay, as drivers/clock.ts has it. */
export const NS: u64 = 1000000000;

export let epochSeconds: u32 = 0;
export let epochNs: u32 = 0;
export let nowSeconds: u32 = 0;
export let nowNs: u32 = 0;
/** The latest capture time. */
let lastSeconds: u32 = 0;
let lastNs: u32 = 0;

/** The capture time of the boot instant. */
export function setEpoch(seconds: u32, ns: u32): void {
  epochSeconds = seconds;
  epochNs = ns;
}

/** The clock as it is now; `last` is the latest capture time. */
export function setClock(nowS: u32, nowN: u32, lastS: u32, lastN: u32): void {
  nowSeconds = nowS;
  nowNs = nowN;
  lastSeconds = lastS;
  lastNs = lastN;
}

export function clockSeconds(): u32 { return nowSeconds; }
export function clockNanoseconds(): u32 { return nowNs; }
export function latestSeconds(): u32 { return lastSeconds; }
export function latestNanoseconds(): u32 { return lastNs; }

/** The clock moves to a capture time, unless that is not later. */
export function advance(seconds: u32, ns: u32): void {
  if (seconds > lastSeconds || (seconds == lastSeconds && ns > lastNs)) {
    lastSeconds = seconds;
    lastNs = ns;
  }
  const borrow: i64 = ns < epochNs ? 1 : 0;
  const sinceBoot = <i64>seconds - <i64>epochSeconds - borrow;
  const fraction = ns - epochNs + (borrow ? <u32>NS : 0);
  if (sinceBoot < <i64>nowSeconds) return;
  if (sinceBoot == <i64>nowSeconds && fraction <= nowNs) return;
  nowSeconds = <u32>sinceBoot;
  nowNs = fraction;
}
