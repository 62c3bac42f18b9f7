/** What a flow's entry may say of it: states, bits and time-outs. A data table. */

export const FLOW_FREE: u32 = 0;
export const FLOW_UDP: u32 = 1;
export const FLOW_TCP_SYN: u32 = 2;
export const FLOW_TCP_SYN_ACK: u32 = 3;
export const FLOW_TCP_ESTABLISHED: u32 = 4;
export const FLOW_TCP_CLOSING: u32 = 5;
export const FLOW_TCP_CLOSED: u32 = 6;
export const FLOW_ICMP: u32 = 7;
export const FLOW_OTHER: u32 = 8;
export const FLOW_TCP_RESET: u32 = 9;

/** A frame of this flow has left the board (or was taken in by the router). */
export const BIT_COMMITTED: u32 = 1;
/** The next frame to leave counts as a new connection. */
export const BIT_CONNECTION: u32 = 2;
/** A frame has left in the direction of the first packet, and against it. */
export const BIT_SENT: u32 = 4;
export const BIT_SENT_BACKWARD: u32 = 8;

/**
 * What comes this way asks nothing of the entry but to be carried, if its flags leave the state as
 * it is: it has carried traffic this way since an earlier breath, and its class is known.
 */
export const BIT_STEADY: u32 = 16;
export const BIT_STEADY_BACKWARD: u32 = 32;
export const BITS_STEADY: u32 = BIT_STEADY | BIT_STEADY_BACKWARD;

/** The entry is free, and keeps that the policy has denied a packet of its key: see denials.ts. */
export const BIT_DENIED: u32 = 64;

/** Seconds. Nothing has left yet: longer than any hold. */
export const UNCOMMITTED_S: u32 = 10;
/** RFC 5382 REQ-5: established at least 2 h 4 min, transitory at least 4 min. */
const TCP_ESTABLISHED_S: u32 = 7440;
const TCP_TRANSITORY_S: u32 = 240;
/** RFC 4787 REQ-5: 5 minutes recommended. */
const UDP_S: u32 = 300;
/** RFC 5508 REQ-2: at least 60 s. */
const ICMP_S: u32 = 60;
const OTHER_S: u32 = 600;

/** Time-outs by state, seconds; state 0 stands for an uncommitted entry. */
export const timeouts: usize = memory.data<u32>([
  UNCOMMITTED_S, UDP_S, TCP_TRANSITORY_S, TCP_TRANSITORY_S, TCP_ESTABLISHED_S, TCP_TRANSITORY_S,
  TCP_TRANSITORY_S, ICMP_S, OTHER_S, TCP_TRANSITORY_S,
]);

/** TCP flags (of four) that leave a flow in the state that it is in, by state; 255: none do. */
export const steadyFlags: usize = memory.data<u8>([255, 0, 255, 255, 16, 255, 255, 255, 0, 255]);

// Where an entry has what: see flow-table.ts.
export const ENTRY_SIZE: i32 = 32;
export const AT_DST: i32 = 4; // u32
export const AT_TAIL: i32 = 8; // u64: ports, protocol, zones, state
export const AT_PROTO: i32 = 12; // u8
export const AT_FROM: i32 = 13; // u8 zone of the first packet
export const AT_TO: i32 = 14; // u8 zone that it went to
export const AT_STATE: i32 = 15; // u8 FLOW_*
export const AT_POLICY: i32 = 16; // u16 policy flow
export const AT_BITS: i32 = 18; // u8 BIT_*
export const AT_FINS: i32 = 19; // u8
export const AT_EXPIRES: i32 = 20; // u32 seconds
export const AT_CLASSES: i32 = 24; // u16 forward, u16 backward
export const AT_PORTS: i32 = 28; // u8 egress forward, u8 backward
export const AT_BREATH: i32 = 30; // u8
export const AT_BITS_BEFORE: i32 = 31; // u8
export const WAYS: u32 = 4;
export const PLACES: u32 = 8;
/** Of an entry's second word: ports, protocol, and the zone that a packet of it comes from. */
export const TAIL_FORWARD: u64 = 0x0000ffffffffffff;
export const TAIL_BACKWARD: u64 = 0x00ff00ffffffffff;
export const DIRECTION_FORWARD: u32 = 1;
export const DIRECTION_BACKWARD: u32 = 2;
