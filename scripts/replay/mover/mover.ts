/**
 * Moves frames between a capture's bytes and the rings of a board, many a call: a program of its
 * own that works on the kernel's memory, as a DMA engine would, so that no JavaScript touches a
 * frame. It handles what is plain and stops before anything else: the caller then does that one
 * frame the general way. It has no data in that memory but where the host says.
 *
 *   port, PORT_SIZE bytes
 *     0 u32 rx ring        4 u32 tx ring         8 u64 MAC, first wire byte in bits 7..0
 *    16 u32 digest bytes  20 u32 of them used   24 u32 file bytes, 0: none  28 u32 of them used
 *    32 u32 frames in     36 u32 bytes in       40 u32 frames out           44 u32 bytes out
 *   range    u32 first address each, ascending from 0; u8 port each
 *   digest   as in frame-digest.ts: 20 bytes, then the frame
 *   file     enhanced packet blocks of pcapng, of interface 0
 */
import {
  ARRIVALS_CAPACITY, DESCRIPTOR_FLAGS_OFFSET, DESCRIPTOR_LENGTH_OFFSET,
  DESCRIPTOR_NANOSECONDS_OFFSET, DESCRIPTOR_SECONDS_OFFSET, DESCRIPTOR_SIZE, FRAME_SIZE_MAX,
  RING_CAPACITY, RING_DESCRIPTORS_OFFSET, RING_HEAD_OFFSET, RING_TAIL_OFFSET,
} from '../../../drivers/nic-ring';

const PORT_SIZE: usize = 48;
const PORT_TX: usize = 4;
const PORT_MAC: usize = 8;
const PORT_DIGEST: usize = 16;
const PORT_FILE: usize = 24;
/** Behind where a region lies stands how much of it is used. */
const USED: usize = 4;
const PORT_FRAMES_IN: usize = 32;
const PORT_BYTES_IN: usize = 36;
const PORT_FRAMES_OUT: usize = 40;
const PORT_BYTES_OUT: usize = 44;

const RECORD_SIZE: u32 = 16;
const DIGEST_HEADER_SIZE: u32 = 20;
/** An enhanced packet block without the frame and its padding. */
const BLOCK_SIZE: u32 = 32;
const BLOCK_PACKET_ENHANCED: u32 = 6;
/** A shorter frame is for the general way: all that is read of one lies in its first 42 bytes. */
const PLAIN_SIZE_MIN: u32 = 42;
const NS: u64 = 1000000000;

// EtherTypes as two bytes in the order of the wire, read in little endian.
const ETHER_IPV4: u32 = 0x0008;
const ETHER_ARP: u32 = 0x0608;
const ETHER_VLAN: u32 = 0x0081;
const ETHER_QINQ: u32 = 0xa888;
const ETHER_QINQ_OLD: u32 = 0x0091;

// Why a call came back: there are no more whole records, or frames to send; there is no room until
// the board takes frames in or a region is emptied; the next frame is for the general way.
const DONE: u32 = 0;
const FULL: u32 = 1;
const ODD: u32 = 2;

let ports: usize = 0;
let arrivals: usize = 0;
let regionSize: u32 = 0;
let arrivedDigest: usize = 0;
let arrivedUsed: u32 = 0;
let starts: usize = 0;
let startPorts: usize = 0;
let startCount: u32 = 0;
let defaultPort: u32 = 0;
let fixedPort: i32 = -1;
let pendingMax: u32 = 0;
let isRewritten: bool = false;
let isBigEndian: bool = false;
let nsPerFraction: u32 = 1;
let isFileNanosecond: bool = false;

// The virtual clock: see drivers/clock.ts.
let epochSeconds: u32 = 0;
let epochNs: u32 = 0;
let nowSeconds: u32 = 0;
let nowNs: u32 = 0;
/** The latest capture time. */
let lastSeconds: u32 = 0;
let lastNs: u32 = 0;

