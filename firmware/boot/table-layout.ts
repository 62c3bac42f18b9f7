/**
 * Layout of the tables that boot compiles and the kernel reads: one blob, little endian.
 * Literals only: the AssemblyScript kernel reads this file too. A data table: exempt from the size
 * limit.
 *
 * The blob begins with TABLES_HEADER_SIZE bytes of u32 words, indexed by TABLE_*: counts, and byte
 * offsets from the blob's start (0: the section is absent).
 */
export const TABLES_MAGIC = 0x32434c53;
export const TABLES_HEADER_SIZE = 256;

export const TABLE_MAGIC = 0;
export const TABLE_GENERATION = 1;
export const TABLE_PORT_COUNT = 2;
export const TABLE_ZONE_COUNT = 3; // without `router`, whose zone number is this count
export const TABLE_PLACE_COUNT = 4;
export const TABLE_CLASS_COUNT = 5;
export const TABLE_FLOW_COUNT = 6;
export const TABLE_BOX_WORDS = 7; // u64 words of one bit vector
export const TABLE_STEP_COUNT = 8;
export const TABLE_MODULE_COUNT = 9;
export const TABLE_OPTIONS = 10; // OPTION_*
export const TABLE_PORTS = 16;
export const TABLE_STEPS = 17;
export const TABLE_PLACES = 18;
export const TABLE_LINK_WIRE = 19; // u8[classes]: a node
export const TABLE_LINK_LOCAL = 20;
export const TABLE_LINK_PERMITTED = 21;
export const TABLE_LINK_EXPIRED = 22;
export const TABLE_LINK_TOO_BIG = 23;
// A range map to ADDRESS_* << 40 | port << 32 | a source's bit vector's index << 16 | a
// destination's.
export const TABLE_ADDRESSES = 24;
export const TABLE_POLICY_SPORT = 27; // range map to a bit vector's index
export const TABLE_POLICY_DPORT = 28; // u16[65536] to a bit vector's index
export const TABLE_POLICY_PROTO = 29; // u16[256]
export const TABLE_POLICY_ZONES = 30; // u16[(zones + 1) * (zones + 1)], from * (zones + 1) + to
export const TABLE_VECTORS_SRC = 32; // u64[words] each
export const TABLE_VECTORS_DST = 33;
export const TABLE_VECTORS_SPORT = 34;
export const TABLE_VECTORS_DPORT = 35;
export const TABLE_VECTORS_PROTO = 36;
export const TABLE_VECTORS_ZONES = 37;
export const TABLE_VECTORS_INGRESS = 38;
export const TABLE_BOX_FLOW = 39; // u16[boxes]: the policy flow a box belongs to

export const OPTION_TCP_PICKUP = 1;

// A port: 64 bytes.
export const PORT_SIZE = 64;
export const PORT_MAC_OFFSET = 0; // u64
export const PORT_ADDRESS_OFFSET = 8; // u32
export const PORT_MTU_OFFSET = 12; // u16
export const PORT_ZONE_OFFSET = 14; // u8
export const PORT_CONFIGURED_OFFSET = 15; // u8

// A classification step: 32 bytes. Its field is one of STEP_*.
export const STEP_SIZE = 32;
export const STEP_FIELD_OFFSET = 0; // u32
export const STEP_MAP_OFFSET = 4; // u32: narrow fields u16[values], addresses a range map
export const STEP_WIDTH_OFFSET = 8; // u32: equivalence classes, the row length of transitions
export const STEP_TRANSITIONS_OFFSET = 12; // u32: u16[states * width], next state
export const STEP_ETHER_TYPE = 0;
export const STEP_TAGGED = 1;
export const STEP_INGRESS = 2;
export const STEP_PROTO = 3;
export const STEP_SRC = 4;
export const STEP_DST = 5;
export const STEP_SPORT = 6;
export const STEP_DPORT = 7;

// A range map: {u32 count, u32 starts[count] (sorted, the first is 0), u64 values[count]}.
export const RANGE_MAP_STARTS_OFFSET = 4;

// What an address is, in the address map.
export const ADDRESS_MARTIAN = 1; // never a valid source or destination
export const ADDRESS_BROADCAST = 2; // limited, or directed at a connected subnet
export const ADDRESS_MULTICAST = 4;
export const ADDRESS_OWN = 8; // one of the router's own
export const ADDRESS_CONNECTED = 16; // on the subnet of the port given

