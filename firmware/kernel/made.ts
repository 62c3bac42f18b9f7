/**
 * Frames that modules make: answers to rows, and originations. All that a module writes is an
 * allegation. The kernel copies the bytes once into a slot of its own, sets what is not the
 * module's to choose (addresses, port, quote, checksums), and parses them in the next breath.
 *
 *   a waiting frame, 24 bytes: 0 u32 frame  4 u16 length  6 u8 place  7 u8 output  8 u8 flags
 *   9 u8 egress  10 u8 generation  12 u32 peer  16 u32 flow  20 u32 sequence
 */
import {
  DROP_ARENA_FULL, DROP_LOOP, FRAME_EGRESS_OFFSET, FRAME_HEADER_SIZE, FRAME_OUTPUT_OFFSET,
  FRAME_QUOTE_OFFSET, FRAME_ROW_OFFSET, PORT_NONE, REGION_HEADER_SIZE, REGION_SIZE, ROW_NONE,
  VECTOR_ROWS_MAX,
} from '../../config/abi';
import { FRAME_SIZE_MAX } from '../../drivers/nic-ring';
import {
  COUNTER_ORIGINATED, GENERATION_MAX, MADE_CAPACITY, MADE_PER_PLACE_MAX, MADE_SIZE,
  NODE_PLACE_FIRST, PLACES_MAX, PLACE_ORIGINATE_PORTS_OFFSET, PLACE_ORIGINATE_RATE_OFFSET,
  PLACE_OUTPUT_COUNT_OFFSET, PLACE_POWERS_OFFSET, POWER_ANSWER, VIOLATION_FRAME,
  VIOLATION_FRAME_CLASS, VIOLATION_FRAME_OUTPUT, VIOLATION_FRAME_PORT, VIOLATION_FRAME_RATE,
  VIOLATION_FRAME_ROW, VIOLATION_FRAME_SOURCE,
} from '../boot/table-layout';
import { freeSlot, freeSlots, takeSlot } from './arena';
import { breathNow, nextSequence } from './breath';
import { count, dropMade, violate } from './counters';
import { storeMac } from './deparse';
import { be16, be32, be48, sumOf } from './parse';
import { isConfigured, portAddress, portMac } from './ports';
import { ETHER_ARP, ETHER_IPV4, PROTO_ICMP, QUOTED_DATAGRAM_MAX } from './protocol-numbers';
import {
  ROW_ANSWER, ROW_ORIGINATED, ROW_SPARE, ethType, ipv4Src, metaEgress, metaIngress, rowEnd, rowFlow,
  rowFrame, rowGeneration, rowL3, rowMatchSrc, rowSequence, rowTime,
} from './row-columns';
import { clearRow, setU32, setU64, setU8, u16At, u32At, u8At } from './rows';
import { stageCount, stageRow } from './stage';
import { isOwn, placeAt } from './tables';

/** The board copies a module's `frames` region here. */
export const madeRegion: usize = memory.data(REGION_SIZE, 64);
export const madeQueue: usize = memory.data(MADE_CAPACITY * MADE_SIZE, 64);
export let madeCount: i32 = 0;

/** u32 a place: how many of the waiting frames are its own; at most `share`. */
const madeBy: usize = memory.data(PLACES_MAX * 4, 64);
let share: u32 = 0;
const spare: usize = memory.data(MADE_SIZE, 8);
const answered: usize = memory.data(VECTOR_ROWS_MAX, 64);
/** {u32 second, u32 frames} a place. */
const rates: usize = memory.data(PLACES_MAX * 8, 64);

/** Every place has its share of queue and arena, whatever the others make. */
export function openMade(places: u32, slots: u32): void {
  share = min<u32>(MADE_PER_PLACE_MAX, min<u32>(MADE_CAPACITY / places, slots >> 4));
}

/** Forgets the first `taken` waiting frames: they have become rows. */
export function forgetMade(taken: i32): void {
  for (let i = 0; i < taken; i++) countOwn(load<u8>(madeQueue + <usize>(i * MADE_SIZE), 6), -1);
  memory.copy(madeQueue, madeQueue + <usize>(taken * MADE_SIZE), (madeCount - taken) * MADE_SIZE);
  madeCount -= taken;
}

/** Orders the waiting frames by the rows that caused them: independent of the vector's size. */
export function sortMade(): void {
  for (let i = 1; i < madeCount; i++) {
    for (let j = i; j > 0 && sequenceOf(j) < sequenceOf(j - 1); j--) swapMade(j);
  }
}

// @ts-ignore: decorator
@inline function ownCount(place: u32): i32 { return load<i32>(madeBy + (<usize>place << 2)); }
function countOwn(place: u32, by: i32): void {
  store<i32>(madeBy + (<usize>place << 2), ownCount(place) + by);
}

function sequenceOf(index: i32): u32 {
  return load<u32>(madeQueue + <usize>(index * MADE_SIZE), 20);
}

