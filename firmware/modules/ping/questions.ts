/**
 * Echo requests that have not been answered. A token stands in a request's data and comes back in
 * its reply: who has not seen the one cannot make up the other.
 *
 *   entry   u32 address (0: closed)   u32 token
 */

/** Beyond them the oldest is forgotten: nobody waits for its answer any longer. */
export const questionsMax: u32 = 64;

const ENTRY_SIZE: usize = 8;
const TOKEN: usize = 4;

const entries: usize = memory.data(512, 64); // questionsMax * ENTRY_SIZE
let next: u32 = 0;

function entryAt(question: u32): usize { return entries + <usize>question * ENTRY_SIZE; }

export function openQuestion(address: u32, token: u32): void {
  const entry = entryAt(next);
  next = (next + 1) % questionsMax;
  store<u32>(entry, address);
  store<u32>(entry, token, TOKEN);
}

/** Closes the question that an answer answers; whether there was one. */
export function closeQuestion(address: u32, token: u32): bool {
  if (address == 0) return false;
  for (let question: u32 = 0; question < questionsMax; question++) {
    const entry = entryAt(question);
    if (load<u32>(entry) != address || load<u32>(entry, TOKEN) != token) continue;
    store<u32>(entry, 0);
    return true;
  }
  return false;
}
