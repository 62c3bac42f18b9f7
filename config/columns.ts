/**
 * The columns that a manifest can name: their ids, sizes and what may be written.
 * A data table.
 */
import * as abi from './abi.ts';

/** A column: `size` is bytes a row (0 for windows), `max` its greatest value (0 beyond 48 bits). */
export interface Column {
  readonly id: number;
  readonly size: number;
  readonly max: number;
  readonly writable: boolean;
}

const U8 = 0xff;
const U16 = 0xffff;
const U32 = 0xffff_ffff;
const U48 = 0xffff_ffff_ffff;

function column(id: number, size: number, max: number, writable = false): Column {
  return { id, size, max, writable };
}

/** All columns of ABI 1, by name. Values are in host order; the writable ones are these alone. */
export const columns = {
  'meta.ingress': column(abi.COLUMN_META_INGRESS, 1, U8),
  'meta.egress': column(abi.COLUMN_META_EGRESS, 1, U8, true),
  'meta.held': column(abi.COLUMN_META_HELD, 1, U8),
  'meta.reason': column(abi.COLUMN_META_REASON, 1, U8),
  'ipv4.proto': column(abi.COLUMN_IPV4_PROTO, 1, U8),
  'ipv4.ttl': column(abi.COLUMN_IPV4_TTL, 1, U8, true),
  'ipv4.dscp': column(abi.COLUMN_IPV4_DSCP, 1, 63, true),
  'ipv6.next': column(abi.COLUMN_IPV6_NEXT, 1, U8),
  'ipv6.hops': column(abi.COLUMN_IPV6_HOPS, 1, U8),
  'tcp.flags': column(abi.COLUMN_TCP_FLAGS, 1, U8),
  'icmp.type': column(abi.COLUMN_ICMP_TYPE, 1, U8, true),
  'icmp.code': column(abi.COLUMN_ICMP_CODE, 1, U8, true),
  'meta.length': column(abi.COLUMN_META_LENGTH, 2, U16),
  'meta.mtu': column(abi.COLUMN_META_MTU, 2, U16),
  'eth.type': column(abi.COLUMN_ETH_TYPE, 2, U16),
  'vlan.id': column(abi.COLUMN_VLAN_ID, 2, 4095, true),
  'ipv4.fragment': column(abi.COLUMN_IPV4_FRAGMENT, 2, U16),
  'l4.sport': column(abi.COLUMN_L4_SPORT, 2, U16, true),
  'l4.dport': column(abi.COLUMN_L4_DPORT, 2, U16, true),
  'ipv4.src': column(abi.COLUMN_IPV4_SRC, 4, U32, true),
  'ipv4.dst': column(abi.COLUMN_IPV4_DST, 4, U32, true),
  'meta.nexthop': column(abi.COLUMN_META_NEXTHOP, 4, U32, true),
  'tcp.seq': column(abi.COLUMN_TCP_SEQ, 4, U32),
  'tcp.ack': column(abi.COLUMN_TCP_ACK, 4, U32),
  'eth.src': column(abi.COLUMN_ETH_SRC, 8, U48),
  'eth.dst': column(abi.COLUMN_ETH_DST, 8, U48, true),
  'ipv6.src': column(abi.COLUMN_IPV6_SRC, 16, 0),
  'ipv6.dst': column(abi.COLUMN_IPV6_DST, 16, 0),
  'quoted.ipv4.src': column(abi.COLUMN_QUOTED_IPV4_SRC, 4, U32, true),
  'quoted.ipv4.dst': column(abi.COLUMN_QUOTED_IPV4_DST, 4, U32, true),
  'quoted.ipv4.proto': column(abi.COLUMN_QUOTED_IPV4_PROTO, 1, U8, true),
  'quoted.l4.sport': column(abi.COLUMN_QUOTED_L4_SPORT, 2, U16, true),
  'quoted.l4.dport': column(abi.COLUMN_QUOTED_L4_DPORT, 2, U16, true),
  payload: column(abi.COLUMN_PAYLOAD, 0, 0),
  frame: column(abi.COLUMN_FRAME, 0, 0),
} as const;

/** The name of a column, as manifests write it (windows without their `[N]`). */
export type ColumnName = keyof typeof columns;

/** Every column name, in the order of the ABI's ids. */
export const columnNames = Object.keys(columns) as ColumnName[];
columnNames.sort((a, b) => columns[a].id - columns[b].id);

/** Whether `name` is a column of the ABI. */
export function isColumnName(name: string): name is ColumnName {
  return Object.hasOwn(columns, name);
}