// A place of a module: 64 bytes.
export const PLACE_SIZE = 64;
export const PLACE_READ_SIZE_OFFSET = 0; // u32 bytes of the read block
export const PLACE_WRITE_SIZE_OFFSET = 4; // u32 bytes of the write block
export const PLACE_READ_COUNT_OFFSET = 8; // u32
export const PLACE_WRITE_COUNT_OFFSET = 12; // u32
export const PLACE_OUTPUT_COUNT_OFFSET = 16; // u32
export const PLACE_POWERS_OFFSET = 20; // u32 POWER_*
export const PLACE_NAMED_DROP_FIRST_OFFSET = 24; // u32 drop reason
export const PLACE_NAMED_DROP_COUNT_OFFSET = 28; // u32
export const PLACE_MODULE_OFFSET = 32; // u32
export const PLACE_INDEX_OFFSET = 36; // u32 of this place in its module
export const PLACE_READS_OFFSET = 40; // u32 -> READ[count]
export const PLACE_WRITES_OFFSET = 44; // u32 -> WRITE[count]
export const PLACE_OUTPUTS_OFFSET = 48; // u32 -> OUTPUT[count]
export const PLACE_MADE_CLASSES_OFFSET = 52; // u32 -> u8[classes]: bit 0 answers, bit 1 originates
export const PLACE_ORIGINATE_PORTS_OFFSET = 56; // u32 bit mask
export const PLACE_ORIGINATE_RATE_OFFSET = 60; // u32 frames a second
export const POWER_CONSUME = 1;
export const POWER_HOLD = 2;
export const POWER_ANSWER = 4;
export const POWER_ORIGINATE = 8;

export const READ_SIZE = 16;
export const READ_COLUMN_OFFSET = 0; // u32 column id
export const READ_WIDTH_OFFSET = 4; // u32 bytes a row
export const READ_BLOCK_OFFSET = 8; // u32 offset in the block

export const WRITE_SIZE = 32;
export const WRITE_COLUMN_OFFSET = 0; // u32 column id
export const WRITE_WIDTH_OFFSET = 4; // u32 bytes a row
export const WRITE_BLOCK_OFFSET = 8; // u32 offset in the block
export const WRITE_EFFECTS_OFFSET = 12; // u32 EFFECT_*
export const WRITE_RANGES_OFFSET = 16; // u32 -> {u64 low, u64 high}[count]
export const WRITE_RANGE_COUNT_OFFSET = 20; // u32; 0: any value
export const EFFECT_CLASSIFIED = 1; // the class look-up reads this column
export const EFFECT_VOIDS_STAMP = 2; // policy read this column

export const OUTPUT_SIZE = 8;
export const OUTPUT_LINK_OFFSET = 0; // u32 -> u8[classes]: a node, or NODE_UNDECLARED
export const OUTPUT_REASON_OFFSET = 4; // u32: written to meta.reason of rows that leave by it

// Nodes: where a row is.
export const NODE_UNLINKED = 0;
export const NODE_TX = 1;
export const NODE_POLICY = 2;
export const NODE_LOCAL = 3;
export const NODE_PLACE_FIRST = 4;
export const PLACES_MAX = 48;
export const NODE_NONE = 254;
export const NODE_UNDECLARED = 255;

// Events that the kernel reports to the board's audit, 64 bytes each.
export const EVENT_SIZE = 64;
export const EVENT_CAPACITY = 6144;
export const EVENT_KIND_OFFSET = 0; // u8
export const EVENT_DETAIL_OFFSET = 1; // u8: a drop reason, or VIOLATION_*
export const EVENT_NODE_OFFSET = 2; // u8
export const EVENT_PROTO_OFFSET = 3; // u8
export const EVENT_SEQUENCE_OFFSET = 4; // u32 of the row
export const EVENT_TIME_OFFSET = 8; // i64 ns since boot
export const EVENT_SRC_OFFSET = 16; // u32
export const EVENT_DST_OFFSET = 20; // u32
export const EVENT_SPORT_OFFSET = 24; // u16
export const EVENT_DPORT_OFFSET = 26; // u16
export const EVENT_INGRESS_OFFSET = 28; // u8 port
export const EVENT_EGRESS_OFFSET = 29; // u8 port
export const EVENT_FROM_OFFSET = 30; // u8 zone
export const EVENT_TO_OFFSET = 31; // u8 zone
export const EVENT_VALUE_OFFSET = 32; // u64: the offending value
export const EVENT_DENIED = 1;
export const EVENT_VIOLATION = 2;
/**
 * Violations of one place that are reported in a breath, and the first of each kind besides: all
 * places' and all rows of the table of denials find room, so that none hides another's.
 */
