/**
 * Who may answer on which wire: ranges of addresses by port, as configuration tells them: the
 * hosts of connected subnets, and what on-link routes move to another port or add.
 *
 *   entry   u32 first   u32 last   u32 port
 */

/** A subnet is one range; every on-link route in it, and each address of the router, splits one. */
export const rangesMax: u32 = 8192;

const ENTRY_SIZE: usize = 12;
const LAST: usize = 4;
const PORT: usize = 8;

const entries: usize = memory.data(98304, 64); // rangesMax * ENTRY_SIZE
let rangeCount: u32 = 0;

function entryAt(index: u32): usize { return entries + <usize>index * ENTRY_SIZE; }

/** Takes the next range in; false where there is no room, or it does not lie after the others. */
export function addRange(first: u32, last: u32, port: u32): bool {
  if (rangeCount == rangesMax || last < first) return false;
  if (rangeCount != 0 && first <= load<u32>(entryAt(rangeCount - 1), LAST)) return false;
  const entry = entryAt(rangeCount++);
  store<u32>(entry, first);
  store<u32>(entry, last, LAST);
  store<u32>(entry, port, PORT);
  return true;
}

/** Whether the address may be another host's on the port's wire. */
export function isNeighbor(port: u32, address: u32): bool {
  let low: u32 = 0;
  let high = rangeCount;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (load<u32>(entryAt(middle)) <= address) low = middle + 1;
    else high = middle;
  }
  if (low == 0) return false;
  const entry = entryAt(low - 1);
  return address <= load<u32>(entry, LAST) && load<u32>(entry, PORT) == port;
}
