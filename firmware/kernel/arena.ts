/**
 * The frame arena and the rings. Slots are SLOT_SIZE bytes; a frame begins SLOT_HEADROOM into its
 * slot (a VLAN tag put in moves it down). A slot is always in exactly one place: the free stack,
 * an rx descriptor, a row, the hold, the made queue, or a tx descriptor.
 */
import { PORTS_MAX } from '../../config/abi';
import {
  ARRIVALS_CAPACITY, DESCRIPTOR_ADDRESS_OFFSET, DESCRIPTOR_SECONDS_OFFSET, DESCRIPTOR_SIZE,
  PRIORITY_WINDOW_MAX, RINGS_PER_PORT, RING_CAPACITY, RING_DESCRIPTORS_OFFSET, RING_HEAD_OFFSET,
  RING_PRIORITY, RING_RX, RING_SIZE, RING_TAIL_OFFSET, RING_TX, RX_WINDOW_MAX, SLOT_HEADROOM,
  SLOT_SIZE,
} from '../../drivers/nic-ring';
import { COUNTER_PORT_TRANSMITTED, COUNTER_TRANSMITTED, SECOND_NS } from '../boot/table-layout';
import { count } from './counters';
import { isUp, portMac } from './ports';

let top: usize = 0;
let slots: usize = 0;
let freeStack: usize = 0;
let freeCount: u32 = 0;
let rings: usize = 0;
let arrivals: usize = 0;
let portCount: i32 = 0;
/** u32 a port: tx descriptors whose slots have been taken back. */
let reclaimed: usize = 0;
/** u32 a ring: rx descriptors that have been given a slot. */
let posted: usize = 0;
let window: u32 = 0;

/** Kernel memory for the life of the board, zeroed, 64-byte aligned. Only while booting. */
export function allocate(size: u32): usize {
  if (top == 0) top = __heap_base;
  const address = (top + 63) & ~63;
  top = address + size;
  const pages = <i32>((top + 65535) >> 16);
  if (memory.grow(max<i32>(0, pages - memory.size())) == -1) unreachable();
  return address;
}

export function openArena(ports: i32, slotCount: u32): void {
  portCount = ports;
  rings = allocate(<u32>(ports * RINGS_PER_PORT * RING_SIZE));
  arrivals = allocate(2 * (64 + ARRIVALS_CAPACITY));
  reclaimed = allocate(<u32>ports * 4);
  freeStack = allocate(slotCount * 4);
  slots = allocate(slotCount * SLOT_SIZE);
  for (let i = slotCount; i > 0; i--) freeSlot(<u32>slots + (i - 1) * SLOT_SIZE + SLOT_HEADROOM);
  posted = allocate(<u32>(ports * RINGS_PER_PORT) * 4);
  // Three quarters of the arena receive; the rest is for what is held, made and being sent. The
  // fewer slots take turns, the nearer they are.
  window = min<u32>(RX_WINDOW_MAX, slotCount * 3 / <u32>(4 * ports));
  refill();
}

export function ringOf(port: i32, which: i32): usize {
  return rings + <usize>((port * RINGS_PER_PORT + which) * RING_SIZE);
}

/** Arrival order of the rx rings (0) or of the priority rings (1). */
export function arrivalsOf(which: i32): usize {
  return arrivals + <usize>(which * (64 + ARRIVALS_CAPACITY));
}

// @ts-ignore: decorator
@inline export function descriptor(ring: usize, index: u32): usize {
  return ring + RING_DESCRIPTORS_OFFSET + <usize>(index & (RING_CAPACITY - 1)) * DESCRIPTOR_SIZE;
}

/** Posts free slots on the rx rings: `window` ahead of each tail, as far as they go. */
export function refill(): void {
  for (let port = 0; port < portCount; port++) {
    refillRing(port, RING_RX, window);
    refillRing(port, RING_PRIORITY, min<u32>(window, PRIORITY_WINDOW_MAX));
  }
}

function refillRing(port: i32, which: i32, ahead: u32): void {
  const ring = ringOf(port, which);
  const mark = posted + (<usize>(port * RINGS_PER_PORT + which) << 2);
  let at = load<u32>(mark);
  for (const end = load<u32>(ring, RING_TAIL_OFFSET) + ahead; at != end && freeCount > 0; at++) {
    store<u32>(descriptor(ring, at), takeSlot(), DESCRIPTOR_ADDRESS_OFFSET);
  }
  store<u32>(mark, at);
}

