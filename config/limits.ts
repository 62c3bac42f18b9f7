/**
 * How much a configuration may ask for. Beyond each the loader says CONFIG_LIMIT.
 */
import { PORTS_MAX, VERDICT_NAMED_DROP_FIRST, VERDICT_NAMED_DROP_LAST } from './abi.ts';

/** Bytes of one file: a million routes are about 50 MB. */
export const FILE_SIZE_MAX = 128 * 1024 * 1024;

/** Syntax errors told of one file: those after the first few only follow from them. */
export const SYNTAX_ERRORS_MAX = 20;

/** A port's index is one byte of a column, and a bit of a 32-bit set in the kernel. */
export const INTERFACES_MAX = PORTS_MAX;

/** Twice the full Internet table of 2016, the largest that module `route` is built for. */
export const ROUTES_MAX = 1_048_576;

/** Routes to neighbours: module `arp` knows 8,192 ranges, and each splits a subnet's in two. */
export const ON_LINK_ROUTES_MAX = 2048;

/** The kernel's first-match structure numbers flows in 14 bits. */
export const FLOWS_MAX = 16_384;

/** Each test boots a board of its own, in about 10 ms: this many take minutes. */
export const TESTS_MAX = 16_384;

/** Names appear in reports and audit lines. */
export const NAME_SIZE_MAX = 64;

/** Characters of one match; longer ones are lists that should be routes or zones. */
export const MATCH_SIZE_MAX = 4096;

/** RFC 791: every host must take 68; the arena's slots hold 2,048 bytes with two VLAN tags. */
export const MTU_MIN = 68;
export const MTU_MAX = 2026;

/** Frames in the arena; a slot is 2,048 bytes, so this is at most 128 MiB. */
export const FRAME_SLOTS_MIN = 1024; // a port: three quarters of them receive
export const FRAME_SLOTS_DEFAULT = 8192;
export const FRAME_SLOTS_MAX = 65_536;

/** Entries of the flow table. */
export const FLOW_CAPACITY_MIN = 1024;
export const FLOW_CAPACITY_MAX = 4_194_304;

/** Modules of a system and places of a module: stages are numbered in one byte. */
export const MODULES_MAX = 32;
export const PLACES_MAX = 8;

/** Rules of one link: they become classes, of which there are 4,096 in all. */
export const LINK_RULES_MAX = 64;

/** Verdicts 1..63 are outputs, 64..126 named drops. */
export const OUTPUTS_MAX = VERDICT_NAMED_DROP_FIRST - 1;
export const DROPS_MAX = VERDICT_NAMED_DROP_LAST - VERDICT_NAMED_DROP_FIRST + 1;

/** Columns of a read block: every column once, and one window. */
export const READS_MAX = 36;

/** Intervals of one write's range: the monitor tries them in order. */
export const INTERVALS_MAX = 16;

/** Message types of a module each way, and fields of a record. */
export const MESSAGES_MAX = 16;
export const FIELDS_MAX = 16;

/** Bytes of a module's memory; WebAssembly counts in pages of 64 KiB. */
export const MEMORY_PAGE_SIZE = 65_536;
export const MEMORY_MAX = 1024 * 1024 * 1024;

/**
 * Instructions that a module may ask for, each about a third of a nanosecond: 30 ms a vector, 3 ms
 * a tick; a record may be a route that fills half of a table of 2^24 entries.
 */
export const FUEL_PER_PACKET_MAX = 400_000;
export const FUEL_PER_TICK_MAX = 10_000_000;
export const FUEL_PER_MESSAGE_MAX = 1_000_000_000;

/** No call has more, whatever it is handed: about half a second. */
export const FUEL_PER_CALL_MAX = 1_000_000_000;

/** Frames a second that a module may originate. */
export const ORIGINATED_PER_SECOND_MAX = 10_000;
