/**
 * Echo requests that have not been answered. A token stands in a request's data and comes back in
 * its reply: who has not seen the one cannot make up the other.
 *
 *   entry   u64 address << 32 | token (0: closed)
 */

/** Beyond them the oldest is forgotten: nobody waits for its answer any longer. */
export const questionsMax: u32 = 64;

const ENTRY_SIZE: usize = 8;

const entries: usize = memory.data(512, 64); // questionsMax * ENTRY_SIZE
let next: u32 = 0;

function entryOf(address: u32, token: u32): u64 { return (<u64>address << 32) | token; }

export function openQuestion(address: u32, token: u32): void {
  store<u64>(entries + <usize>next * ENTRY_SIZE, entryOf(address, token));
  next = (next + 1) % questionsMax;
}

/**
 * Closes the question that an answer answers; whether there was one. Anybody may send answers, so
 * that this loop bounds the fuel that a packet costs.
 */
export function closeQuestion(address: u32, token: u32): bool {
  if (address == 0) return false;
  const entry = entryOf(address, token), end = entries + <usize>questionsMax * ENTRY_SIZE;
  for (let at = entries; at < end; at += ENTRY_SIZE) {
    if (load<u64>(at) != entry) continue;
    store<u64>(at, 0);
    return true;
  }
  return false;
}
