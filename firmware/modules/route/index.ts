/**
 * Where a packet goes next: the longest prefix that covers its destination (RFC 1812 5.2.4.3).
 */
import { maskOf } from 'sluice/address';
import { begin, receives, rowCount, rows, sends } from './manifest';
import {
  NEXT_HOPS_SIZE, NEXT_HOP_NONE, nextHopAt, nextHopNumber, openNextHops,
  setDefaultNextHop, setLink,
} from './next-hops';
import { insert, lookup, openPrefixTable } from './prefix-table';

/** Bounds the work of configuring: twice the full Internet table of 2016. */
const routesMax: u32 = 1_048_576;
/** Bounds what one call says; routes beyond are refused in silence. */
const refusedMax: u32 = 256;

// Why a route was refused.
const WHY_ROUTES_MAX: u32 = 1;
const WHY_NEXT_HOPS_MAX: u32 = 2;
const WHY_GROUPS_MAX: u32 = 3;
const WHY_MALFORMED: u32 = 4;

let routeCount: u32 = 0;
let refusedCount: u32 = 0;

export function initialize(): void {
  const nextHops = (__heap_base + 63) & ~63;
  openNextHops(nextHops);
  openPrefixTable(nextHops + NEXT_HOPS_SIZE, memory.size() << 16);
  routeCount = 0;
}

/** A row in about 2 ns: one to three loads of the table, one of the next hop. */
export function process(): void {
  begin();
  const count = rowCount();
  for (let row: u32 = 0; row < count; row++) {
    const dst = rows.ipv4Dst(row);
    const hop = nextHopAt(lookup(dst));
    const nexthop = <u32>hop;
    rows.write(row, <u32>(hop >> 48), <u32>(hop >> 32), nexthop == 0 ? dst : nexthop);
    rows.setVerdict(row, <u32>(hop >> 40));
  }
}

export function receive(): void {
  begin();
  refusedCount = 0;
  for (let entry = receives.first(); entry < receives.end(); entry = receives.next(entry)) {
    let record = receives.firstRecord(entry);
    const isLinks = receives.messageType(entry) == receives.links.TYPE;
    for (let left = receives.records(entry); left > 0; left--) {
      if (isLinks) {
        setLink(receives.links.port(record), receives.links.up(record) != 0);
        record += receives.links.SIZE;
        continue;
      }
      const prefix = receives.routes.prefix(record);
      const length = receives.routes.length(record);
      const why = addRoute(
        prefix, length, receives.routes.port(record), receives.routes.nexthop(record),
      );
      if (why != 0 && refusedCount++ < refusedMax) sends.refused(prefix, length, why);
      record += receives.routes.SIZE;
    }
  }
}

/** Takes a route in, or says why not: 0 is well. A route given again replaces the first. */
function addRoute(prefix: u32, length: u32, port: u32, nexthop: u32): u32 {
  if (length > 32 || (prefix & ~maskOf(length)) != 0) return WHY_MALFORMED;
  if (routeCount == routesMax) return WHY_ROUTES_MAX;
  if (length == 0) {
    setDefaultNextHop(port, nexthop);
  } else {
    const hop = nextHopNumber(port, nexthop, lookup(prefix));
    if (hop == NEXT_HOP_NONE) return WHY_NEXT_HOPS_MAX;
    if (!insert(prefix, length, hop)) return WHY_GROUPS_MAX;
  }
  routeCount++;
  return 0;
}
