import fc from 'fast-check';
import type { MatchBindings } from '../../netstack/match/bindings.ts';
import type { Point } from '../../netstack/sets/field.ts';
import { zeroPoint } from '../../netstack/sets/points.ts';

export const bindings: MatchBindings = {
  zonePorts: new Map([
    ['plant', [0]],
    ['office', [1, 2]],
  ]),
  routerAddresses: [0x0a010001, 0x0a020001],
};

// Few values each, so that random matches and random points meet.
const ADDRESSES = ['10.1.0.1', '10.1.0.2', '10.2.0.1', '192.168.1.7', '0.0.0.0'];
const NETS = ['10', '10.1', '10.1.0', '10.0.0.0/8', '10.2.0.0 mask 255.255.0.0', '0.0.0.0/0'];
const PORTS = [0, 53, 80, 443, 502, 65535];

const direction = fc.constantFrom('', 'src ', 'dst ', 'src or dst ', 'src and dst ');

const host = fc
  .tuple(fc.constantFrom('', 'ip ', 'arp ', 'rarp '), direction, fc.constantFrom(...ADDRESSES))
  .map(([family, way, address]) => `${family}${way}host ${address}`);

const net = fc
  .tuple(fc.constantFrom('', 'ip ', 'arp '), direction, fc.constantFrom(...NETS))
  .map(([family, way, network]) => `${family}${way}net ${network}`);

const portRange = fc
  .tuple(fc.constantFrom(...PORTS), fc.constantFrom(...PORTS))
  .map(([a, b]) => `portrange ${Math.min(a, b)}-${Math.max(a, b)}`);

const port = fc
  .tuple(
    fc.constantFrom('', 'tcp ', 'udp ', 'sctp '),
    direction,
    fc.oneof(
      fc.constantFrom(...PORTS).map((number) => `port ${number}`),
      portRange,
    ),
  )
  .map(([protocol, way, range]) => `${protocol}${way}${range}`);

const portList = fc
  .tuple(
    fc.array(fc.constantFrom(...PORTS), { minLength: 1, maxLength: 3 }),
    fc.constantFrom('port', 'tcp dst port', 'port not', 'src port'),
    fc.constantFrom(' or ', ' or not ', ' and '),
    fc.boolean(),
  )
  .map(([ports, words, joint, hasParentheses]) => {
    const list = ports.join(joint);
    return `${words} ${hasParentheses ? `(${list})` : list}`;
  });

const hostList = fc
  .tuple(direction, fc.array(fc.constantFrom(...ADDRESSES), { minLength: 2, maxLength: 3 }))
  .map(([way, addresses]) => `${way}host ${addresses.join(' or not ')}`);

const word = fc.constantFrom(
  ...['ip', 'ip6', 'arp', 'rarp', 'tcp', 'udp', 'sctp', 'icmp', 'icmp6', 'igmp', 'esp', 'ah'],
  ...['pim', 'vrrp', 'ip proto 6', 'ip proto \\udp or 47', 'ip6 proto 58', 'proto 17', 'proto 1'],
  ...['ether proto 0x806', 'ether proto \\ip', 'ether proto 0x88cc', 'proto \\icmp or 132'],
);

/** Lists and precedence, where reading differently is easy. */
const tricky = fc.constantFrom(
  ...['port 80 or (host 10.1.0.1) or 443', 'port 80 or (not tcp) or 53', 'not port 80 or 443'],
  ...['port 80 or (443 or 53) and 502', 'net 10 or 192.168', 'ip proto \\tcp or udp', '!tcp&&!udp'],
  ...['port 80 or host 10.1.0.1 or 10.1.0.2', 'tcp or udp and port 80 or 53', 'src net 10 or 11.1'],
  ...['tcp src or dst portrange 53-80 or 443-502', 'ip src 10.1.0.1 or dst 10.2.0.1 and icmp'],
);

