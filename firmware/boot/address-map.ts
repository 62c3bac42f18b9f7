/** What each IPv4 address is to this router: its kind, and the port that routes to it. */
import { PORT_NONE } from '../../config/abi.ts';
import type { Router } from '../../config/router.ts';
import { joinMaps, mapOfPrefixes, type RangeMap, type ValuedPrefix } from './range-map.ts';
import {
  ADDRESS_BROADCAST,
  ADDRESS_CONNECTED,
  ADDRESS_MARTIAN,
  ADDRESS_MULTICAST,
  ADDRESS_OWN,
} from './table-layout.ts';

/** RFC 6890 addresses that are never forwarded (RFC 3927 2.7: link-local), and groups. */
const SPECIAL: readonly ValuedPrefix[] = [
  { address: 0x00000000, length: 8, value: ADDRESS_MARTIAN },
  { address: 0x7f000000, length: 8, value: ADDRESS_MARTIAN },
  { address: 0xa9fe0000, length: 16, value: ADDRESS_MARTIAN },
  { address: 0xe0000000, length: 4, value: ADDRESS_MULTICAST },
  { address: 0xf0000000, length: 4, value: ADDRESS_MARTIAN },
  { address: 0xffffffff, length: 32, value: ADDRESS_BROADCAST },
];

/** The port of the longest route to an address, PORT_NONE where there is none. */
export function portMap(router: Router): RangeMap {
  const routes = router.routes.map(({ to, port }) => ({ ...to, value: port }));
  const connected = router.interfaces.map(({ address, prefixLength, port }) => ({
    address: networkOf(address, prefixLength),
    length: prefixLength,
    value: port,
  }));
  return mapOfPrefixes([...routes, ...connected], PORT_NONE);
}

/** ADDRESS_* << 8 | port, for every address. */
export function addressMap(router: Router): RangeMap {
  const kinds: ValuedPrefix[] = [...SPECIAL];
  for (const { to, via } of router.routes) {
    if (via === null) kinds.push({ ...to, value: ADDRESS_CONNECTED });
  }
  for (const { address, prefixLength } of router.interfaces) {
    const network = networkOf(address, prefixLength);
    kinds.push({ address: network, length: prefixLength, value: ADDRESS_CONNECTED });
    if (prefixLength < 31) {
      const last = network + 2 ** (32 - prefixLength) - 1;
      const value = ADDRESS_CONNECTED | ADDRESS_BROADCAST;
      kinds.push({ address: network, length: 32, value }, { address: last, length: 32, value });
    }
    kinds.push({ address, length: 32, value: ADDRESS_CONNECTED | ADDRESS_OWN });
  }
  const kindMap = mapOfPrefixes(kinds, 0);
  return joinMaps(kindMap, portMap(router), (kind, port) => (kind << 8) | port);
}

/** The neighbours of each port: ranges of addresses, but the router's own and broadcasts. */
export function neighborRanges(router: Router): { first: number; last: number; port: number }[] {
  const routes = router.routes.filter(({ via }) => via === null);
  const { starts, values } = addressMap({ ...router, routes });
  return starts.flatMap((first, i) => {
    const last = (starts[i + 1] ?? 2 ** 32) - 1;
    return values[i] >> 8 === ADDRESS_CONNECTED ? [{ first, last, port: values[i] & 0xff }] : [];
  });
}

function networkOf(address: number, length: number): number {
  return length === 0 ? 0 : (address & (-1 << (32 - length))) >>> 0;
}
