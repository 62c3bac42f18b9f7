import { maskOf } from '../address.ts';
import { parseIpv6 } from '../address6.ts';
import { type AddressLiteral, readAddressLiteral, readNumber } from './literal.ts';
import { MatchError } from './match-error.ts';
import {
  type Direction,
  ETHER_TYPES,
  IP_PROTOCOLS,
  type MatchNode,
  PORT_PROTOCOLS,
} from './node.ts';
import type { Token } from './tokens.ts';

/** What stands before a value, and goes on applying to the values of a list. */
export interface Qualifiers {
  /** ip, ip6, arp, rarp, tcp, udp, sctp, ether; null when none is written. */
  readonly protocol: string | null;
  readonly direction: Direction;
  readonly kind: 'host' | 'net' | 'port' | 'portrange' | 'proto' | 'zone';
}

/** A value as written: `10.0.0.0`, `10.0.0.0/8` or `10.0.0.0 mask 255.0.0.0`. */
export interface Value {
  readonly token: Token;
  readonly length: Token | null;
  readonly mask: Token | null;
}

/**
 * The node that a value means under its qualifiers.
 * @throws MatchError naming the value
 */
export function valueNode(qualifiers: Qualifiers, value: Value): MatchNode {
  const extra = value.length ?? value.mask;
  if (extra !== null && qualifiers.kind !== 'net') {
    const hint = `write net ${value.token.text}/… for a network`;
    throw new MatchError(`"${qualifiers.kind}" takes no mask`, extra.offset, hint);
  }
  switch (qualifiers.kind) {
    case 'host':
    case 'net':
      return value.token.text.includes(':')
        ? address6Node(qualifiers, value)
        : addressNode(qualifiers, value);
    case 'port':
    case 'portrange':
      return portNode(qualifiers, value.token);
    case 'proto':
      return protocolNode(qualifiers, value.token);
    case 'zone':
      return { kind: 'zone', name: value.token.text, offset: value.token.offset };
  }
}

function addressNode(qualifiers: Qualifiers, value: Value): MatchNode {
  const { token } = value;
  const family = qualifiers.protocol ?? 'any';
  if (family === 'ip6') throw wrongFamily(token, 'ip6', 'an IPv4');
  const literal = readAddressLiteral(token.text);
  if (literal === null) {
    throw new MatchError(`"${token.text}" is not an IPv4 address`, token.offset, nameHint(token));
  }
  if (qualifiers.kind === 'host' && literal.octets !== 4) {
    const hint = `write all four octets, or net ${token.text}`;
    throw new MatchError(`"${token.text}" is part of an address`, token.offset, hint);
  }
  const mask = readMask(literal, value);
  if ((literal.address & ~mask) !== 0) {
    const message = `"${token.text}" has bits set outside its mask`;
    throw new MatchError(message, token.offset, 'clear the host bits, or write a longer mask');
  }
  return {
    kind: 'address',
    family: family as 'any' | 'ip' | 'arp' | 'rarp',
    direction: qualifiers.direction,
    address: literal.address,
    mask,
  };
}

function readMask(literal: AddressLiteral, value: Value): number {
  if (value.length !== null) return maskOf(readPrefixLength(value.length, 32));
  if (value.mask !== null) {
    const mask = readAddressLiteral(value.mask.text);
    if (mask !== null) return mask.address;
    const message = `"${value.mask.text}" is not a mask`;
    throw new MatchError(message, value.mask.offset, 'write it dotted, such as 255.255.255.0');
  }
  if (literal.address === 0 && literal.octets === 1) {
    const hint = 'write net 0.0.0.0/0 for every address, net 0.0.0.0/8 for the network';
    throw new MatchError('"net 0" is ambiguous', value.token.offset, hint);
  }
  return maskOf(literal.octets * 8);
}

