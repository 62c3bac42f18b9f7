/**
 * A data table: one array a column of the vector, and what only the kernel knows of a row.
 * 256 rows and a spare one, static memory; values in host order.
 */
import {
  COLUMN_ETH_DST, COLUMN_ETH_TYPE, COLUMN_ICMP_CODE, COLUMN_ICMP_TYPE, COLUMN_IPV4_DST,
  COLUMN_IPV4_PROTO, COLUMN_IPV4_SRC, COLUMN_IPV4_TTL, COLUMN_IPV6_DST, COLUMN_IPV6_HOPS,
  COLUMN_IPV6_NEXT, COLUMN_IPV6_SRC, COLUMN_L4_DPORT, COLUMN_L4_SPORT, COLUMN_META_EGRESS,
  COLUMN_META_HELD, COLUMN_META_INGRESS, COLUMN_META_NEXTHOP, COLUMN_META_REASON,
  COLUMN_QUOTED_IPV4_DST, COLUMN_QUOTED_IPV4_PROTO, COLUMN_QUOTED_IPV4_SRC, COLUMN_QUOTED_L4_DPORT,
  COLUMN_QUOTED_L4_SPORT, COLUMN_TCP_FLAGS, COLUMN_VLAN_ID, VECTOR_ROWS_MAX,
} from '../../config/abi';
import {
  EVENT_DPORT_OFFSET, EVENT_DST_OFFSET, EVENT_EGRESS_OFFSET, EVENT_INGRESS_OFFSET,
  EVENT_PROTO_OFFSET, EVENT_SEQUENCE_OFFSET, EVENT_SPORT_OFFSET, EVENT_SRC_OFFSET,
  EVENT_TIME_OFFSET, MADE_EGRESS_OFFSET, MADE_FLAGS_OFFSET, MADE_FLOW_OFFSET, MADE_FRAME_OFFSET,
  MADE_GENERATION_OFFSET, MADE_PEER_OFFSET, ROW_DIRTY, ROW_END, ROW_FLAGS, ROW_FLOW, ROW_FRAME,
  ROW_GENERATION, ROW_HELD_AT, ROW_HINT, ROW_ICMP_ID, ROW_L3, ROW_L4, ROW_MAKER, ROW_MATCH_DST,
  ROW_MATCH_SRC, ROW_PEER, ROW_PINNED, ROW_QUOTED, ROW_QUOTED_ID, ROW_SEQUENCE, ROW_STAMP, ROW_TAGS,
  ROW_TIME,
} from '../boot/table-layout';

/** One row more than a vector has: it stands for none in reports. */
export const ROW_SPARE: i32 = VECTOR_ROWS_MAX;
const B1: i32 = VECTOR_ROWS_MAX + 64;
const B2: i32 = B1 * 2;
const B4: i32 = B1 * 4;
const B8: i32 = B1 * 8;
const B16: i32 = B1 * 16;

// Columns, in the order of their ids (config/abi.ts).
export const metaIngress: usize = memory.data(B1, 64);
export const metaEgress: usize = memory.data(B1, 64);
export const metaHeld: usize = memory.data(B1, 64);
export const metaReason: usize = memory.data(B1, 64);
export const ipv4Proto: usize = memory.data(B1, 64);
export const ipv4Ttl: usize = memory.data(B1, 64);
export const ipv4Dscp: usize = memory.data(B1, 64);
export const ipv6Next: usize = memory.data(B1, 64);
export const ipv6Hops: usize = memory.data(B1, 64);
export const tcpFlags: usize = memory.data(B1, 64);
export const icmpType: usize = memory.data(B1, 64);
export const icmpCode: usize = memory.data(B1, 64);
export const metaLength: usize = memory.data(B2, 64);
export const metaMtu: usize = memory.data(B2, 64);
export const ethType: usize = memory.data(B2, 64);
export const vlanId: usize = memory.data(B2, 64);
export const ipv4Fragment: usize = memory.data(B2, 64);
export const l4Sport: usize = memory.data(B2, 64);
export const l4Dport: usize = memory.data(B2, 64);
export const ipv4Src: usize = memory.data(B4, 64);
export const ipv4Dst: usize = memory.data(B4, 64);
export const metaNexthop: usize = memory.data(B4, 64);
export const tcpSeq: usize = memory.data(B4, 64);
export const tcpAck: usize = memory.data(B4, 64);
export const ethSrc: usize = memory.data(B8, 64);
export const ethDst: usize = memory.data(B8, 64);
export const ipv6Src: usize = memory.data(B16, 64);
export const ipv6Dst: usize = memory.data(B16, 64);
export const quotedIpv4Src: usize = memory.data(B4, 64);
export const quotedIpv4Dst: usize = memory.data(B4, 64);
export const quotedIpv4Proto: usize = memory.data(B1, 64);
export const quotedL4Sport: usize = memory.data(B2, 64);
export const quotedL4Dport: usize = memory.data(B2, 64);