export const EVENTS_PER_PLACE_MAX = 64;

// Violations: what a module tried. Names: without VIOLATION_, in kebab case.
export const VIOLATION_VERDICT = 1; // a verdict that the manifest does not give
export const VIOLATION_OUTPUT = 2; // an output not declared for what the packet is now
export const VIOLATION_CHANGED_BIT = 3; // a changed bit without a declared write
export const VIOLATION_RANGE = 4; // a value outside the declared range
export const VIOLATION_ABSENT_FIELD = 5; // a write to a field that the packet does not have
export const VIOLATION_HOLD = 6; // a hold not declared, or of a row handed back timed out
export const VIOLATION_FRAME = 7; // a made frame whose header is impossible
export const VIOLATION_FRAME_ROW = 8; // an answer to a row not handled, or a second one
export const VIOLATION_FRAME_OUTPUT = 9; // a made frame for an output the place does not have
export const VIOLATION_FRAME_CLASS = 10; // a made frame that the manifest does not declare
export const VIOLATION_FRAME_SOURCE = 11; // a made frame whose source is not the board's own
export const VIOLATION_FRAME_PORT = 12; // an origination on a port not declared
export const VIOLATION_FRAME_RATE = 13; // more originations a second than declared
export const VIOLATION_UNPERMITTED = 14; // a frame at tx without the policy's stamp
export const VIOLATION_MESSAGE = 15; // a message of a type or size that is not declared
export const VIOLATION_MESSAGE_RATE = 16; // more messages in a breath than a module may send
export const VIOLATION_MESSAGE_LOOP = 17; // a message caused by too many others in turn
export const VIOLATIONS_MAX = 32;

// A waiting frame that a module made, 24 bytes (kernel/made.ts).
export const MADE_SIZE = 24;
export const MADE_FRAME_OFFSET = 0; // u32 address
export const MADE_LENGTH_OFFSET = 4; // u16
export const MADE_OUTPUT_OFFSET = 7; // u8, from 1
export const MADE_FLAGS_OFFSET = 8; // u8 ROW_FLAG_*
export const MADE_EGRESS_OFFSET = 9; // u8 port
export const MADE_GENERATION_OFFSET = 10; // u8
export const MADE_PEER_OFFSET = 12; // u32: where an answer must go
export const MADE_FLOW_OFFSET = 16; // u32: of the row that it answers
export const MADE_SEQUENCE_OFFSET = 20; // u32 of the row that it answers

// An entry of the flow table, 32 bytes (kernel/flow-table.ts).
export const FLOW_ENTRY_SIZE = 32;
export const FLOW_ENTRY_KEY_SIZE = 15;
export const FLOW_ENTRY_SRC_OFFSET = 0; // u32, of the first packet
export const FLOW_ENTRY_DST_OFFSET = 4; // u32
export const FLOW_ENTRY_SPORT_OFFSET = 8; // u16
export const FLOW_ENTRY_DPORT_OFFSET = 10; // u16
export const FLOW_ENTRY_PROTO_OFFSET = 12; // u8
export const FLOW_ENTRY_FROM_OFFSET = 13; // u8 zone
export const FLOW_ENTRY_TO_OFFSET = 14; // u8 zone
export const FLOW_ENTRY_STATE_OFFSET = 15; // u8; 0: free
export const FLOW_ENTRY_POLICY_OFFSET = 16; // u16 policy flow
export const FLOW_ENTRY_EXPIRES_OFFSET = 20; // u32 seconds since boot

// What only the kernel knows of a row, numbered on from the columns' ids (kernel/rows.ts).
export const ROW_NODE = 33; // u8
export const ROW_FLAGS = 34; // u8 ROW_FLAG_*
export const ROW_FLAG_ANSWER = 1;
export const ROW_FLAG_ORIGINATED = 2;
export const ROW_GENERATION = 35; // u8
export const ROW_PINNED = 36; // u8
export const ROW_MAKER = 37; // u8
export const ROW_TAGS = 38; // u8
export const ROW_L3 = 39; // u8
export const ROW_L4 = 40; // u16
export const ROW_END = 41; // u16
export const ROW_QUOTED = 42; // u16
export const ROW_ICMP_ID = 43; // u16
export const ROW_QUOTED_ID = 44; // u16
export const ROW_CLASS = 45; // u16
export const ROW_DIRTY = 46; // u16
export const ROW_FRAME = 47; // u32
export const ROW_MATCH_SRC = 48; // u32
export const ROW_MATCH_DST = 49; // u32
export const ROW_FLOW = 50; // u32
export const ROW_HINT = 51; // u32
export const ROW_STAMP = 52; // u32
export const ROW_SEQUENCE = 53; // u32
export const ROW_ARRIVAL = 54; // u32
export const ROW_PEER = 55; // u32
export const ROW_TIME = 56; // i64
export const ROW_HELD_AT = 57; // i64