function readPrefixLength(token: Token, max: number): number {
  const length = readNumber(token.text);
  if (length !== null && length <= max) return length;
  throw new MatchError(`"${token.text}" is not a prefix length (0 to ${max})`, token.offset);
}

function address6Node(qualifiers: Qualifiers, value: Value): MatchNode {
  const { token } = value;
  if (qualifiers.protocol !== null && qualifiers.protocol !== 'ip6') {
    throw wrongFamily(token, qualifiers.protocol, 'an IPv6');
  }
  const address = parseIpv6(token.text);
  if (address === null) {
    throw new MatchError(`"${token.text}" is not an IPv6 address`, token.offset, nameHint(token));
  }
  if (value.mask !== null) {
    throw new MatchError('an IPv6 network takes no mask', value.mask.offset, 'write /length');
  }
  const length = value.length === null ? 128 : readPrefixLength(value.length, 128);
  if ((address & ((1n << BigInt(128 - length)) - 1n)) !== 0n) {
    const message = `"${token.text}" has bits set outside its prefix`;
    throw new MatchError(message, token.offset, 'clear the host bits, or write a longer prefix');
  }
  const digits = address.toString(16).padStart(32, '0');
  return { kind: 'address6', direction: qualifiers.direction, address: digits, length };
}

function portNode(qualifiers: Qualifiers, token: Token): MatchNode {
  const { protocol, direction, kind } = qualifiers;
  const range = kind === 'portrange' ? token.text.split('-') : [token.text];
  const [first, last = first] = range.map(readNumber);
  if (range.length > 2 || first === null || last === null || first > 65535 || last > 65535) {
    const what = kind === 'port' ? 'a port (0 to 65535)' : 'a range of ports';
    throw new MatchError(`"${token.text}" is not ${what}`, token.offset, portHint(kind, token));
  }
  if (first > last) {
    const hint = `write ${last}-${first}`;
    throw new MatchError(`"${token.text}" runs backwards`, token.offset, hint);
  }
  const protocols = protocol === null ? PORT_PROTOCOLS : [IP_PROTOCOLS[protocol]];
  return { kind: 'port', protocols, direction, first, last };
}

function protocolNode(qualifiers: Qualifiers, token: Token): MatchNode {
  const isEther = qualifiers.protocol === 'ether';
  const names = isEther ? ETHER_TYPES : IP_PROTOCOLS;
  const known = Object.hasOwn(names, token.text) ? names[token.text] : readNumber(token.text);
  if (isEther) {
    // Below 1536 the field is an IEEE 802.3 length, and 802.2 headers are not decoded.
    if (known !== null && known >= 0x600 && known <= 0xffff)
      return { kind: 'ether-type', type: known };
    const hint = `names: ${Object.keys(names).join(' ')}; numbers: 0x600 to 0xffff`;
    throw new MatchError(`"${token.text}" is not an EtherType`, token.offset, hint);
  }
  if (known === null || known > 255) {
    const hint = `names: ${Object.keys(names).join(' ')}; numbers: 0 to 255`;
    throw new MatchError(`"${token.text}" is not an IP protocol`, token.offset, hint);
  }
  const family = (qualifiers.protocol ?? 'any') as 'ip' | 'ip6' | 'any';
  return { kind: 'protocol', family, protocol: known };
}

function wrongFamily(token: Token, qualifier: string, family: string): MatchError {
  return new MatchError(`"${qualifier}" before ${family} address`, token.offset);
}

function nameHint(token: Token): string | undefined {
  return /^[A-Za-z]/.test(token.text) ? 'names are not looked up; write the address' : undefined;
}

function portHint(kind: string, token: Token): string | undefined {
  if (kind === 'port' && /^\d+-\d+$/.test(token.text)) return `write portrange ${token.text}`;
  if (/^\d+(\.\d+){3}$/.test(token.text)) return `write host ${token.text}`;
  return /^[A-Za-z]/.test(token.text) ? 'names are not looked up; write the number' : undefined;
}