// What only the kernel knows of a row.
export const rowNode: usize = memory.data(B1, 64); // where the row is: NODE_*
export const rowFlags: usize = memory.data(B1, 64); // ROW_*
export const rowGeneration: usize = memory.data(B1, 64); // of made frames
export const rowPinned: usize = memory.data(B1, 64); // the port an answer or reply must leave by
export const rowMaker: usize = memory.data(B1, 64); // the node that made or handed over the row
export const rowTags: usize = memory.data(B1, 64); // VLAN tags in the frame
export const rowL3: usize = memory.data(B1, 64); // offset of the network header in the frame
export const rowL4: usize = memory.data(B2, 64); // offset of the transport header; 0: none
export const rowEnd: usize = memory.data(B2, 64); // end of the packet in the frame
export const rowQuoted: usize = memory.data(B2, 64); // offset of the quoted packet; 0: none
export const rowIcmpId: usize = memory.data(B2, 64); // identifier of an ICMP query
export const rowQuotedId: usize = memory.data(B2, 64); // identifier of the quoted ICMP query
export const rowClass: usize = memory.data(B2, 64);
export const rowDirty: usize = memory.data(B2, 64); // DIRTY_*: header fields that deparse writes
export const rowFrame: usize = memory.data(B4, 64); // address of the frame's first byte
export const rowMatchSrc: usize = memory.data(B4, 64); // of ARP: what `src` matches; else 0
export const rowMatchDst: usize = memory.data(B4, 64);
export const rowFlow: usize = memory.data(B4, 64); // flow entry's number + 1; 0: none
export const rowHint: usize = memory.data(B4, 64); // entry found on arrival, + 1; 0: ask; HINT_*
export const rowAsked: usize = memory.data(B16, 64); // {u32 address, u32 its range} an end
// Generation of the policy's stamp; 0: none; a node in each byte: a write there has voided it.
export const rowStamp: usize = memory.data(B4, 64);
export const rowSequence: usize = memory.data(B4, 64);
export const rowArrival: usize = memory.data(B4, 64);
export const rowPeer: usize = memory.data(B4, 64); // destination pinned for an answer or a reply
export const rowTime: usize = memory.data(B8, 64); // i64 ns since boot
export const rowHeldAt: usize = memory.data(B8, 64); // i64 ns: first held; 0: never

// Of a row that has just arrived: the frame's flags and ROW_OTHER, or 0 if it is plain, and parsed;
// its zone << 8; and of a plain one, for the flow table, the two words of its key, and their hash.
export const rowOther: usize = memory.data(B4, 64);
export const rowFrom: usize = memory.data(B4, 64);
export const rowPair: usize = memory.data(B8, 64);
export const rowTail: usize = memory.data(B8, 64);
export const rowHash: usize = memory.data(B8, 64);
// What is known of its flow, if that is steady and `rowHint` not 0:
export const knownEgress: usize = memory.data(B1, 64); // where it leaves; PORT_NONE: not known
// Let through by the policy as a plain packet: 255 for what is known of its flow, else ROW_PLAIN.
export const rowPlain: usize = memory.data(B1, 64);
export const knownPolicy: usize = memory.data(B2, 64); // its policy flow