const { text } = fc.letrec<{ text: string }>((tie) => ({
  text: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(host, net, port, portList, hostList, word, tricky),
    fc
      .tuple(tie('text'), fc.constantFrom('and', 'or', '&&', '||'), tie('text'))
      .map((parts) => parts.join(' ')),
    tie('text').map((inner) => `not ${inner}`),
    tie('text').map((inner) => `(${inner})`),
  ),
}));

/** Matches that both libpcap and Sluice read. */
export const libpcapMatch: fc.Arbitrary<string> = text;

/** Matches with the words that only Sluice has, and IPv6 addresses. */
export const anyMatch: fc.Arbitrary<string> = fc
  .tuple(
    libpcapMatch,
    fc.constantFrom('and', 'or'),
    fc.constantFrom(
      ...['zone plant', 'zone office', 'zone plant or office', 'to-router', 'vlan'],
      ...['host fe80::1', 'dst net fe80::/10', 'not src net ::/0', 'ip or host 10.1.0.1'],
    ),
  )
  .map((parts) => parts.join(' '));

export const narrowMatch: fc.Arbitrary<string> = fc
  .tuple(
    libpcapMatch,
    fc.constantFrom('and', 'or'),
    fc.constantFrom('zone plant', 'zone office', 'to-router', 'vlan'),
  )
  .map((parts) => parts.join(' '));

const ADDRESS_VALUES = [0x0a010001, 0x0a010002, 0x0a020001, 0x0aff0000, 0xc0a80107, 0, 0xffffffff];
const ADDRESS6_VALUES = [0n, (0xfe80n << 112n) | 1n, (0x20010db8n << 96n) | 7n, (1n << 128n) - 1n];

const protocols = fc.constantFrom(0, 1, 2, 6, 17, 47, 50, 51, 58, 89, 103, 112, 132, 255);
const ports = fc.oneof(fc.constantFrom(...PORTS, 52, 54, 503), fc.nat(65535));
const address = fc.oneof(fc.constantFrom(...ADDRESS_VALUES), fc.nat(0xffffffff));

/** Points near the values that the matches name. */
export const point: fc.Arbitrary<Point> = fc.record({
  etherType: fc.constantFrom(0x0800, 0x0800, 0x0806, 0x8035, 0x86dd, 0x88cc, 0),
  tagged: fc.nat(1),
  ingress: fc.nat(3),
  proto: protocols,
  src: address,
  dst: address,
  src6: fc.constantFrom(...ADDRESS6_VALUES),
  dst6: fc.constantFrom(...ADDRESS6_VALUES),
  sport: ports,
  dport: ports,
  laterFragment: fc.nat(1),
});

/** IPv4, ARP and RARP frames that parse, of the values that the matches name. */
export const frame: fc.Arbitrary<Uint8Array> = fc
  .record({
    at: point.map((value) => ({ ...zeroPoint(), ...value })),
    optionWords: fc.nat(10),
    moreFragments: fc.boolean(),
    padding: fc.nat(20),
  })
  .map(({ at, optionWords, moreFragments, padding }) => {
    const header = 20 + 4 * optionWords;
    const bytes = new Uint8Array(14 + header + 24 + padding);
    const view = new DataView(bytes.buffer);
    view.setUint16(12, at.etherType);
    if (at.etherType !== 0x0800) {
      view.setUint32(28, at.src);
      view.setUint32(38, at.dst);
      if (at.etherType === 0x86dd) view.setUint16(12, 0x0806);
      return bytes;
    }
    view.setUint8(14, 0x40 | (header / 4));
    view.setUint16(16, header + 24);
    view.setUint16(20, (moreFragments ? 0x2000 : 0) | (at.laterFragment * 185));
    view.setUint8(22, 64);
    view.setUint8(23, at.proto);
    view.setUint32(26, at.src);
    view.setUint32(30, at.dst);
    view.setUint16(14 + header, at.sport);
    view.setUint16(16 + header, at.dport);
    return bytes;
  });
