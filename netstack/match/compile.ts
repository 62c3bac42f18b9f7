import type { Point } from '../sets/field.ts';
import { type MatchBindings, portsOfZone } from './bindings.ts';
import { type Direction, ETHER_TYPES, type MatchNode } from './node.ts';

const { ip: IP, ip6: IP6, arp: ARP, rarp: RARP } = ETHER_TYPES;

type Predicate = (point: Point) => boolean;

/**
 * A match as a function of a point: the same answers as matchSet, without a packet space.
 * @throws MatchError for an unknown zone; the function itself never throws
 */
export function compileMatch(node: MatchNode, bindings: MatchBindings): Predicate {
  switch (node.kind) {
    case 'and': {
      const parts = node.operands.map((operand) => compileMatch(operand, bindings));
      return (point) => parts.every((part) => part(point));
    }
    case 'or': {
      const parts = node.operands.map((operand) => compileMatch(operand, bindings));
      return (point) => parts.some((part) => part(point));
    }
    case 'not': {
      const operand = compileMatch(node.operand, bindings);
      return (point) => !operand(point);
    }
    case 'ether-type':
      return (point) => point.etherType === node.type;
    case 'protocol':
      return compileProtocol(node);
    case 'address':
      return compileAddress(node);
    case 'address6':
      return compileAddress6(node);
    case 'port':
      return compilePort(node);
    case 'vlan':
      return (point) => point.tagged === 1;
    case 'zone': {
      const ports = new Set(portsOfZone(bindings, node));
      return (point) => ports.has(point.ingress);
    }
    case 'to-router': {
      const addresses = new Set(bindings.routerAddresses);
      return ({ etherType, dst }) => (etherType === IP || etherType === ARP) && addresses.has(dst);
    }
  }
}

function compileProtocol(node: MatchNode & { kind: 'protocol' }): Predicate {
  const { family, protocol } = node;
  return ({ etherType, proto }) =>
    proto === protocol &&
    ((etherType === IP && family !== 'ip6') || (etherType === IP6 && family !== 'ip'));
}

function compileAddress(node: MatchNode & { kind: 'address' }): Predicate {
  const { family, direction, address, mask } = node;
  const types = family === 'any' ? [IP, ARP, RARP] : [ETHER_TYPES[family]];
  const wanted = address | 0;
  const meets = either(
    direction,
    ({ src }) => (src & mask) === wanted,
    ({ dst }) => (dst & mask) === wanted,
  );
  return (point) => types.includes(point.etherType) && meets(point);
}

function compileAddress6(node: MatchNode & { kind: 'address6' }): Predicate {
  const shift = BigInt(128 - node.length);
  const wanted = BigInt(`0x${node.address}`) >> shift;
  const meets = either(
    node.direction,
    ({ src6 }) => src6 >> shift === wanted,
    ({ dst6 }) => dst6 >> shift === wanted,
  );
  return (point) => point.etherType === IP6 && meets(point);
}

function compilePort(node: MatchNode & { kind: 'port' }): Predicate {
  const { protocols, direction, first, last } = node;
  const meets = either(
    direction,
    ({ sport }) => sport >= first && sport <= last,
    ({ dport }) => dport >= first && dport <= last,
  );
  return (point) =>
    (point.etherType === IP || point.etherType === IP6) &&
    protocols.includes(point.proto) &&
    point.laterFragment === 0 &&
    meets(point);
}

function either(direction: Direction, src: Predicate, dst: Predicate): Predicate {
  switch (direction) {
    case 'src':
      return src;
    case 'dst':
      return dst;
    case 'either':
      return (point) => src(point) || dst(point);
    case 'both':
      return (point) => src(point) && dst(point);
  }
}
