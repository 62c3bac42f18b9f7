/**
 * The last step before the wire: the MAC address of the next hop. A packet whose next hop is not
 * known yet is held while module arp is asked, as RFC 1122 2.3.2.2 and RFC 1812 3.3.2 want.
 */
import { isGroupMac } from 'sluice/address';
import { HELD_TIMED_OUT } from 'sluice/abi';
import { SLOT_NONE } from 'sluice/key-table';
import { begin, now, receives, rowCount, rows, sends } from './manifest';
import {
  findNeighbor, forgetPort, isAskDue, isFresh, isKnown, keyOf, macAt, setAsked, setKnown, takeSlot,
} from './neighbors';

export function initialize(): void {}

export function process(): void {
  begin();
  const count = rowCount();
  const time = now();
  for (let row: u32 = 0; row < count; row++) {
    const key = keyOf(rows.metaEgress(row), rows.metaNexthop(row));
    const slot = findNeighbor(key);
    if (slot != SLOT_NONE && isFresh(slot, time)) {
      rows.write(row, rows.CHANGED_ETH_DST, macAt(slot));
      rows.setVerdict(row, rows.OUTPUT_RESOLVED);
    } else {
      rows.setVerdict(row, resolve(row, key, slot, time));
    }
  }
}

/** A row whose next hop is not known, or known for so long that it is asked for again. */
function resolve(row: u32, key: u64, found: u32, time: i64): u32 {
  if (found != SLOT_NONE && isKnown(found, time)) {
    ask(row, found, time);
    rows.write(row, rows.CHANGED_ETH_DST, macAt(found));
    return rows.OUTPUT_RESOLVED;
  }
  if (rows.metaHeld(row) == HELD_TIMED_OUT) return rows.OUTPUT_UNRESOLVED;
  const slot = found == SLOT_NONE ? takeSlot(key, time) : found;
  ask(row, slot, time);
  return rows.HOLD;
}

/**
 * Asks unless a question is open; whoever is known is asked by name, before anybody else is. Where
 * the outbox is full, the next packet asks.
 */
function ask(row: u32, slot: u32, time: i64): void {
  if (!isAskDue(slot, time)) return;
  const mac = isKnown(slot, time) ? macAt(slot) : 0;
  if (sends.resolve(rows.metaEgress(row), rows.metaNexthop(row), mac)) setAsked(slot, time);
}

export function receive(): void {
  begin();
  const time = now();
  for (let entry = receives.first(); entry < receives.end(); entry = receives.next(entry)) {
    let record = receives.firstRecord(entry);
    const isLinks = receives.messageType(entry) == receives.links.TYPE;
    for (let left = receives.records(entry); left > 0; left--) {
      if (isLinks) {
        // Whoever comes back with the link may be somebody else.
        if (receives.links.up(record) == 0) forgetPort(receives.links.port(record));
        record += receives.links.SIZE;
      } else {
        learn(record, time);
        record += receives.learned.SIZE;
      }
    }
  }
}

/** Only an answer to a question makes a neighbour; what is told unasked may change one. */
function learn(record: usize, time: i64): void {
  const mac = receives.learned.mac(record);
  // RFC 1812 3.3.2: never believe that a host's address is a broadcast or multicast one.
  if (mac == 0 || mac >> 48 != 0 || isGroupMac(mac)) return;
  const key = keyOf(receives.learned.port(record), receives.learned.address(record));
  let slot = findNeighbor(key);
  if (slot == SLOT_NONE) {
    if (receives.learned.solicited(record) == 0) return;
    slot = takeSlot(key, time);
  }
  setKnown(slot, mac, time);
}
