/** Where addresses live, by a router file: a longest prefix match of the tests' own. */
import type { Interface, Router } from '../../config/router.ts';

export interface Hop {
  readonly port: number;
  /** The address whose MAC the frame goes to. */
  readonly nextHop: number;
}

function covers(prefix: number, length: number, address: number): boolean {
  const size = 2 ** (32 - length);
  return Math.floor(prefix / size) === Math.floor(address / size);
}

export class Topology {
  readonly router: Router;

  constructor(router: Router) {
    this.router = router;
  }

  /** The interface whose subnet the address is on. */
  subnetOf(address: number): Interface | undefined {
    return this.router.interfaces.find((face) => covers(face.address, face.prefixLength, address));
  }

  /** Longest prefix match; a connected subnet wins over a route of its length. */
  hopTo(address: number): Hop | null {
    let best: (Hop & { length: number }) | null = null;
    for (const { to, via, port } of this.router.routes) {
      if (!covers(to.address, to.length, address)) continue;
      if (best === null || to.length > best.length)
        best = { port, nextHop: via ?? address, length: to.length };
    }
    for (const { address: own, prefixLength, port } of this.router.interfaces) {
      if (!covers(own, prefixLength, address)) continue;
      if (best === null || prefixLength >= best.length) {
        best = { port, nextHop: address, length: prefixLength };
      }
    }
    return best;
  }

  /** The port that a frame of this source arrives on; null: of none, or of nobody. */
  arrivalPort(source: number | null): number {
    const fallback = this.router.routes.find(({ to }) => to.length === 0)?.port ?? 0;
    return source === null ? fallback : (this.hopTo(source)?.port ?? fallback);
  }

  faceOf(port: number): Interface {
    const face = this.router.interfaces.find((candidate) => candidate.port === port);
    if (face === undefined) throw new RangeError(`port ${port} has no interface`);
    return face;
  }

  isOwn(address: number): boolean {
    return this.router.interfaces.some((face) => face.address === address);
  }

  /** Limited, or directed at a connected subnet (RFC 1812 5.3.5, RFC 3021). */
  isBroadcast(address: number): boolean {
    if (address === 0xffff_ffff) return true;
    const face = this.subnetOf(address);
    if (face === undefined || face.prefixLength > 30) return false;
    const size = 2 ** (32 - face.prefixLength);
    return address % size === 0 || address % size === size - 1;
  }
}

export function isMulticast(address: number): boolean {
  return covers(0xe000_0000, 4, address);
}

/** RFC 1812 5.3.7: this network, loopback, and what is reserved; RFC 3927 2.7: link-local. */
export function isMartian(address: number): boolean {
  return (
    covers(0, 8, address) ||
    covers(0x7f00_0000, 8, address) ||
    covers(0xf000_0000, 4, address) ||
    covers(0xa9fe_0000, 16, address)
  );
}
