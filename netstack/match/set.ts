import type { FieldName } from '../sets/field.ts';
import type { PacketSet, PacketSpace } from '../sets/packet-space.ts';
import { type MatchBindings, portsOfZone } from './bindings.ts';
import { type Direction, ETHER_TYPES, type MatchNode } from './node.ts';

/**
 * The points that a match accepts.
 * @throws MatchError for an unknown zone, SetError when the space is full
 */
export function matchSet(space: PacketSpace, node: MatchNode, bindings: MatchBindings): PacketSet {
  switch (node.kind) {
    case 'and':
      return node.operands
        .map((operand) => matchSet(space, operand, bindings))
        .reduce((left, right) => space.and(left, right));
    case 'or':
      return node.operands
        .map((operand) => matchSet(space, operand, bindings))
        .reduce((left, right) => space.or(left, right));
    case 'not':
      return space.not(matchSet(space, node.operand, bindings));
    case 'ether-type':
      return space.range('etherType', node.type, node.type);
    case 'protocol':
      return space.and(
        etherTypes(space, node.family === 'any' ? ['ip', 'ip6'] : [node.family]),
        space.range('proto', node.protocol, node.protocol),
      );
    case 'address':
      return addressSet(space, node);
    case 'address6':
      return address6Set(space, node);
    case 'port':
      return portSet(space, node);
    case 'vlan':
      return space.range('tagged', 1, 1);
    case 'zone':
      return oneOf(space, 'ingress', portsOfZone(bindings, node));
    case 'to-router': {
      const toRouter = oneOf(space, 'dst', bindings.routerAddresses);
      return space.and(etherTypes(space, ['ip', 'arp']), toRouter);
    }
  }
}

function addressSet(space: PacketSpace, node: MatchNode & { kind: 'address' }): PacketSet {
  const families = node.family === 'any' ? ['ip', 'arp', 'rarp'] : [node.family];
  const src = space.masked('src', node.address, node.mask);
  const dst = space.masked('dst', node.address, node.mask);
  return space.and(etherTypes(space, families), directed(space, node.direction, src, dst));
}

function address6Set(space: PacketSpace, node: MatchNode & { kind: 'address6' }): PacketSet {
  const address = BigInt(`0x${node.address}`);
  const last = address | ((1n << BigInt(128 - node.length)) - 1n);
  const src = space.range('src6', address, last);
  const dst = space.range('dst6', address, last);
  return space.and(etherTypes(space, ['ip6']), directed(space, node.direction, src, dst));
}

function portSet(space: PacketSpace, node: MatchNode & { kind: 'port' }): PacketSet {
  const src = space.range('sport', node.first, node.last);
  const dst = space.range('dport', node.first, node.last);
  const ports = directed(space, node.direction, src, dst);
  // A later fragment has no layer-4 header, so no ports.
  const withHeader = space.and(ports, space.range('laterFragment', 0, 0));
  const packets = space.and(oneOf(space, 'proto', node.protocols), withHeader);
  return space.and(etherTypes(space, ['ip', 'ip6']), packets);
}

function directed(space: PacketSpace, way: Direction, src: PacketSet, dst: PacketSet): PacketSet {
  switch (way) {
    case 'src':
      return src;
    case 'dst':
      return dst;
    case 'either':
      return space.or(src, dst);
    case 'both':
      return space.and(src, dst);
  }
}

function etherTypes(space: PacketSpace, names: readonly string[]): PacketSet {
  return oneOf(
    space,
    'etherType',
    names.map((name) => ETHER_TYPES[name]),
  );
}

function oneOf(space: PacketSpace, field: FieldName, values: readonly number[]): PacketSet {
  return values.reduce<PacketSet>(
    (sum, value) => space.or(sum, space.range(field, value, value)),
    space.none,
  );
}