let consumed: u32 = 0;
let taken: u32 = 0;
let knownSource: u32 = 0;
let knownPort: u32 = 0;
let hasKnown: bool = false;

/** Regions are of `size` bytes; stamps of files are in nanoseconds or microseconds. */
export function openPorts(
  table: usize, order: usize, digest: usize, size: u32, fileNs: bool,
): void {
  ports = table;
  arrivals = order;
  arrivedDigest = digest;
  regionSize = size;
  isFileNanosecond = fileNs;
}

/** By which port a source arrives: see SourcePorts. */
export function openSources(first: usize, numbers: usize, count: u32, otherwise: u32): void {
  starts = first;
  startPorts = numbers;
  startCount = count;
  defaultPort = otherwise;
}

/** `fixed`: the port of all frames, or -1; `pending`: frames that may wait for the board. */
export function openInput(
  fixed: i32, pending: u32, rewrite: bool, bigEndian: bool, fraction: u32,
): void {
  fixedPort = fixed;
  pendingMax = pending;
  isRewritten = rewrite;
  isBigEndian = bigEndian;
  nsPerFraction = fraction;
}

/** The capture time of the boot instant. */
export function setEpoch(seconds: u32, ns: u32): void {
  epochSeconds = seconds;
  epochNs = ns;
}

/** The clock as it is now; `last` is the latest capture time. */
export function setClock(nowS: u32, nowN: u32, lastS: u32, lastN: u32): void {
  nowSeconds = nowS;
  nowNs = nowN;
  lastSeconds = lastS;
  lastNs = lastN;
}

export function clockSeconds(): u32 { return nowSeconds; }
export function clockNanoseconds(): u32 { return nowNs; }
export function latestSeconds(): u32 { return lastSeconds; }
export function latestNanoseconds(): u32 { return lastNs; }
/** Bytes and frames that the last `take` has taken. */
export function bytesTaken(): u32 { return consumed; }
export function framesTaken(): u32 { return taken; }
export function digestUsed(): u32 { return arrivedUsed; }
export function emptyDigest(): void { arrivedUsed = 0; }

// @ts-ignore: decorator
@inline function word(at: usize, offset: usize): u32 {
  const value = load<u32>(at + offset);
  return isBigEndian ? bswap<u32>(value) : value;
}

/** At least 16 bytes; not one more is written than there are. */
// @ts-ignore: decorator
@inline function copy(to: usize, from: usize, size: u32): void {
  let at: u32 = 0;
  for (; at + 16 <= size; at += 16) v128.store(to + at, v128.load(from + at));
  if (at < size) v128.store(to + size - 16, v128.load(from + size - 16));
}

/** The port that a frame arrives by, or -1: its tags have to be taken off first. */
function portOf(frame: usize): i32 {
  if (fixedPort >= 0) return fixedPort;
  const type = <u32>load<u16>(frame, 12);
  if (type == ETHER_VLAN || type == ETHER_QINQ || type == ETHER_QINQ_OLD) return -1;
  let source: u32;
  if (type == ETHER_IPV4 && load<u8>(frame, 14) >> 4 == 4) source = load<u32>(frame, 26);
  else if (type == ETHER_ARP) source = load<u32>(frame, 28);
  else return defaultPort;
  if (!hasKnown || source != knownSource) {
    hasKnown = true;
    knownSource = source;
    knownPort = search(bswap<u32>(source));
  }
  return knownPort;
}

function search(address: u32): u32 {
  let low: u32 = 0;
  let high = startCount;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (load<u32>(starts + (<usize>middle << 2)) <= address) low = middle;
    else high = middle;
  }
  return load<u8>(startPorts + low);
}

