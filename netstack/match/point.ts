import type { ColumnsRead } from '../columns.ts';
import type { Point } from '../sets/field.ts';
import { ETHER_TYPES } from './node.ts';

/**
 * What the match language sees of a frame that was read, come in by a port.
 * @param ingress index of the port
 */
export function pointOf(read: ColumnsRead, ingress: number): Point {
  const { columns, arp } = read;
  const etherType = columns['eth.type'];
  return {
    etherType,
    // Not by vlan.id: a priority tag has VLAN 0 (IEEE 802.1Q §9.6).
    tagged: read.tags > 0 ? 1 : 0,
    ingress,
    proto: etherType === ETHER_TYPES.ip6 ? columns['ipv6.next'] : columns['ipv4.proto'],
    src: arp?.src ?? columns['ipv4.src'],
    dst: arp?.dst ?? columns['ipv4.dst'],
    src6: columns['ipv6.src'],
    dst6: columns['ipv6.dst'],
    sport: columns['l4.sport'],
    dport: columns['l4.dport'],
    laterFragment: read.laterFragment ? 1 : 0,
  };
}
