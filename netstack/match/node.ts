/**
 * What a parsed match is made of: types, and a data table of the names that the language knows.
 */

/** Which end of a packet a qualifier speaks of: `src or dst` is either, `src and dst` is both. */
export type Direction = 'src' | 'dst' | 'either' | 'both';

/**
 * A parsed match, pcap-filter(7) with the names looked up. Plain data: it survives JSON.
 *
 * `address` compares IPv4 addresses (of ARP and RARP: sender and target) under a 32-bit mask;
 * `address6.address` is 32 hexadecimal digits; `port` bounds are inclusive.
 * `zone.offset` is where the name stands in the text, for messages.
 */
export type MatchNode =
  | { readonly kind: 'and' | 'or'; readonly operands: readonly MatchNode[] }
  | { readonly kind: 'not'; readonly operand: MatchNode }
  | { readonly kind: 'ether-type'; readonly type: number }
  | { readonly kind: 'protocol'; readonly family: 'ip' | 'ip6' | 'any'; readonly protocol: number }
  | {
      readonly kind: 'address';
      readonly family: 'any' | 'ip' | 'arp' | 'rarp';
      readonly direction: Direction;
      readonly address: number;
      readonly mask: number;
    }
  | {
      readonly kind: 'address6';
      readonly direction: Direction;
      readonly address: string;
      readonly length: number;
    }
  | {
      readonly kind: 'port';
      readonly protocols: readonly number[];
      readonly direction: Direction;
      readonly first: number;
      readonly last: number;
    }
  | { readonly kind: 'vlan' }
  | { readonly kind: 'zone'; readonly name: string; readonly offset: number }
  | { readonly kind: 'to-router' };

/** EtherTypes that the language knows by name (IEEE 802 numbers). */
export const ETHER_TYPES: Readonly<Record<string, number>> = {
  ip: 0x0800,
  arp: 0x0806,
  rarp: 0x8035,
  ip6: 0x86dd,
};

/** IP protocol numbers that `proto` knows by name (IANA protocol numbers). */
export const IP_PROTOCOLS: Readonly<Record<string, number>> = {
  icmp: 1,
  igmp: 2,
  tcp: 6,
  udp: 17,
  gre: 47,
  esp: 50,
  ah: 51,
  icmp6: 58,
  ospf: 89,
  pim: 103,
  vrrp: 112,
  sctp: 132,
};

/** The protocols that have ports, in the order tcp, udp, sctp. */
export const PORT_PROTOCOLS: readonly number[] = [6, 17, 132];