/** The clock moves to a capture time, unless that is not later. */
function advance(seconds: u32, ns: u32): void {
  if (seconds > lastSeconds || (seconds == lastSeconds && ns > lastNs)) {
    lastSeconds = seconds;
    lastNs = ns;
  }
  const borrow: i64 = ns < epochNs ? 1 : 0;
  const sinceBoot = <i64>seconds - <i64>epochSeconds - borrow;
  const fraction = ns - epochNs + (borrow ? <u32>NS : 0);
  if (sinceBoot < <i64>nowSeconds) return;
  if (sinceBoot == <i64>nowSeconds && fraction <= nowNs) return;
  nowSeconds = <u32>sinceBoot;
  nowNs = fraction;
}

/** Writes a digest's bytes of a frame; returns how many. */
// @ts-ignore: decorator
@inline function digest(
  to: usize, seconds: u32, ns: u32, port: u32, frame: usize, size: u32,
): u32 {
  store<u32>(to, seconds);
  store<u32>(to, ns, 4);
  store<u32>(to, port, 8);
  store<u32>(to, size, 12);
  store<u32>(to, size, 16);
  copy(to + DIGEST_HEADER_SIZE, frame, size);
  return DIGEST_HEADER_SIZE + size;
}

/** Lets frames of classic pcap arrive, from whole records in `size` bytes, at most `most`. */
export function take(from: usize, size: u32, most: u32): u32 {
  let at: u32 = 0;
  taken = 0;
  let why = DONE;
  while (taken < most && at + RECORD_SIZE <= size) {
    const record = from + at;
    const length = word(record, 8);
    const fraction = word(record, 4);
    const isPlain = length == word(record, 12) && length >= PLAIN_SIZE_MIN &&
      length <= <u32>FRAME_SIZE_MAX && fraction < <u32>NS / nsPerFraction;
    if (!isPlain) {
      why = ODD;
      break;
    }
    if (at + RECORD_SIZE + length > size) break;
    why = arrive(record + RECORD_SIZE, length, word(record, 0), fraction * nsPerFraction);
    if (why != DONE) break;
    at += RECORD_SIZE + length;
    taken++;
  }
  consumed = at;
  return why;
}

/** One frame into the next slot that the kernel has posted. */
function arrive(frame: usize, length: u32, seconds: u32, ns: u32): u32 {
  const number = portOf(frame);
  if (number < 0) return ODD;
  const port = ports + <usize>number * PORT_SIZE;
  const rx = <usize>load<u32>(port);
  const head = load<u32>(rx, RING_HEAD_OFFSET);
  const order = load<u32>(arrivals, RING_HEAD_OFFSET);
  const slot = rx + RING_DESCRIPTORS_OFFSET + <usize>(head & (RING_CAPACITY - 1)) * DESCRIPTOR_SIZE;
  const hasRoom = head - load<u32>(rx, RING_TAIL_OFFSET) < <u32>RING_CAPACITY &&
    order - load<u32>(arrivals, RING_TAIL_OFFSET) < pendingMax && load<u32>(slot) != 0 &&
    arrivedUsed + DIGEST_HEADER_SIZE + length <= regionSize;
  if (!hasRoom) return FULL;
  advance(seconds, ns);
  arrivedUsed += digest(arrivedDigest + arrivedUsed, seconds, ns, number, frame, length);
  const to = <usize>load<u32>(slot);
  copy(to, frame, length);
  if (isRewritten && !(load<u8>(frame) & 1)) {
    store<u32>(to, load<u32>(port, PORT_MAC));
    store<u16>(to, load<u16>(port, PORT_MAC + 4), 4);
  }
  store<u32>(slot, length, DESCRIPTOR_LENGTH_OFFSET);
  store<u32>(slot, nowSeconds, DESCRIPTOR_SECONDS_OFFSET);
  store<u32>(slot, nowNs, DESCRIPTOR_NANOSECONDS_OFFSET);
  const entry = RING_DESCRIPTORS_OFFSET + <usize>(order & (ARRIVALS_CAPACITY - 1));
  store<u8>(arrivals + entry, <u8>number);
  store<u32>(arrivals, order + 1, RING_HEAD_OFFSET);
  store<u32>(rx, head + 1, RING_HEAD_OFFSET);
  store<u32>(port, load<u32>(port, PORT_FRAMES_IN) + 1, PORT_FRAMES_IN);
  store<u32>(port, load<u32>(port, PORT_BYTES_IN) + length, PORT_BYTES_IN);
  return DONE;
}

