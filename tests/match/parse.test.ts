import { describe, expect, it } from 'vitest';
import { type MatchNode, parseMatch } from '../../netstack/match/parse.ts';

const address = (text: string, length = 32, rest: object = {}): MatchNode => ({
  kind: 'address',
  family: 'any',
  direction: 'either',
  address: text.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0),
  mask: length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0,
  ...rest,
});

const port = (first: number, last = first, rest: object = {}): MatchNode => ({
  kind: 'port',
  protocols: [6, 17, 132],
  direction: 'either',
  first,
  last,
  ...rest,
});

const protocol = (family: 'ip' | 'ip6' | 'any', number: number): MatchNode => ({
  kind: 'protocol',
  family,
  protocol: number,
});

const etherType = (type: number): MatchNode => ({ kind: 'ether-type', type });
const not = (operand: MatchNode): MatchNode => ({ kind: 'not', operand });
const and = (...operands: MatchNode[]): MatchNode => ({ kind: 'and', operands });
const or = (...operands: MatchNode[]): MatchNode => ({ kind: 'or', operands });

const TEN: string = '10.0.0.0';
const A = address('1.2.3.4');

const WORDS: [string, MatchNode][] = [
  ['ip', etherType(0x0800)],
  ['ip6', etherType(0x86dd)],
  ['arp', etherType(0x0806)],
  ['rarp', etherType(0x8035)],
  ['tcp', protocol('any', 6)],
  ['udp', protocol('any', 17)],
  ['sctp', protocol('any', 132)],
  ['icmp', protocol('ip', 1)],
  ['icmp6', protocol('ip6', 58)],
  ['igmp', protocol('ip', 2)],
  ['esp', protocol('any', 50)],
  ['ah', protocol('any', 51)],
  ['pim', protocol('any', 103)],
  ['vrrp', protocol('ip', 112)],
  ['ip proto 47', protocol('ip', 47)],
  ['ip proto tcp', protocol('ip', 6)],
  ['ip proto \\tcp', protocol('ip', 6)],
  ['ip6 proto 58', protocol('ip6', 58)],
  ['proto gre', protocol('any', 47)],
  ['ether proto 0x88cc', etherType(0x88cc)],
  ['ether proto 34525', etherType(0x86dd)],
  ['ether proto \\arp', etherType(0x0806)],
  ['ether proto ip', etherType(0x0800)],
  ['vlan', { kind: 'vlan' }],
  ['to-router', { kind: 'to-router' }],
  ['zone plant', { kind: 'zone', name: 'plant', offset: 5 }],
];

const VALUES: [string, MatchNode][] = [
  ['host 1.2.3.4', A],
  ['1.2.3.4', A],
  ['src host 1.2.3.4', address('1.2.3.4', 32, { direction: 'src' })],
  ['dst 1.2.3.4', address('1.2.3.4', 32, { direction: 'dst' })],
  ['src or dst 1.2.3.4', A],
  ['dst || src host 1.2.3.4', A],
  ['src and dst 1.2.3.4', address('1.2.3.4', 32, { direction: 'both' })],
  ['ip host 1.2.3.4', address('1.2.3.4', 32, { family: 'ip' })],
  ['arp dst 1.2.3.4', address('1.2.3.4', 32, { family: 'arp', direction: 'dst' })],
  ['rarp src host 1.2.3.4', address('1.2.3.4', 32, { family: 'rarp', direction: 'src' })],
  ['ip src net 10', address(TEN, 8, { family: 'ip', direction: 'src' })],
  ['net 10', address(TEN, 8)],
  ['net 10.1', address('10.1.0.0', 16)],
  ['net 10.1.0', address('10.1.0.0', 24)],
  ['net 10.1.0.0', address('10.1.0.0', 32)],
  ['net 10.0.0.0/8', address(TEN, 8)],
  ['net 10.0.0.0 / 8', address(TEN, 8)],
  ['net 10.1/16', address('10.1.0.0', 16)],
  ['net 0.0.0.0/0', address('0.0.0.0', 0)],
  ['net 10.0.0.0 mask 255.0.0.0', address(TEN, 8)],
  ['net 0.0.0.1 mask 0.0.0.255', address('0.0.0.1', 0, { mask: 255 })],
  ['port 80', port(80)],
  ['port 0x50', port(80)],
  ['port 0', port(0)],
  ['portrange 1024-65535', port(1024, 65535)],
  ['portrange 80', port(80)],
  ['tcp port 502', port(502, 502, { protocols: [6] })],
  ['udp src port 53', port(53, 53, { protocols: [17], direction: 'src' })],
  ['sctp dst portrange 1-2', port(1, 2, { protocols: [132], direction: 'dst' })],
  ['dst port 80', port(80, 80, { direction: 'dst' })],
  [
    'host ::1',
    { kind: 'address6', direction: 'either', address: '1'.padStart(32, '0'), length: 128 },
  ],
  [
    'ip6 src net fe80::/10',
    { kind: 'address6', direction: 'src', address: 'fe80'.padEnd(32, '0'), length: 10 },
  ],
];

