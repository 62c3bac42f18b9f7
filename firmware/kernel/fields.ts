/** Which header fields a packet has, and what a write to one means for deparse. */
import {
  COLUMN_ICMP_CODE, COLUMN_ICMP_TYPE, COLUMN_IPV4_DSCP, COLUMN_IPV4_DST, COLUMN_IPV4_SRC,
  COLUMN_IPV4_TTL, COLUMN_L4_DPORT, COLUMN_L4_SPORT, COLUMN_QUOTED_IPV4_DST,
  COLUMN_QUOTED_IPV4_PROTO, COLUMN_QUOTED_IPV4_SRC, COLUMN_QUOTED_L4_DPORT, COLUMN_QUOTED_L4_SPORT,
  COLUMN_VLAN_ID,
} from '../../config/abi';
import { ETHER_IPV4, PROTO_ICMP, PROTO_TCP, PROTO_UDP } from './parse';
import {
  DIRTY_DPORT, DIRTY_DSCP, DIRTY_DST, DIRTY_ICMP, DIRTY_QUOTED, DIRTY_SPORT, DIRTY_SRC, DIRTY_TTL,
  DIRTY_VLAN, ethType, ipv4Proto, quotedIpv4Proto, rowL4, rowQuoted, u16At, u8At,
} from './rows';

/** Whether the packet has the field of `column` and the field has room for `value`. */
export function hasField(row: i32, column: u32, value: u64): bool {
  switch (column) {
    case COLUMN_IPV4_SRC: case COLUMN_IPV4_DST: case COLUMN_IPV4_TTL:
      return u16At(ethType, row) == ETHER_IPV4;
    case COLUMN_IPV4_DSCP:
      return u16At(ethType, row) == ETHER_IPV4 && value < 64;
    case COLUMN_VLAN_ID:
      return value < 4096;
    case COLUMN_L4_SPORT: case COLUMN_L4_DPORT:
      return hasPorts(u8At(ipv4Proto, row)) && u16At(rowL4, row) != 0;
    case COLUMN_ICMP_TYPE: case COLUMN_ICMP_CODE:
      return u8At(ipv4Proto, row) == PROTO_ICMP && u16At(rowL4, row) != 0;
    case COLUMN_QUOTED_IPV4_SRC: case COLUMN_QUOTED_IPV4_DST: case COLUMN_QUOTED_IPV4_PROTO:
      return u16At(rowQuoted, row) != 0;
    case COLUMN_QUOTED_L4_SPORT: case COLUMN_QUOTED_L4_DPORT:
      return u16At(rowQuoted, row) != 0 && hasPorts(u8At(quotedIpv4Proto, row));
    default:
      return true;
  }
}

/** SCTP ports are read and never written: its checksum covers the whole packet. */
function hasPorts(proto: u32): bool {
  return proto == PROTO_TCP || proto == PROTO_UDP;
}

export function dirtyOf(column: u32): u32 {
  switch (column) {
    case COLUMN_IPV4_SRC: return DIRTY_SRC;
    case COLUMN_IPV4_DST: return DIRTY_DST;
    case COLUMN_IPV4_TTL: return DIRTY_TTL;
    case COLUMN_IPV4_DSCP: return DIRTY_DSCP;
    case COLUMN_VLAN_ID: return DIRTY_VLAN;
    case COLUMN_L4_SPORT: return DIRTY_SPORT;
    case COLUMN_L4_DPORT: return DIRTY_DPORT;
    case COLUMN_ICMP_TYPE: case COLUMN_ICMP_CODE: return DIRTY_ICMP;
    case COLUMN_QUOTED_IPV4_SRC: case COLUMN_QUOTED_IPV4_DST: case COLUMN_QUOTED_IPV4_PROTO:
    case COLUMN_QUOTED_L4_SPORT: case COLUMN_QUOTED_L4_DPORT: return DIRTY_QUOTED;
    default: return 0;
  }
}