function swapMade(index: i32): void {
  const a = madeQueue + <usize>(index * MADE_SIZE), b = a - MADE_SIZE;
  memory.copy(spare, b, MADE_SIZE);
  memory.copy(b, a, MADE_SIZE);
  memory.copy(a, spare, MADE_SIZE);
}

/**
 * Takes in the frames region of a place's call. `isProcess`: rows of the current stage may be
 * answered. `generation`: of what caused the call; `sequence` orders it among the others.
 */
export function makeFrames(
  place: u32, isProcess: bool, generation: u32, sequence: u32, nowS: u32,
): void {
  const p = placeAt(place), used = load<u32>(madeRegion);
  memory.fill(answered, 0, VECTOR_ROWS_MAX);
  if (isProcess) {
    // What a call makes on its own is caused by the rows it was handed.
    sequence = u32At(rowSequence, stageRow(0));
  }
  if (used > <u32>(REGION_SIZE - REGION_HEADER_SIZE)) return blame(place, VIOLATION_FRAME, used);
  let at = madeRegion + REGION_HEADER_SIZE;
  const end = at + used;
  while (at < end) {
    const length = <u32>load<u16>(at);
    if (length < 14 || length > <u32>FRAME_SIZE_MAX || at + FRAME_HEADER_SIZE + length > end) {
      return blame(place, VIOLATION_FRAME, length);
    }
    const output = <u32>load<u8>(at, FRAME_OUTPUT_OFFSET);
    if (output < 1 || output > load<u32>(p, PLACE_OUTPUT_COUNT_OFFSET)) {
      blame(place, VIOLATION_FRAME_OUTPUT, output);
    } else if (load<u16>(at, FRAME_ROW_OFFSET) != ROW_NONE) {
      makeAnswer(place, p, at, length, output, isProcess);
    } else makeOrigination(place, p, at, length, output, generation, sequence, nowS);
    at += (FRAME_HEADER_SIZE + length + 7) & ~7;
  }
}

/** A violation that concerns no row of the vector. */
export function blame(place: u32, violation: u32, value: u64): void {
  clearRow(ROW_SPARE);
  setU8(metaIngress, ROW_SPARE, PORT_NONE);
  setU8(metaEgress, ROW_SPARE, PORT_NONE);
  setU32(rowSequence, ROW_SPARE, nextSequence());
  setU64(rowTime, ROW_SPARE, <u64>breathNow);
  violate(ROW_SPARE, violation, NODE_PLACE_FIRST + place, value);
}

function makeAnswer(
  place: u32, p: usize, at: usize, length: u32, output: u32, isProcess: bool,
): void {
  const index = <i32>load<u16>(at, FRAME_ROW_OFFSET);
  if (!isProcess || index >= stageCount || !(load<u32>(p, PLACE_POWERS_OFFSET) & POWER_ANSWER) ||
      load<u8>(answered + <usize>index)) return blame(place, VIOLATION_FRAME_ROW, index);
  store<u8>(answered + <usize>index, 1);
  const row = stageRow(index), egress = u8At(metaIngress, row);
  const generation = u8At(rowGeneration, row) + 1;
  if (!isConfigured(egress)) return blame(place, VIOLATION_FRAME_PORT, egress);
  const frame = stow(place, at, length, generation);
  if (!frame) return;
  const size = finish(place, frame, length, egress, row, load<u16>(at, FRAME_QUOTE_OFFSET));
  if (!size) return;
  storeMac(frame, be48(<usize>u32At(rowFrame, row) + 6));
  const peer = be16(frame + 12) == ETHER_IPV4 ? u32At(ipv4Src, row) : 0;
  enqueue(frame, size, place, output, ROW_ANSWER, egress, generation, peer, u32At(rowFlow, row),
    u32At(rowSequence, row));
}

/** Whether the row has all of an ARP packet: its sender is copied from there. */
function isWholeArp(row: i32): bool {
  return u16At(ethType, row) == ETHER_ARP && u16At(rowEnd, row) >= u8At(rowL3, row) + 28;
}

function makeOrigination(
  place: u32, p: usize, at: usize, length: u32, output: u32, generation: u32, sequence: u32,
  nowS: u32,
): void {
  const egress = <u32>load<u8>(at, FRAME_EGRESS_OFFSET);
  // A place that may not originate has no ports to do so by.
  const ports = load<u32>(p, PLACE_ORIGINATE_PORTS_OFFSET);
  if (!isConfigured(egress) || !((ports >> egress) & 1)) {
    return blame(place, VIOLATION_FRAME_PORT, egress);
  }
  const rate = rates + (<usize>place << 3);
  if (load<u32>(rate) != nowS) {
    store<u32>(rate, nowS);
    store<u32>(rate, 0, 4);
  }
  if (load<u32>(rate, 4) >= load<u32>(p, PLACE_ORIGINATE_RATE_OFFSET)) {
    return blame(place, VIOLATION_FRAME_RATE, load<u32>(rate, 4));
  }
  store<u32>(rate, load<u32>(rate, 4) + 1, 4);
  const frame = stow(place, at, length, generation + 1);
  if (!frame) return;
  const size = finish(place, frame, length, egress, -1, 0);
  if (!size) return;
  const peer = be16(frame + 12) == ETHER_IPV4 ? be32(frame + 30) : 0;
  enqueue(frame, size, place, output, ROW_ORIGINATED, egress, generation + 1, peer, 0, sequence);
}

