/**
 * What the router is asking for, and when it last did. A question is asked at once, again each
 * second, three times in all; never more than once a second for one address (RFC 1122 2.3.2.1),
 * also over several questions (but where a search has given way); and no more than the manifest
 * allows in any second.
 *
 *   entry   i64 askedAt   u64 mac (0: a search)   u32 tries   u32 open
 */
import { SLOT_NONE, WAYS, findSlot, firstSlot, keyAt, setKey } from 'sluice/key-table';

const SETS_BITS: u32 = 9;
/** Addresses asked for together; beyond, a question is dropped, and `neighbor` asks again. */
export const questionsMax: u32 = WAYS << SETS_BITS;
export const triesMax: u32 = 3;
/** As `originates` in the manifest. */
export const requestsPerSecondMax: u32 = 1000;
/**
 * Of them, for addresses that nobody is believed to have: whoever sends to many of these keeps no
 * neighbour from being found again.
 */
export const searchesPerSecondMax: u32 = 750;
/**
 * And at one instant: of a module's frames 256 may wait to leave, answers among them, and more are
 * lost.
 */
const requestsAtOnceMax: u32 = 120;
const searchesAtOnceMax: u32 = 80;
const SECOND: i64 = 1_000_000_000;

const ENTRY_SIZE: usize = 24;
const MAC: usize = 8;
const TRIES: usize = 16;
const OPEN: usize = 20;
/** Set in every key, so that no key is 0. */
const KEY_USED: u64 = 1 << 40;

const keys: usize = memory.data(32768, 64); // 64 bytes a set
const entries: usize = memory.data(98304, 64); // questionsMax * ENTRY_SIZE

/** Times of the last requests, as a ring: the oldest is the next to be overwritten. */
const sentAt: usize = memory.data(8000, 64); // i64[requestsPerSecondMax]
let sentCount: u32 = 0;

function keyOf(port: u32, address: u32): u64 {
  return KEY_USED | (<u64>port << 32) | <u64>address;
}
function entryAt(question: u32): usize { return entries + <usize>question * ENTRY_SIZE; }

export function questionPort(question: u32): u32 {
  return <u32>(keyAt(keys, question) >> 32) & 0xff;
}
export function questionAddress(question: u32): u32 { return <u32>keyAt(keys, question); }
export function isOpen(question: u32): bool { return load<u32>(entryAt(question), OPEN) != 0; }

/** Who is believed to have the address and has not been asked yet; 0: ask everybody. */
export function questionMac(question: u32): u64 {
  const entry = entryAt(question);
  return load<u32>(entry, TRIES) == 0 ? load<u64>(entry, MAC) : 0;
}

/** Opens a question; SLOT_NONE where there is no room, or it is open already. */
export function openQuestion(port: u32, address: u32, mac: u64, now: i64): u32 {
  const key = keyOf(port, address);
  let question = findSlot(keys, SETS_BITS, key);
  if (question == SLOT_NONE) {
    question = takeSlot(key, mac != 0, now);
    if (question == SLOT_NONE) return SLOT_NONE;
  } else if (isOpen(question)) return SLOT_NONE;
  store<u64>(entryAt(question), mac, MAC);
  store<u32>(entryAt(question), 0, TRIES);
  store<u32>(entryAt(question), 1, OPEN);
  return question;
}

/** A slot that nothing is known by, or, for a neighbour that is, one of a search: it gives way. */
function takeSlot(key: u64, isNeighbor: bool, now: i64): u32 {
  let slot = findIdle(firstSlot(key, SETS_BITS), now);
  if (slot == SLOT_NONE && isNeighbor) slot = findSearch(firstSlot(key, SETS_BITS));
  if (slot == SLOT_NONE) return SLOT_NONE;
  setKey(keys, slot, key);
  store<i64>(entryAt(slot), now - SECOND);
  return slot;
}

/** A slot of a set that is free, or closed and last asked for a second ago or more. */
function findIdle(first: u32, now: i64): u32 {
  for (let slot = first; slot < first + WAYS; slot++) {
    if (keyAt(keys, slot) == 0 || (!isOpen(slot) && isAskDue(slot, now))) return slot;
  }
  return SLOT_NONE;
}

function findSearch(first: u32): u32 {
  for (let slot = first; slot < first + WAYS; slot++) if (isSearch(slot)) return slot;
  return SLOT_NONE;
}

/** Whether nobody is believed to have the address. */
function isSearch(question: u32): bool { return load<u64>(entryAt(question), MAC) == 0; }

/** Closes the question that an answer answers; whether there was one. */
export function closeQuestion(port: u32, address: u32): bool {
  const question = findSlot(keys, SETS_BITS, keyOf(port, address));
  if (question == SLOT_NONE || !isOpen(question)) return false;
  store<u32>(entryAt(question), 0, OPEN);
  return true;
}

/** Whether the address may be asked for again: a second has passed. */
export function isAskDue(question: u32, now: i64): bool {
  return now - load<i64>(entryAt(question)) >= SECOND;
}

/** Closes an open question that has been asked often enough; whether it is still open. */
export function isWorthAsking(question: u32): bool {
  if (load<u32>(entryAt(question), TRIES) < triesMax) return true;
  store<u32>(entryAt(question), 0, OPEN);
  return false;
}

/** Whether one more request stays within what a second, and this instant, may see of its kind. */
export function isRequestAllowed(question: u32, now: i64): bool {
  if (isSearch(question)) {
    return isFewer(searchesAtOnceMax, now) && isFewer(searchesPerSecondMax, now - SECOND + 1);
  }
  return isFewer(requestsAtOnceMax, now) && isFewer(requestsPerSecondMax, now - SECOND + 1);
}

/** Whether fewer than `most` requests have been sent since `time`. */
function isFewer(most: u32, time: i64): bool {
  const last = sentAt + <usize>((sentCount - most) % requestsPerSecondMax) * 8;
  return sentCount < most || load<i64>(last) < time;
}

export function countRequest(question: u32, now: i64): void {
  const entry = entryAt(question);
  store<i64>(entry, now);
  store<u32>(entry, load<u32>(entry, TRIES) + 1, TRIES);
  store<i64>(sentAt + <usize>(sentCount % requestsPerSecondMax) * 8, now);
  sentCount++;
  // Wrap within the ring's second round, so that the count never starts over as if none was sent.
  if (sentCount == requestsPerSecondMax * 2) sentCount = requestsPerSecondMax;
}
