/**
 * ABI 1 and the drop reasons: the numbers that kernel, modules and board agree on.
 * Literals only, because two compilers read this file (TypeScript and AssemblyScript).
 * A data table: exempt from the size limit.
 */

// Blocks. A read block is a 64-byte header {u32 count, u32 place, i64 now} and then the columns;
// a write block is verdict u8[256], changed u8[256] and then the columns.
export const VECTOR_ROWS_MAX = 256;
export const COLUMN_ALIGNMENT = 64;
export const READ_COUNT_OFFSET = 0;
export const READ_PLACE_OFFSET = 4;
export const READ_NOW_OFFSET = 8;
export const READ_COLUMNS_OFFSET = 64;
export const WRITE_VERDICT_OFFSET = 0;
export const WRITE_CHANGED_OFFSET = 256;
export const WRITE_COLUMNS_OFFSET = 512;
export const WINDOW_SIZE_MAX = 128;
export const WRITES_MAX = 8;

// Regions: inbox, outbox and frames, 64 KiB each: {u32 bytesUsed, u32 0}, then entries padded to 8.
export const REGION_SIZE = 65536;
export const REGION_HEADER_SIZE = 8;
export const MESSAGE_TYPE_OFFSET = 0; // u16
export const MESSAGE_RECORDS_OFFSET = 2; // u16
export const MESSAGE_HEADER_SIZE = 8;
export const FRAME_LENGTH_OFFSET = 0; // u16
export const FRAME_OUTPUT_OFFSET = 2; // u8, the place's outputs from 1
export const FRAME_EGRESS_OFFSET = 3; // u8, a port
export const FRAME_ROW_OFFSET = 4; // u16, the row answered, or ROW_NONE
export const FRAME_QUOTE_OFFSET = 6; // u16, bytes of that row's IP packet to append
export const FRAME_HEADER_SIZE = 16;
export const ROW_NONE = 65535;

// Verdicts.
export const VERDICT_DROP = 0;
export const VERDICT_OUTPUT_LAST = 63; // outputs are 1..63
export const VERDICT_NAMED_DROP_FIRST = 64; // named drops are 64..126
export const VERDICT_NAMED_DROP_LAST = 126;
export const VERDICT_CONSUME = 254;
export const VERDICT_HOLD = 255;

// meta.held
export const HELD_NEW = 0;
export const HELD_RELEASED = 1;
export const HELD_TIMED_OUT = 2;

/** meta.egress of a packet that no module has routed yet. */
export const PORT_NONE = 255;
export const PORTS_MAX = 32;
export const CLASSES_MAX = 4096;

// Columns, by id. Sizes, names and what is writable: config/columns.ts.
export const COLUMN_META_INGRESS = 0;
export const COLUMN_META_EGRESS = 1;
export const COLUMN_META_HELD = 2;
export const COLUMN_META_REASON = 3;
export const COLUMN_IPV4_PROTO = 4;
export const COLUMN_IPV4_TTL = 5;
export const COLUMN_IPV4_DSCP = 6;
export const COLUMN_IPV6_NEXT = 7;
export const COLUMN_IPV6_HOPS = 8;
export const COLUMN_TCP_FLAGS = 9;
export const COLUMN_ICMP_TYPE = 10;
export const COLUMN_ICMP_CODE = 11;
export const COLUMN_META_LENGTH = 12;
export const COLUMN_META_MTU = 13;
export const COLUMN_ETH_TYPE = 14;
export const COLUMN_VLAN_ID = 15;
export const COLUMN_IPV4_FRAGMENT = 16;
export const COLUMN_L4_SPORT = 17;
export const COLUMN_L4_DPORT = 18;
export const COLUMN_IPV4_SRC = 19;
export const COLUMN_IPV4_DST = 20;
export const COLUMN_META_NEXTHOP = 21;
export const COLUMN_TCP_SEQ = 22;
export const COLUMN_TCP_ACK = 23;
export const COLUMN_ETH_SRC = 24;
export const COLUMN_ETH_DST = 25;
export const COLUMN_IPV6_SRC = 26;
export const COLUMN_IPV6_DST = 27;
export const COLUMN_QUOTED_IPV4_SRC = 28;
export const COLUMN_QUOTED_IPV4_DST = 29;
export const COLUMN_QUOTED_IPV4_PROTO = 30;
export const COLUMN_QUOTED_L4_SPORT = 31;
export const COLUMN_QUOTED_L4_DPORT = 32;
export const COLUMN_PAYLOAD = 33;
export const COLUMN_FRAME = 34;
export const COLUMN_COUNT = 35;

// Drop reasons. The names in reports are these, without DROP_, in kebab case: they are API.
// What each means: config/drop-reasons.ts. A manifest's named drops follow from DROP_NAMED_FIRST.
export const DROP_NONE = 0;
export const DROP_FRAME_TOO_SHORT = 1;
export const DROP_FRAME_TOO_LONG = 2;
export const DROP_CAPTURE_TRUNCATED = 3;
export const DROP_OTHER_HOST = 4;
export const DROP_PORT_DOWN = 5;
export const DROP_IPV4_TOO_SHORT = 6;
export const DROP_IPV4_VERSION = 7;
export const DROP_IPV4_HEADER_LENGTH = 8;
export const DROP_IPV4_CHECKSUM = 9;
export const DROP_IPV4_TOTAL_LENGTH = 10;
export const DROP_IPV4_TRUNCATED = 11;
export const DROP_IPV6_TOO_SHORT = 12;
export const DROP_IPV6_VERSION = 13;
export const DROP_IPV6_TRUNCATED = 14;
export const DROP_IPV6_EXTENSION = 15;
export const DROP_IPV6_NOT_FORWARDED = 16;
export const DROP_FRAGMENT = 17;
export const DROP_L4_TRUNCATED = 18;
export const DROP_SOURCE_ROUTE = 19;
export const DROP_MARTIAN = 20;
export const DROP_SPOOFED = 21;
export const DROP_BROADCAST = 22;
export const DROP_MULTICAST = 23;
export const DROP_UNLINKED = 24;
export const DROP_DENIED = 25;
export const DROP_TCP_NOT_SYN = 26;
export const DROP_TCP_INVALID = 27;
export const DROP_ICMP_UNSOLICITED = 28;
export const DROP_FLOW_TABLE_FULL = 29;
export const DROP_SAME_SEGMENT = 30;
export const DROP_WRONG_PORT = 31;
export const DROP_TTL_EXPIRED = 32;
export const DROP_TOO_BIG = 33;
export const DROP_NO_ROUTE = 34;
export const DROP_HOST_UNREACHABLE = 35;
export const DROP_BY_MODULE = 36;
export const DROP_VIOLATION = 37;
export const DROP_FAULT = 38;
export const DROP_LOOP = 39;
export const DROP_UNPERMITTED = 40;
export const DROP_HOLD_FULL = 41;
export const DROP_TX_RING_FULL = 42;
export const DROP_ARENA_FULL = 43;
export const DROP_QUARANTINED = 44;
export const DROP_IPV4_OPTIONS = 45;
export const DROP_NAMED_FIRST = 128;
export const DROP_REASONS_MAX = 256;
