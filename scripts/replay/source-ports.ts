/**
 * Which port a captured frame arrives on: the one that its source lives behind, as tcpprep's auto
 * mode splits a capture.
 */
import type { Router } from '../../config/router.ts';
import { broadcastOf, type Cidr, networkOf } from '../../netstack/address.ts';
import { frameSource, NO_SOURCE } from './frame-source.ts';

/** What of a router file says where sources live. */
export type Topology = Pick<Router, 'interfaces' | 'routes'>;

interface Prefix {
  first: number;
  last: number;
  length: number;
  port: number;
}

function prefixOf(cidr: Cidr, port: number): Prefix {
  return { first: networkOf(cidr), last: broadcastOf(cidr), length: cidr.length, port };
}

/** Sorted so that a prefix comes after all that contain it; the last of equals counts. */
function prefixesOf(router: Topology): Prefix[] {
  const routes = router.routes.map(({ to, port }) => prefixOf(to, port));
  // Of two equal prefixes the connected one counts: these hosts are on the wire itself.
  const connected = router.interfaces.map((face) =>
    prefixOf({ address: face.address, length: face.prefixLength }, face.port),
  );
  return [...routes, ...connected].sort((a, b) => a.first - b.first || a.length - b.length);
}

/**
 * Longest prefix match over the router's connected subnets and static routes, flattened into
 * ranges: built once, then a binary search a look-up and nothing allocated.
 */
export class SourcePorts {
  /** Where frames arrive whose source is not covered: the default route's port, or the first. */
  readonly defaultPort: number;
  /** Addresses at which a range begins, ascending from 0, and each range's port. */
  readonly starts: Uint32Array;
  readonly ports: Uint8Array;

  constructor(router: Topology) {
    this.defaultPort = router.routes.find(({ to }) => to.length === 0)?.port ?? 0;
    const starts: number[] = [];
    const ports: number[] = [];
    const add = (start: number, port: number) => {
      // A range that the next one begins with as well was never there.
      if (starts.at(-1) === start) ports[ports.length - 1] = port;
      else if (ports.at(-1) !== port) {
        starts.push(start);
        ports.push(port);
      }
    };
    add(0, this.defaultPort);
    const open: Prefix[] = [];
    const closeBefore = (address: number) => {
      for (let top = open.at(-1); top !== undefined && top.last < address; top = open.at(-1)) {
        open.pop();
        if (top.last < 0xffff_ffff) add(top.last + 1, open.at(-1)?.port ?? this.defaultPort);
      }
    };
    for (const prefix of prefixesOf(router)) {
      closeBefore(prefix.first);
      add(prefix.first, prefix.port);
      open.push(prefix);
    }
    closeBefore(2 ** 32);
    this.starts = Uint32Array.from(starts);
    this.ports = Uint8Array.from(ports);
  }

  /** The port that an IPv4 address lives behind. */
  portOf(address: number): number {
    const { starts } = this;
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (starts[middle] <= address) low = middle;
      else high = middle;
    }
    return this.ports[low];
  }

  /** The port that the frame `data[start..end)` arrives on. */
  assignPort(data: Uint8Array, start: number, end: number): number {
    const source = frameSource(data, start, end);
    return source === NO_SOURCE ? this.defaultPort : this.portOf(source);
  }
}