// One record a finished row while tracing is on, 16 bytes each.
export const OUTCOME_SIZE = 16;
export const OUTCOME_CAPACITY = 2048;
export const OUTCOME_ARRIVAL_OFFSET = 0; // u32: frames received before this one, or ARRIVAL_NONE
export const OUTCOME_KIND_OFFSET = 4; // u8 OUTCOME_*
export const OUTCOME_REASON_OFFSET = 5; // u8 drop reason
export const OUTCOME_NODE_OFFSET = 6; // u8 who decided
export const OUTCOME_EGRESS_OFFSET = 7; // u8 port
export const OUTCOME_FLOW_OFFSET = 8; // u32 policy flow, or FLOW_NONE
export const OUTCOME_SEQUENCE_OFFSET = 12; // u32 of the row, or SEQUENCE_NONE
export const OUTCOME_TRANSMITTED = 1;
export const OUTCOME_DROPPED = 2;
export const OUTCOME_CONSUMED = 3;
export const ARRIVAL_NONE = 0xffffffff;
export const SEQUENCE_NONE = 0xffffffff;
export const FLOW_NONE = 0xffffffff;

// The denied table: one record a (from, to, protocol, source, destination, port).
export const DENIED_SIZE = 40;
export const DENIED_ROWS_MAX = 1000;
export const DENIED_SRC_OFFSET = 0; // u32
export const DENIED_DST_OFFSET = 4; // u32
export const DENIED_PORT_OFFSET = 8; // u16
export const DENIED_PROTO_OFFSET = 10; // u8
export const DENIED_FROM_OFFSET = 11; // u8
export const DENIED_TO_OFFSET = 12; // u8
export const DENIED_PACKETS_OFFSET = 16; // u64
export const DENIED_FIRST_OFFSET = 24; // i64 ns since boot, of its first packet
export const DENIED_LAST_OFFSET = 32; // i64 of its last one

// Counters, u64 each, indexed by COUNTER_*.
export const COUNTER_RECEIVED = 0;
export const COUNTER_ORIGINATED = 1;
export const COUNTER_TRANSMITTED = 2;
export const COUNTER_CONSUMED = 3;
export const COUNTER_DROPPED = 4;
export const COUNTER_HELD = 5;
export const COUNTER_DENIED_ROWS = 6;
export const COUNTER_DENIED_OTHER = 7;
export const COUNTER_EVENTS_LOST = 8;
export const COUNTER_FLOWS_EVICTED = 9;
export const COUNTER_DROPS = 16; // [DROP_REASONS_MAX]
export const COUNTER_PORT_RECEIVED = 272; // [PORTS_MAX]
export const COUNTER_PORT_TRANSMITTED = 304; // [PORTS_MAX]
export const COUNTER_PLACE_PACKETS = 336; // [PLACES_MAX]
export const COUNTER_PLACE_VIOLATIONS = 384; // [PLACES_MAX][VIOLATIONS_MAX]
export const COUNTER_TOTAL = 1920;

// Per policy flow: 24 bytes.
export const FLOW_COUNTER_SIZE = 24;
export const FLOW_PACKETS_OFFSET = 0; // u64 frames transmitted, both ways
export const FLOW_BYTES_OFFSET = 8; // u64 IP total lengths of them
export const FLOW_CONNECTIONS_OFFSET = 16; // u64 entries committed

export const SECOND_NS = 1000000000;
/** A breath: the most virtual time between the first and the last frame that it takes in. */
export const BREATH_NS = 1000000;
/** A module may hold a packet this long. */
export const HOLD_NS = 3000000000;
export const HELD_PER_MODULE_MAX = 64;
/** A frame made because of a frame made ...: beyond this it is dropped as `loop`. */
export const GENERATION_MAX = 4;
/** Frames that modules have made and that wait for the next breath. */
export const MADE_CAPACITY = 4096;
/** Of one place: what a breath takes in. Each has its share; none leaves another without. */
export const MADE_PER_PLACE_MAX = 256;