/** Takes what a port sends into its regions. ARP is odd: the far side may have to answer. */
export function drain(number: u32): u32 {
  const port = ports + <usize>number * PORT_SIZE;
  const tx = <usize>load<u32>(port, PORT_TX);
  const head = load<u32>(tx, RING_HEAD_OFFSET);
  let tail = load<u32>(tx, RING_TAIL_OFFSET);
  let why = DONE;
  for (; tail != head && why == DONE; tail++) {
    const index = <usize>(tail & (RING_CAPACITY - 1));
    why = leave(port, number, tx + RING_DESCRIPTORS_OFFSET + index * DESCRIPTOR_SIZE);
    if (why != DONE) break;
  }
  store<u32>(tx, tail, RING_TAIL_OFFSET);
  return why;
}

function leave(port: usize, number: u32, slot: usize): u32 {
  const frame = <usize>load<u32>(slot);
  const length = <u32>load<u16>(slot, DESCRIPTOR_LENGTH_OFFSET);
  const isPlain = load<u16>(slot, DESCRIPTOR_FLAGS_OFFSET) == 0 && length >= PLAIN_SIZE_MIN &&
    load<u16>(frame, 12) != ETHER_ARP;
  if (!isPlain) return ODD;
  const digestUsed = load<u32>(port, PORT_DIGEST + USED);
  const fileUsed = load<u32>(port, PORT_FILE + USED);
  const blockSize = BLOCK_SIZE + ((length + 3) & ~3);
  if (digestUsed + DIGEST_HEADER_SIZE + length > regionSize || fileUsed + blockSize > regionSize) {
    return FULL;
  }
  const sum = load<u32>(slot, DESCRIPTOR_NANOSECONDS_OFFSET) + epochNs;
  const carry: u64 = sum >= <u32>NS ? 1 : 0;
  const ns = carry ? sum - <u32>NS : sum;
  const seconds = <u64>load<u32>(slot, DESCRIPTOR_SECONDS_OFFSET) + <u64>epochSeconds + carry;
  const to = <usize>load<u32>(port, PORT_DIGEST) + digestUsed;
  const added = digest(to, <u32>seconds, ns, number, frame, length);
  store<u32>(port, digestUsed + added, PORT_DIGEST + USED);
  const file = <usize>load<u32>(port, PORT_FILE);
  if (file) {
    writeBlock(file + fileUsed, blockSize, seconds, ns, frame, length);
    store<u32>(port, fileUsed + blockSize, PORT_FILE + USED);
  }
  store<u32>(port, load<u32>(port, PORT_FRAMES_OUT) + 1, PORT_FRAMES_OUT);
  store<u32>(port, load<u32>(port, PORT_BYTES_OUT) + length, PORT_BYTES_OUT);
  return DONE;
}

// @ts-ignore: decorator
@inline function writeBlock(
  to: usize, size: u32, seconds: u64, ns: u32, frame: usize, length: u32,
): void {
  const stamp = isFileNanosecond ? seconds * NS + ns : seconds * 1000000 + ns / 1000;
  store<u32>(to, BLOCK_PACKET_ENHANCED);
  store<u32>(to, size, 4);
  store<u32>(to, 0, 8);
  store<u32>(to, <u32>(stamp >> 32), 12);
  store<u32>(to, <u32>stamp, 16);
  store<u32>(to, length, 20);
  store<u32>(to, length, 24);
  // The padding first: the bytes then overwrite what of this word is theirs.
  store<u32>(to + size - 8, 0);
  copy(to + 28, frame, length);
  store<u32>(to + size - 4, size);
}