/**
 * The arrays above that a saved row is made of, {u32 address, u32 bytes a row}: the first 33 are
 * the columns by their ids, then the others by their numbers (ROW_* of boot/table-layout.ts).
 */
export const directory: usize = memory.data<u32>([
  <u32>metaIngress, 1, <u32>metaEgress, 1, <u32>metaHeld, 1, <u32>metaReason, 1, <u32>ipv4Proto,
  1, <u32>ipv4Ttl, 1, <u32>ipv4Dscp, 1, <u32>ipv6Next, 1, <u32>ipv6Hops, 1, <u32>tcpFlags, 1,
  <u32>icmpType, 1, <u32>icmpCode, 1, <u32>metaLength, 2, <u32>metaMtu, 2, <u32>ethType, 2,
  <u32>vlanId, 2, <u32>ipv4Fragment, 2, <u32>l4Sport, 2, <u32>l4Dport, 2, <u32>ipv4Src, 4,
  <u32>ipv4Dst, 4, <u32>metaNexthop, 4, <u32>tcpSeq, 4, <u32>tcpAck, 4, <u32>ethSrc, 8,
  <u32>ethDst, 8, <u32>ipv6Src, 16, <u32>ipv6Dst, 16, <u32>quotedIpv4Src, 4, <u32>quotedIpv4Dst,
  4, <u32>quotedIpv4Proto, 1, <u32>quotedL4Sport, 2, <u32>quotedL4Dport, 2, <u32>rowNode, 1,
  <u32>rowFlags, 1, <u32>rowGeneration, 1, <u32>rowPinned, 1, <u32>rowMaker, 1, <u32>rowTags, 1,
  <u32>rowL3, 1, <u32>rowL4, 2, <u32>rowEnd, 2, <u32>rowQuoted, 2, <u32>rowIcmpId, 2,
  <u32>rowQuotedId, 2, <u32>rowClass, 2, <u32>rowDirty, 2, <u32>rowFrame, 4, <u32>rowMatchSrc, 4,
  <u32>rowMatchDst, 4, <u32>rowFlow, 4, <u32>rowHint, 4, <u32>rowStamp, 4, <u32>rowSequence, 4,
  <u32>rowArrival, 4, <u32>rowPeer, 4, <u32>rowTime, 8, <u32>rowHeldAt, 8,
]);
/** How many they are. */
export const ARRAYS: u32 = 58;

/** A hint: it came as a plain packet, and no flow of its key could carry it on its arrival. */
export const HINT_UNKNOWN: u32 = 0xffffffff;

export const ROW_ANSWER: u8 = 1; // made to answer a row
export const ROW_ORIGINATED: u8 = 2; // made unasked
export const ROW_LOCAL: u8 = 4; // delivered to the router itself
export const ROW_UNCOUNTED: u8 = 8; // the emulation's own, in no counter
export const ROW_BACKWARD: u8 = 16; // goes against its flow's first packet
export const ROW_DENIED: u8 = 32; // one like it was denied, on the way that `knownPolicy` says
export const ROW_PLAIN: u8 = 128; // it came as a plain packet
export const ROW_MADE: u8 = 3;

export const DIRTY_SRC: u16 = 1;
export const DIRTY_DST: u16 = 2;
export const DIRTY_SPORT: u16 = 4;
export const DIRTY_DPORT: u16 = 8;
export const DIRTY_TTL: u16 = 16;
export const DIRTY_DSCP: u16 = 32;
export const DIRTY_VLAN: u16 = 64;
export const DIRTY_ICMP: u16 = 128;
export const DIRTY_QUOTED: u16 = 256;

// What has a header field: which packets. 0: it is no field of the frame.
export const FIELD_IPV4: u8 = 1;
export const FIELD_PORTS: u8 = 2; // TCP or UDP
export const FIELD_ICMP: u8 = 3;
export const FIELD_QUOTED: u8 = 4; // ICMP errors that quote a packet
export const FIELD_QUOTED_PORTS: u8 = 5;

