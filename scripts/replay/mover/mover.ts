/**
 * Moves frames between a capture's bytes and the rings of a board, many a call: a program of its
 * own that works on the kernel's memory, as a DMA engine would, so that no JavaScript touches a
 * frame. It handles what is plain and stops before anything else: the caller then does that one
 * frame the general way. It has no data in that memory but where the host says.
 *
 *   range    u32 first address each, ascending from 0; u8 port each
 */
import {
  ARRIVALS_CAPACITY, DESCRIPTOR_LENGTH_OFFSET, DESCRIPTOR_NANOSECONDS_OFFSET,
  DESCRIPTOR_SECONDS_OFFSET, DESCRIPTOR_SIZE, FRAME_SIZE_MAX, RING_CAPACITY,
  RING_DESCRIPTORS_OFFSET, RING_HEAD_OFFSET, RING_TAIL_OFFSET,
} from '../../../drivers/nic-ring';
import { NS, advance, nowNs, nowSeconds } from './clock';
import { DIGEST_HEADER_SIZE, copy, digest } from './digest';
import {
  DONE, ETHER_ARP, FULL, ODD, PLAIN_SIZE_MIN, PORT_BYTES_IN, PORT_FRAMES_IN, PORT_MAC, openTable,
  portAt, regionSize,
} from './port';

export {
  clockNanoseconds, clockSeconds, latestNanoseconds, latestSeconds, setClock, setEpoch,
} from './clock';
export { drain } from './leave';

const RECORD_SIZE: u32 = 16;
// EtherTypes as two bytes in the order of the wire, read in little endian.
const ETHER_IPV4: u32 = 0x0008;
const ETHER_VLAN: u32 = 0x0081;
const ETHER_QINQ: u32 = 0xa888;
const ETHER_QINQ_OLD: u32 = 0x0091;

let arrivals: usize = 0;
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

let consumed: u32 = 0;
let taken: u32 = 0;
let knownSource: u32 = 0;
let knownPort: u32 = 0;
let hasKnown: bool = false;

/** Regions are of `size` bytes. */
export function openPorts(table: usize, order: usize, size: u32): void {
  openTable(table, size);
  arrivals = order;
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

/** Bytes and frames that the last `take` has taken. */
export function bytesTaken(): u32 { return consumed; }
export function framesTaken(): u32 { return taken; }
export function digestUsed(): u32 { return arrivedUsed; }

/** What arrives from now on is written to this region, which is empty. */
export function openDigest(region: usize): void {
  arrivedDigest = region;
  arrivedUsed = 0;
}

// @ts-ignore: decorator
@inline function word(at: usize, offset: usize): u32 {
  const value = load<u32>(at + offset);
  return isBigEndian ? bswap<u32>(value) : value;
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
  const port = portAt(number);
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
