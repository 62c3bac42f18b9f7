/**
 * A data table: where each array of the vector lies. 256 rows and a spare one, static memory;
 * values in host order.
 */
import { VECTOR_ROWS_MAX } from '../../config/abi';

/** One row more than a vector has: it stands for none in reports. */
export const ROW_SPARE: i32 = VECTOR_ROWS_MAX;
export const B1: i32 = VECTOR_ROWS_MAX + 64;
/** From one array of bytes to the next; wider ones lie as many times further apart. */
export const COLUMN_STRIDE: i32 = B1;
export const B2: i32 = B1 * 2;
export const B4: i32 = B1 * 4;
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
export const rowMatchSrc: usize = memory.data(B4, 64); // address that `src` matches (ARP: sender)
export const rowMatchDst: usize = memory.data(B4, 64);
export const rowFlow: usize = memory.data(B4, 64); // flow entry's number + 1; 0: none
export const rowHint: usize = memory.data(B4, 64); // flow entry found on arrival, + 1; 0: none
// Generation of the policy's stamp; 0: none; a node in each byte: a write there has voided it.
export const rowStamp: usize = memory.data(B4, 64);
export const rowSequence: usize = memory.data(B4, 64);
export const rowArrival: usize = memory.data(B4, 64);
export const rowPeer: usize = memory.data(B4, 64); // destination pinned for an answer or a reply
export const rowTime: usize = memory.data(B8, 64); // i64 ns since boot
export const rowHeldAt: usize = memory.data(B8, 64); // i64 ns: first held; 0: never

export const ROW_ANSWER: u8 = 1; // made to answer a row
export const ROW_ORIGINATED: u8 = 2; // made unasked
export const ROW_LOCAL: u8 = 4; // delivered to the router itself
export const ROW_UNCOUNTED: u8 = 8; // the emulation's own, in no counter
export const ROW_BACKWARD: u8 = 16; // goes against its flow's first packet
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