const [P, Q, R] = [port(80), port(443), port(22)];
const [TCP, UDP, ICMP] = [protocol('any', 6), protocol('any', 17), protocol('ip', 1)];

const SHAPES: [string, MatchNode][] = [
  ['tcp and udp or icmp', or(and(TCP, UDP), ICMP)],
  ['tcp or udp and icmp', and(or(TCP, UDP), ICMP)],
  ['tcp or (udp and icmp)', or(TCP, and(UDP, ICMP))],
  ['tcp && udp || icmp', or(and(TCP, UDP), ICMP)],
  ['tcp or udp or icmp', or(TCP, UDP, ICMP)],
  ['(tcp or udp) or icmp', or(or(TCP, UDP), ICMP)],
  ['not tcp and udp', and(not(TCP), UDP)],
  ['!(tcp or udp)', not(or(TCP, UDP))],
  ['not not tcp', not(not(TCP))],
  ['port 80 or 443', or(P, Q)],
  ['port 80 or 443 or 22', or(P, Q, R)],
  ['port 80 or not 443', or(P, not(Q))],
  ['not port 80 or 443', or(not(P), Q)],
  ['port (80 or 443)', or(P, Q)],
  ['port not 80', not(P)],
  ['port 80 or (443 or 22)', or(P, or(Q, R))],
  ['port 80 or (host 1.2.3.4) or 443', or(P, A, Q)],
  ['port 80 or (not tcp) or 443', or(P, not(TCP), Q)],
  ['port 80 or host 1.2.3.4 or 5.6.7.8', or(P, A, address('5.6.7.8'))],
  ['ip proto 6 or 17', or(protocol('ip', 6), protocol('ip', 17))],
  ['ip proto (tcp or udp)', or(protocol('ip', 6), protocol('ip', 17))],
  ['ip proto \\tcp or udp', or(protocol('ip', 6), UDP)],
  ['net 10 or 11.0.0.0/8', or(address(TEN, 8), address('11.0.0.0', 8))],
  ['tcp or 1.2.3.4', or(TCP, A)],
  [
    'zone a or b',
    or({ kind: 'zone', name: 'a', offset: 5 }, { kind: 'zone', name: 'b', offset: 10 }),
  ],
];

describe('parseMatch', () => {
  it.each(WORDS)('knows the word: %s', (text, node) => {
    expect(parseMatch(text)).toEqual(node);
  });

  it.each(VALUES)('reads qualifiers and a value: %s', (text, node) => {
    expect(parseMatch(text)).toEqual(node);
  });

  it.each(SHAPES)('has the precedence and the lists of libpcap: %s', (text, node) => {
    expect(parseMatch(text)).toEqual(node);
  });

  it('gives plain data that survives JSON', () => {
    const node = parseMatch('zone a and (port 80 or net fe80::/10) and not vlan and net 10');
    expect(JSON.parse(JSON.stringify(node))).toEqual(node);
  });
});
