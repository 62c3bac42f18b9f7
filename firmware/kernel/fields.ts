/** Which header fields a packet has, and what a write to one means for deparse. */
import { ETHER_IPV4, PROTO_ICMP, PROTO_TCP, PROTO_UDP } from './protocol-numbers';
import {
  FIELD_ICMP, FIELD_IPV4, FIELD_PORTS, FIELD_QUOTED, FIELD_QUOTED_PORTS, dirtyBits, ethType,
  fieldKinds, ipv4Proto, quotedIpv4Proto, rowQuoted,
} from './row-columns';
import { u16At, u8At } from './rows';

/** Whether the packet has the field of `column`. (That it has room is in the tables: ranges.) */
export function hasField(row: i32, column: u32): bool {
  switch (u8At(fieldKinds, column)) {
    case FIELD_IPV4: return u16At(ethType, row) == ETHER_IPV4;
    case FIELD_PORTS: return hasPorts(u8At(ipv4Proto, row));
    case FIELD_ICMP: return u8At(ipv4Proto, row) == PROTO_ICMP;
    case FIELD_QUOTED: return u16At(rowQuoted, row) != 0;
    case FIELD_QUOTED_PORTS: return hasPorts(u8At(quotedIpv4Proto, row)); // 0: none is quoted
    default: return true;
  }
}

/** SCTP ports are read and never written: its checksum covers the whole packet. */
function hasPorts(proto: u32): bool { return proto == PROTO_TCP || proto == PROTO_UDP; }

/** DIRTY_*: what deparse has to write if this column changes; 0: nothing of the frame. */
export function dirtyOf(column: u32): u32 { return u16At(dirtyBits, column); }
