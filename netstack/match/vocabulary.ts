import { ETHER_TYPES, IP_PROTOCOLS, type MatchNode } from './node.ts';

/** What each protocol word means by itself, as libpcap has it. */
export const PROTOCOL_WORDS: ReadonlyMap<string, MatchNode> = new Map<string, MatchNode>([
  ...Object.entries(ETHER_TYPES).map(([word, type]): [string, MatchNode] => [
    word,
    { kind: 'ether-type', type },
  ]),
  ...(['icmp', 'igmp', 'vrrp'] as const).map((word) => protocolWord(word, 'ip')),
  ...(['tcp', 'udp', 'sctp', 'esp', 'ah', 'pim'] as const).map((word) => protocolWord(word, 'any')),
  protocolWord('icmp6', 'ip6'),
]);

function protocolWord(word: string, family: 'ip' | 'ip6' | 'any'): [string, MatchNode] {
  return [word, { kind: 'protocol', family, protocol: IP_PROTOCOLS[word] }];
}

/** Words that say what kind of value follows. */
export const KIND_WORDS: ReadonlySet<string> = new Set(['host', 'net', 'port', 'portrange']);

/** The kinds of value that each protocol word may stand before. */
export const QUALIFIED_KINDS: Readonly<Record<string, readonly string[]>> = {
  ether: ['proto'],
  ip: ['host', 'net', 'proto'],
  ip6: ['host', 'net', 'proto'],
  arp: ['host', 'net'],
  rarp: ['host', 'net'],
  tcp: ['port', 'portrange'],
  udp: ['port', 'portrange'],
  sctp: ['port', 'portrange'],
};

const OTHER_WORDS = ['src', 'dst', 'proto', 'ether', 'vlan', 'zone', 'to-router', 'mask'];

/** Every word with a meaning of its own; none of them is ever read as a value in a list. */
export const KEYWORDS: ReadonlySet<string> = new Set([
  ...PROTOCOL_WORDS.keys(),
  ...KIND_WORDS,
  ...OTHER_WORDS,
]);

/** pcap-filter words that this subset refuses, with what to write instead. */
const REFUSED: Readonly<Record<string, string>> = {
  gre: 'write ip proto 47',
  carp: 'write ip proto 112',
  ospf: 'write ip proto 89',
  link: 'write ether proto',
  len: 'lengths cannot be tested',
  less: 'lengths cannot be tested',
  greater: 'lengths cannot be tested',
  broadcast: 'link-layer addresses cannot be tested',
  multicast: 'write dst net 224.0.0.0/4',
  gateway: 'link-layer addresses cannot be tested',
  protochain: 'write proto; IPv6 extension headers are walked anyway',
  mpls: 'write ether proto 0x8847',
  pppoes: 'write ether proto 0x8864',
  inbound: 'write zone NAME',
  outbound: 'write zone NAME',
};

/** What to write instead of a word that means nothing here; undefined when nothing is near. */
export function hintFor(word: string): string | undefined {
  if (Object.hasOwn(REFUSED, word)) return REFUSED[word];
  if (KEYWORDS.has(word)) return undefined;
  if (KEYWORDS.has(word.toLowerCase())) return `write ${word.toLowerCase()}`;
  if (/^[\d.]+$/.test(word)) return 'write host, net or port before it';
  const near = [...KEYWORDS, 'and', 'or', 'not'].find((known) => isNear(known, word));
  return near === undefined ? undefined : `did you mean "${near}"?`;
}

/** One letter more, less, changed or swapped with its neighbour. */
function isNear(known: string, word: string): boolean {
  if (known.length < 3 || Math.abs(known.length - word.length) > 1) return false;
  let start = 0;
  while (start < known.length && known[start] === word[start]) start++;
  const [a, b] = [known.slice(start), word.slice(start)];
  if (a.slice(1) === b.slice(1) || a === b.slice(1) || a.slice(1) === b) return true;
  return a[0] === b[1] && a[1] === b[0] && a.slice(2) === b.slice(2);
}