/** The address for a frame in a free slot, of which there is one. */
export function takeSlot(): u32 {
  freeCount--;
  return load<u32>(freeStack + (<usize>freeCount << 2));
}

/**
 * Gives back the slot that the frame at `frame` lies in: a tag put in or taken out has moved the
 * frame by 4 bytes at most, and where it began is a multiple of 64.
 */
// @ts-ignore: decorator
@inline export function freeSlot(frame: u32): void {
  store<u32>(freeStack + (<usize>freeCount << 2), (frame + 8) & ~63);
  freeCount++;
}

export function freeSlots(): u32 { return freeCount; }

/** Takes back the slots of all frames that the NICs have sent. */
export function reclaim(): void {
  for (let port = 0; port < portCount; port++) {
    const ring = ringOf(port, RING_TX), tail = load<u32>(ring, RING_TAIL_OFFSET);
    const seen = reclaimed + (<usize>port << 2);
    for (let i = load<u32>(seen); i != tail; i++) freeSlot(load<u32>(descriptor(ring, i)));
    store<u32>(seen, tail);
  }
}

/**
 * A port while a vector leaves by it: u32 tx ring, u32 head, u32 the head at which the ring is full
 * (or the port down), u32 head when the vector began, u64 MAC address, u64 the same in wire order.
 */
const senders: usize = memory.data(PORTS_MAX * 32, 64);

// @ts-ignore: decorator
@inline export function senderOf(port: u32): usize { return senders + (<usize>port << 5); }
// @ts-ignore: decorator
@inline export function isFull(sender: usize): bool {
  return load<u32>(sender, 4) == load<u32>(sender, 8);
}
// @ts-ignore: decorator
@inline export function senderMac(sender: usize): u64 { return load<u64>(sender, 16); }
// @ts-ignore: decorator
@inline export function wireMac(sender: usize): u64 { return load<u64>(sender, 24); }

/** Before a vector's frames are put on tx rings. */
export function openSenders(): void {
  for (let port = 0; port < portCount; port++) {
    const sender = senderOf(port), ring = ringOf(port, RING_TX);
    const head = load<u32>(ring, RING_HEAD_OFFSET);
    const full = load<u32>(reclaimed + (<usize>port << 2)) + RING_CAPACITY;
    store<u32>(sender, <u32>ring);
    store<u32>(sender, head, 4);
    store<u32>(sender, isUp(port) ? full : head, 8);
    store<u32>(sender, head, 12);
    store<u64>(sender, portMac(port), 16);
    store<u64>(sender, bswap<u64>(portMac(port) << 16), 24);
  }
}

/** Hands the NICs what the vector has put on their rings, and counts it. */
export function closeSenders(): void {
  for (let port = 0; port < portCount; port++) {
    const sender = senderOf(port), head = load<u32>(sender, 4);
    const frames = head - load<u32>(sender, 12);
    store<u32>(load<u32>(sender), head, RING_HEAD_OFFSET);
    count(COUNTER_TRANSMITTED, frames);
    count(COUNTER_PORT_TRANSMITTED + port, frames);
  }
}

/** The frame put on a port's ring last is the emulation's own, in no counter. */
export function uncountSent(port: u32): void {
  store<u32>(senderOf(port), load<u32>(senderOf(port), 12) + 1, 12);
}

// The second of the frame sent last, and when it began: frames come in runs of one second.
let second: i64 = 0;
let secondStart: i64 = 0;

/** Puts a frame on a port's tx ring, which is not full: the NIC owns its slot from here on. */
// @ts-ignore: decorator
@inline export function put(sender: usize, frame: u32, lengthFlags: u32, time: i64): void {
  if (<u64>(time - secondStart) >= <u64>SECOND_NS) {
    second = time / <i64>SECOND_NS;
    secondStart = second * <i64>SECOND_NS;
  }
  const head = load<u32>(sender, 4), at = descriptor(load<u32>(sender), head);
  store<u64>(at, <u64>frame | (<u64>lengthFlags << 32));
  store<u64>(at, <u64>second | (<u64>(time - secondStart) << 32), DESCRIPTOR_SECONDS_OFFSET);
  store<u32>(sender, head + 1, 4);
}