/** u16 a column, by its id: what deparse has to write if a module changes it. */
export const dirtyBits: usize = memory.data<u16>([
  0, 0, 0, 0, 0, DIRTY_TTL, DIRTY_DSCP, 0, 0, 0, DIRTY_ICMP, DIRTY_ICMP, 0, 0, 0, DIRTY_VLAN, 0,
  DIRTY_SPORT, DIRTY_DPORT, DIRTY_SRC, DIRTY_DST, 0, 0, 0, 0, 0, 0, 0, DIRTY_QUOTED, DIRTY_QUOTED,
  DIRTY_QUOTED, DIRTY_QUOTED, DIRTY_QUOTED,
]);
/** u8 a column: FIELD_*. */
export const fieldKinds: usize = memory.data<u8>([
  0, 0, 0, 0, 0, FIELD_IPV4, FIELD_IPV4, 0, 0, 0, FIELD_ICMP, FIELD_ICMP, 0, 0, 0, 0, 0,
  FIELD_PORTS, FIELD_PORTS, FIELD_IPV4, FIELD_IPV4, 0, 0, 0, 0, 0, 0, 0, FIELD_QUOTED, FIELD_QUOTED,
  FIELD_QUOTED, FIELD_QUOTED_PORTS, FIELD_QUOTED_PORTS,
]);

/** What an event copies of its row: {array, offset in the event}; -1 ends the list. */
export const EVENT_COPIES: usize = memory.data<i32>([
  COLUMN_IPV4_PROTO, EVENT_PROTO_OFFSET, ROW_SEQUENCE, EVENT_SEQUENCE_OFFSET,
  ROW_TIME, EVENT_TIME_OFFSET, COLUMN_IPV4_SRC, EVENT_SRC_OFFSET,
  COLUMN_IPV4_DST, EVENT_DST_OFFSET, COLUMN_L4_SPORT, EVENT_SPORT_OFFSET,
  COLUMN_L4_DPORT, EVENT_DPORT_OFFSET, COLUMN_META_INGRESS, EVENT_INGRESS_OFFSET,
  COLUMN_META_EGRESS, EVENT_EGRESS_OFFSET, -1,
]);
/** What a row takes of a waiting frame that a module made: {array, offset in its record}. */
export const MADE_COPIES: usize = memory.data<i32>([
  ROW_FRAME, MADE_FRAME_OFFSET, ROW_FLAGS, MADE_FLAGS_OFFSET, COLUMN_META_EGRESS,
  MADE_EGRESS_OFFSET, ROW_PINNED, MADE_EGRESS_OFFSET, ROW_GENERATION, MADE_GENERATION_OFFSET,
  ROW_PEER, MADE_PEER_OFFSET, ROW_FLOW, MADE_FLOW_OFFSET, -1,
]);
/** Arrays, by number, that every vector begins with at 0; -1 ends the list. */
export const EACH_VECTOR: usize = memory.data<i32>([
  COLUMN_META_NEXTHOP, ROW_MAKER, ROW_DIRTY, ROW_FLOW, ROW_HINT, ROW_STAMP, -1,
]);
/** And those that only have to be set again where a row of the last vector was not plain. */
export const RARELY: usize = memory.data<i32>([
  COLUMN_META_HELD, COLUMN_META_REASON, COLUMN_IPV6_NEXT, COLUMN_IPV6_HOPS,
  COLUMN_IPV6_SRC, COLUMN_IPV6_DST, COLUMN_ICMP_TYPE, COLUMN_ICMP_CODE, COLUMN_VLAN_ID,
  ROW_HELD_AT, COLUMN_QUOTED_IPV4_SRC, COLUMN_QUOTED_IPV4_DST, COLUMN_QUOTED_IPV4_PROTO,
  COLUMN_QUOTED_L4_SPORT, COLUMN_QUOTED_L4_DPORT, ROW_GENERATION, ROW_TAGS, ROW_QUOTED,
  ROW_ICMP_ID, ROW_QUOTED_ID, ROW_MATCH_SRC, ROW_MATCH_DST, -1,
]);
