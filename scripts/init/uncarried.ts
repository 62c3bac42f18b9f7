/** What of a capture a router does not carry, counted, and what helps. */
import { etherTypeName } from './services.ts';

/** EtherTypes that are counted apart. */
const ETHER_TYPES_MAX = 256;

/** By drop reason of the kernel, or by what the survey itself had no room for. */
const TEXTS: Readonly<Record<string, string>> = {
  'frame-too-long':
    'longer than 2,048 bytes (jumbo frames, or offload), which the router cannot take: capture ' +
    'again with offloads off',
  'capture-truncated':
    'of which only the first bytes were captured (snap length): capture with tcpdump -s 0',
  'ipv4-checksum':
    'with a wrong IPv4 header checksum, left to the network card: replay with --fix-checksums',
  'ipv6-not-forwarded': 'of IPv6, which this router does not forward',
  fragment: 'that are IP fragments beyond the first, which this router does not forward',
  multicast: 'to multicast groups, which stay on their wire',
  broadcast: 'to everybody (broadcast), which stay on their wire',
  'directed-broadcast': 'to the last address of a subnet (broadcast), which no router carries',
  martian: 'with an address that no router carries (0.0.0.0/8, loopback, link-local, reserved)',
  'same-segment': 'from a host to itself',
  'ttl-expired': 'with a TTL of 1, which a router answers and does not carry',
  'source-route': 'with a source route, which is refused',
  'ipv4-options': 'with malformed IPv4 options, which are refused',
  'tcp-invalid': 'with TCP flags that make no sense: a scanner, or a broken stack',
  'icmp-unsolicited': 'of ICMP replies whose request is not in the capture',
  hosts: 'of hosts beyond the first 65,536, which are not told apart here',
};

export class Uncarried {
  readonly #counts = new Map<string, number>();
  readonly #etherTypes = new Map<number, number>();

  count(reason: string, frames = 1): void {
    if (frames > 0) this.#counts.set(reason, this.of(reason) + frames);
  }

  countEtherType(type: number): void {
    const key = this.#etherTypes.size < ETHER_TYPES_MAX || this.#etherTypes.has(type) ? type : -1;
    this.#etherTypes.set(key, (this.#etherTypes.get(key) ?? 0) + 1);
  }

  of(reason: string): number {
    return this.#counts.get(reason) ?? 0;
  }

  /** Frames, and a phrase that says which; most frames first. */
  phrases(): [number, string][] {
    const phrases = [...this.#counts].map(([reason, count]): [number, string] => [
      count,
      TEXTS[reason] ?? `that are malformed (${reason})`,
    ]);
    return [...phrases, ...this.#notIp()].sort((a, b) => b[0] - a[0] || (a[1] < b[1] ? -1 : 1));
  }

  #notIp(): [number, string][] {
    const names = new Map<string, number>();
    for (const [type, count] of this.#etherTypes) {
      const name = type < 0 ? 'other EtherTypes' : etherTypeName(type);
      names.set(name, (names.get(name) ?? 0) + count);
    }
    return [...names].map(([name, count]) => {
      return [count, `of ${name}, which is not IP and never crosses a router`];
    });
  }
}
