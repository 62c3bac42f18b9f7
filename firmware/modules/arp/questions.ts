/**
 * What the router is asking for, and when it last did. A question is asked at once, again each
 * second, three times in all; never more than once a second for one address (RFC 1122 2.3.2.1),
 * also over several questions; and no more than the manifest allows in any second.
 *
 *   entry   i64 askedAt   u32 address   u8 port   u8 used   u8 open   u8 tries
 */

/** Addresses asked for at a time; beyond, a question is dropped, and asked again by `neighbor`. */
export const questionsMax: u32 = 256;
export const triesMax: u32 = 3;
/** As `originates` in the manifest. */
export const requestsPerSecondMax: u32 = 100;
const SECOND: i64 = 1_000_000_000;

const ENTRY_SIZE: usize = 16;
const ADDRESS: usize = 8;
const PORT: usize = 12;
const USED: usize = 13;
const OPEN: usize = 14;
const TRIES: usize = 15;

const entries: usize = memory.data(4096, 64); // questionsMax * ENTRY_SIZE
const end: usize = entries + 4096;

/** Times of the last requests, as a ring: the oldest is the next to be overwritten. */
const sentAt: usize = memory.data(800, 64); // i64[requestsPerSecondMax]
let sentCount: u32 = 0;

export function firstQuestion(): usize { return entries; }
export function nextQuestion(entry: usize): usize {
  return entry + ENTRY_SIZE < end ? entry + ENTRY_SIZE : 0;
}
export function questionPort(entry: usize): u32 { return load<u8>(entry, PORT); }
export function questionAddress(entry: usize): u32 { return load<u32>(entry, ADDRESS); }
export function isOpen(entry: usize): bool { return load<u8>(entry, OPEN) != 0; }

function find(port: u32, address: u32): usize {
  for (let entry = entries; entry < end; entry += ENTRY_SIZE) {
    if (load<u8>(entry, USED) && questionAddress(entry) == address && questionPort(entry) == port) {
      return entry;
    }
  }
  return 0;
}

/** An entry that nothing is known by: its last request is a second ago or more. */
function findFree(now: i64): usize {
  for (let entry = entries; entry < end; entry += ENTRY_SIZE) {
    if (!load<u8>(entry, USED) || (!isOpen(entry) && isAskDue(entry, now))) return entry;
  }
  return 0;
}

/** Opens a question; 0 where there is no room, or it is open already. */
export function openQuestion(port: u32, address: u32, now: i64): usize {
  let entry = find(port, address);
  if (entry != 0) {
    if (isOpen(entry)) return 0;
  } else {
    entry = findFree(now);
    if (entry == 0) return 0;
    store<u32>(entry, address, ADDRESS);
    store<u8>(entry, <u8>port, PORT);
    store<u8>(entry, 1, USED);
    store<i64>(entry, now - SECOND);
  }
  store<u8>(entry, 1, OPEN);
  store<u8>(entry, 0, TRIES);
  return entry;
}

/** Closes the question that an answer answers; whether there was one. */
export function closeQuestion(port: u32, address: u32): bool {
  const entry = find(port, address);
  if (entry == 0 || !isOpen(entry)) return false;
  store<u8>(entry, 0, OPEN);
  return true;
}

/** Whether the address may be asked for again: a second has passed. */
export function isAskDue(entry: usize, now: i64): bool {
  return now - load<i64>(entry) >= SECOND;
}

/** Closes an open question that has been asked often enough; whether it is still open. */
export function isWorthAsking(entry: usize): bool {
  if (load<u8>(entry, TRIES) < <u8>triesMax) return true;
  store<u8>(entry, 0, OPEN);
  return false;
}

/** Whether one more request stays within requestsPerSecondMax. */
export function isRequestAllowed(now: i64): bool {
  return sentCount < requestsPerSecondMax
    || now - load<i64>(sentAt + <usize>(sentCount % requestsPerSecondMax) * 8) >= SECOND;
}

export function countRequest(entry: usize, now: i64): void {
  store<i64>(entry, now);
  store<u8>(entry, <u8>(load<u8>(entry, TRIES) + 1), TRIES);
  store<i64>(sentAt + <usize>(sentCount % requestsPerSecondMax) * 8, now);
  sentCount++;
  // Wrap within the ring's second round, so that the count never starts over as if none was sent.
  if (sentCount == requestsPerSecondMax * 2) sentCount = requestsPerSecondMax;
}