/**
 * Sets what is not the module's to choose in an answer to `row` (-1: an origination), and checks
 * its source. Returns the frame's size; 0: it is refused, and blamed on the place.
 */
function finish(
  place: u32, frame: usize, length: u32, egress: u32, row: i32, quote: u32,
): u32 {
  const type = be16(frame + 12);
  let size: u32 = 0;
  let violation: u32 = VIOLATION_FRAME_CLASS;
  if (type == ETHER_IPV4 && (row < 0 || u16At(ethType, row) == ETHER_IPV4)) {
    size = finishIpv4(frame, length, row, quote);
    const source = be32(frame + 26);
    const isRight = row < 0 ? source == portAddress(egress) : isOwn(source, row);
    violation = !size ? VIOLATION_FRAME : isRight ? 0 : VIOLATION_FRAME_SOURCE;
  } else if (type == ETHER_ARP && length >= 42 && (row < 0 || isWholeArp(row))) {
    violation = be32(frame + 28) == portAddress(egress) ? 0 : VIOLATION_FRAME_SOURCE;
    // Nothing but zeros lies behind an ARP packet, up to the shortest frame.
    size = min<u32>(length, 60);
    memory.fill(frame + 42, 0, 18);
    storeMac(frame + 22, portMac(egress));
    if (row >= 0) {
      storeMac(frame + 32, be48(<usize>u32At(rowFrame, row) + u8At(rowL3, row) + 8));
      store<u32>(frame, bswap<u32>(u32At(rowMatchSrc, row)), 38);
    }
  }
  storeMac(frame + 6, portMac(egress));
  if (!violation) return size;
  freeSlot(<u32>frame);
  blame(place, violation, type);
  return 0;
}

/** Copies an entry's bytes into a slot; 0 when there is no room for it or it loops. */
function stow(place: u32, at: usize, length: u32, generation: u32): usize {
  let reason: u32 = 0;
  if (generation > <u32>GENERATION_MAX) reason = DROP_LOOP;
  else if (<u32>ownCount(place) >= share || freeSlots() < 64) reason = DROP_ARENA_FULL;
  if (reason) {
    count(COUNTER_ORIGINATED, 1);
    dropMade(reason);
    return 0;
  }
  const frame = <usize>takeSlot();
  memory.copy(frame, at + FRAME_HEADER_SIZE, length);
  return frame;
}

/**
 * Sets destination, quote, lengths and checksums of an IPv4 frame (no options, no tag) that
 * answers `row` (-1: none). Returns the frame's size, 0 when its header is impossible.
 */
function finishIpv4(frame: usize, length: u32, row: i32, quote: u32): u32 {
  const ip = frame + 14;
  if (length < 34 || load<u8>(ip) != 0x45) return 0;
  let size = length;
  if (row >= 0) {
    const l3 = u8At(rowL3, row);
    quote = min<u32>(quote, u16At(rowEnd, row) - l3);
    const room = QUOTED_DATAGRAM_MAX - min<u32>(QUOTED_DATAGRAM_MAX, length - 14);
    quote = min<u32>(quote, room);
    memory.copy(frame + size, <usize>u32At(rowFrame, row) + l3, quote);
    size += quote;
    store<u32>(ip, bswap<u32>(u32At(ipv4Src, row)), 16);
  }
  store<u16>(ip, bswap<u16>(<u16>(size - 14)), 2);
  store<u16>(ip, 0, 10);
  store<u16>(ip, <u16>~sumOf(ip, 20), 10);
  if (load<u8>(ip, 9) == PROTO_ICMP) {
    if (size < 42) return 0;
    store<u16>(ip, 0, 22);
    store<u16>(ip, <u16>~sumOf(ip + 20, size - 34), 22);
  }
  return size;
}

function enqueue(
  frame: usize, length: u32, place: u32, output: u32, flags: u32, egress: u32, generation: u32,
  peer: u32, flow: u32, sequence: u32,
): void {
  const made = madeQueue + <usize>(madeCount * MADE_SIZE);
  madeCount++;
  countOwn(place, 1);
  store<u32>(made, <u32>frame);
  store<u32>(made, length | (place << 16) | (output << 24), 4);
  store<u32>(made, flags | (egress << 8) | (generation << 16), 8);
  store<u32>(made, peer, 12);
  store<u32>(made, flow, 16);
  store<u32>(made, sequence, 20);
}
