/**
 * The neighbours known, by port and address.
 *
 *   entry   u64 mac (0: asked for, not known)   i64 refreshAt   i64 expiresAt   i64 askAgainAt
 *
 * Times are ns since boot. Who gets a slot of a full set, in this order: one that has run out, the
 * longest asked for, the one that expires first: asking for many addresses that do not exist
 * pushes out no neighbour that does.
 */
import { WAYS, findSlot, firstSlot, keyAt, setKey } from 'sluice/key-table';

const SETS_BITS: u32 = 10;
/** Neighbours known and asked for together. */
export const neighborsMax: u32 = WAYS << SETS_BITS;

const SECOND: i64 = 1_000_000_000;
/** How long an answer is believed of a neighbour that nothing is sent to. */
export const LIFETIME: i64 = 1200 * SECOND;
/**
 * Age from which a neighbour in use is asked for again (RFC 1122 2.3.2.1: of the order of 1 min).
 */
export const REFRESH_AGE: i64 = 60 * SECOND;
/** How long it is still believed then: module arp has asked three times, and waited for answers. */
export const REFRESH_TIME: i64 = 4 * SECOND;
/** One question at a time: module arp asks three times within this. */
export const ASK_INTERVAL: i64 = 3 * SECOND;

const ENTRY_SIZE: usize = 32;
const REFRESH_AT: usize = 8;
const EXPIRES_AT: usize = 16;
const ASK_AGAIN_AT: usize = 24;
/** Set in every key, so that no key is 0. */
const KEY_USED: u64 = 1 << 40;

/** u32 a port: how often its link has gone; part of every key. */
const ages: usize = memory.data(256 * 4, 64);
const keys: usize = memory.data(65536, 64); // 64 bytes a set
const entries: usize = memory.data(262144, 64); // neighborsMax * ENTRY_SIZE

// @ts-ignore: decorator
@inline export function keyOf(port: u32, address: u32): u64 {
  const age = <u64>load<u32>(ages + (<usize>(port & 0xff) << 2));
  return (age << 41) | KEY_USED | (<u64>port << 32) | <u64>address;
}

/** Who was on the port's wire is not known any more: entries of an earlier age are never found. */
export function forgetPort(port: u32): void {
  const age = ages + (<usize>(port & 0xff) << 2);
  store<u32>(age, (load<u32>(age) + 1) & 0x7fffff);
}

/** The neighbour's slot, or SLOT_NONE. */
// @ts-ignore: decorator
@inline export function findNeighbor(key: u64): u32 { return findSlot(keys, SETS_BITS, key); }

// @ts-ignore: decorator
@inline function entryAt(slot: u32): usize { return entries + <usize>slot * ENTRY_SIZE; }

/** 0 where it is asked for and not known. */
// @ts-ignore: decorator
@inline export function macAt(slot: u32): u64 { return load<u64>(entryAt(slot)); }

/** Whether the address is known and needs nothing done: the common case, in one compare. */
// @ts-ignore: decorator
@inline export function isFresh(slot: u32, now: i64): bool {
  return now < load<i64>(entryAt(slot), REFRESH_AT);
}

/** Whether the address may be used. */
export function isKnown(slot: u32, now: i64): bool {
  return macAt(slot) != 0 && now < load<i64>(entryAt(slot), EXPIRES_AT);
}

/** Whether it is time to ask (again). */
export function isAskDue(slot: u32, now: i64): bool {
  return now >= load<i64>(entryAt(slot), ASK_AGAIN_AT);
}

/** It is asked for: a neighbour that is known has to answer, or it is forgotten. */
export function setAsked(slot: u32, now: i64): void {
  const entry = entryAt(slot);
  store<i64>(entry, now + ASK_INTERVAL, ASK_AGAIN_AT);
  store<i64>(entry, min<i64>(load<i64>(entry, EXPIRES_AT), now + REFRESH_TIME), EXPIRES_AT);
}

export function setKnown(slot: u32, mac: u64, now: i64): void {
  const entry = entryAt(slot);
  store<u64>(entry, mac);
  store<i64>(entry, now + REFRESH_AGE, REFRESH_AT);
  store<i64>(entry, now + LIFETIME, EXPIRES_AT);
  store<i64>(entry, now, ASK_AGAIN_AT);
}

/** A slot for a neighbour that has none. */
export function takeSlot(key: u64, now: i64): u32 {
  const first = firstSlot(key, SETS_BITS);
  let chosen = first;
  let least: u64 = u64.MAX_VALUE;
  for (let slot = first; slot < first + WAYS; slot++) {
    const worth = keyAt(keys, slot) == 0 ? 0 : worthOf(slot, now);
    if (worth < least) {
      least = worth;
      chosen = slot;
    }
  }
  setKey(keys, chosen, key);
  memory.fill(entryAt(chosen), 0, ENTRY_SIZE);
  return chosen;
}

/** What is lost with an entry: a question (the older the less), or, far more, a neighbour. */
function worthOf(slot: u32, now: i64): u64 {
  const entry = entryAt(slot);
  if (isKnown(slot, now)) return (<u64>1 << 63) | <u64>load<i64>(entry, EXPIRES_AT);
  return <u64>load<i64>(entry, ASK_AGAIN_AT);
}
