/**
 * The frame arena and the rings. Slots are SLOT_SIZE bytes; a frame begins SLOT_HEADROOM into its
 * slot (a VLAN tag put in moves it down). A slot is always in exactly one place: the free stack,
 * an rx descriptor, a row, the hold, the made queue, or a tx descriptor.
 */
import {
  ARRIVALS_CAPACITY, DESCRIPTOR_ADDRESS_OFFSET, DESCRIPTOR_SIZE, RING_CAPACITY,
  RING_DESCRIPTORS_OFFSET, RING_HEAD_OFFSET, RING_SIZE, RING_TAIL_OFFSET, SLOT_HEADROOM, SLOT_SIZE,
} from '../../drivers/nic-ring';

/** Rings of a port: rx, rx with priority (the emulation's own replies), tx. */
export const RINGS_PER_PORT: i32 = 3;
export const RING_RX: i32 = 0;
export const RING_PRIORITY: i32 = 1;
export const RING_TX: i32 = 2;

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
const PRIORITY_WINDOW: u32 = 64;

/** Kernel memory for the life of the board, zeroed, 64-byte aligned. Only while booting. */
export function allocate(size: u32): usize {
  if (top == 0) top = __heap_base;
  const address = (top + 63) & ~63;
  top = address + size;
  const pages = <i32>((top + 65535) >> 16);
  if (pages > memory.size()) {
    if (memory.grow(pages - memory.size()) < 0) unreachable();
  }
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
  // Three quarters of the arena receive; the rest is for what is held, made and being sent.
  window = min<u32>(RING_CAPACITY, slotCount * 3 / <u32>(4 * ports));
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
    refillRing(port, RING_PRIORITY, min<u32>(window, PRIORITY_WINDOW));
  }
}

function refillRing(port: i32, which: i32, ahead: u32): void {
  const ring = ringOf(port, which);
  const mark = posted + (<usize>(port * RINGS_PER_PORT + which) << 2);
  const end = load<u32>(ring, RING_TAIL_OFFSET) + ahead;
  let at = load<u32>(mark);
  for (; at != end && freeCount > 0; at++) {
    store<u32>(descriptor(ring, at), takeSlot(), DESCRIPTOR_ADDRESS_OFFSET);
  }
  store<u32>(mark, at);
}

/** Takes the rx descriptor at the tail: its slot is the caller's from here on. */
// @ts-ignore: decorator
@inline export function takeDescriptor(ring: usize, tail: u32): void {
  store<u32>(descriptor(ring, tail), 0, DESCRIPTOR_ADDRESS_OFFSET);
  store<u32>(ring, tail + 1, RING_TAIL_OFFSET);
}

/** The address for a frame in a free slot; 0: the arena is full. */
export function takeSlot(): u32 {
  if (freeCount == 0) return 0;
  freeCount--;
  return load<u32>(freeStack + (<usize>freeCount << 2));
}

/** Gives back the slot that the frame at `frame` lies in. */
export function freeSlot(frame: u32): void {
  const slot = (frame - <u32>slots) / SLOT_SIZE;
  store<u32>(freeStack + (<usize>freeCount << 2), <u32>slots + slot * SLOT_SIZE + SLOT_HEADROOM);
  freeCount++;
}

export function freeSlots(): u32 {
  return freeCount;
}

/** Takes back the slots of all frames that the NICs have sent. */
export function reclaim(): void {
  for (let port = 0; port < portCount; port++) {
    const ring = ringOf(port, RING_TX);
    const tail = load<u32>(ring, RING_TAIL_OFFSET);
    const seen = reclaimed + (<usize>port << 2);
    for (let i = load<u32>(seen); i != tail; i++) freeSlot(load<u32>(descriptor(ring, i)));
    store<u32>(seen, tail);
  }
}

/** Puts a frame on a port's tx ring; false: the ring is full and the frame stays the caller's. */
export function transmitTo(port: i32, frame: u32, length: u32, flags: u32, time: i64): bool {
  const ring = ringOf(port, RING_TX);
  const head = load<u32>(ring, RING_HEAD_OFFSET);
  if (head - load<u32>(reclaimed + (<usize>port << 2)) >= <u32>RING_CAPACITY) return false;
  const at = descriptor(ring, head);
  store<u32>(at, frame);
  store<u32>(at, length | (flags << 16), 4);
  const seconds = time / 1000000000;
  store<u32>(at, <u32>seconds, 8);
  store<u32>(at, <u32>(time - seconds * 1000000000), 12);
  store<u32>(ring, head + 1, RING_HEAD_OFFSET);
  return true;
}
