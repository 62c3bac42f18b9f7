/**
 * The bench's NICs as a DMA engine: a program of its own that works on the kernel's memory, so that
 * no JavaScript touches a packet while the time is taken. It fills rx descriptors from templates
 * and empties tx rings. It has no data of its own in that memory: addresses come from the host.
 *
 *   template   TEMPLATE_SIZE bytes: the frame's first bytes; what is longer goes on with the body
 *   lengths    u16 a template: bytes of the frame in memory
 *   body       what follows the template's bytes in every frame
 */
import {
  ARRIVALS_CAPACITY, DESCRIPTOR_LENGTH_OFFSET, DESCRIPTOR_NANOSECONDS_OFFSET,
  DESCRIPTOR_SECONDS_OFFSET, DESCRIPTOR_SIZE, RING_CAPACITY, RING_DESCRIPTORS_OFFSET,
  RING_HEAD_OFFSET, RING_TAIL_OFFSET,
} from '../../../drivers/nic-ring';

const TEMPLATE_SIZE: usize = 64;
const SECOND: u32 = 1000000000;

let templates: usize = 0;
let lengths: usize = 0;
let body: usize = 0;
let count: u32 = 0;
let next: u32 = 0;
let rx: usize = 0;
let arrivals: usize = 0;
let port: u8 = 0;
let gapNs: u32 = 0;
let seconds: u32 = 1;
let nanoseconds: u32 = 0;

/** Where frames arrive from now on: an rx ring, the order of arrivals, and the port's number. */
export function plug(ring: usize, order: usize, number: u32): void {
  rx = ring;
  arrivals = order;
  port = <u8>number;
}

/** Which frames: `frames` templates, used in turn, each `gap` ns after the one before. */
export function loadTraffic(
  first: usize, sizes: usize, rest: usize, frames: u32, gap: u32,
): void {
  templates = first;
  lengths = sizes;
  body = rest;
  count = frames;
  next = 0;
  gapNs = gap;
}

/**
 * Puts up to `frames` frames into posted slots; returns how many there was room for. Whole frames,
 * or, where the slots still hold the body from before, their first bytes only.
 */
export function fill(frames: u32, isWhole: bool): u32 {
  const ring = rx, first = templates, sizes = lengths, number = port, gap = gapNs, all = count;
  const head = load<u32>(ring, RING_HEAD_OFFSET);
  const arrived = load<u32>(arrivals, RING_HEAD_OFFSET);
  let room = <u32>RING_CAPACITY - (head - load<u32>(ring, RING_TAIL_OFFSET));
  room = min(room, ARRIVALS_CAPACITY - (arrived - load<u32>(arrivals, RING_TAIL_OFFSET)));
  if (frames > room) frames = room;
  let done: u32 = 0, template = next, ns = nanoseconds;
  for (; done < frames; done++) {
    const at = (head + done) & (RING_CAPACITY - 1);
    const descriptor = ring + RING_DESCRIPTORS_OFFSET + <usize>at * DESCRIPTOR_SIZE;
    const to = <usize>load<u32>(descriptor);
    if (to == 0) break;
    const from = first + <usize>template * TEMPLATE_SIZE;
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    v128.store(to, v128.load(from, 32), 32);
    v128.store(to, v128.load(from, 48), 48);
    store<u32>(descriptor, load<u16>(sizes + (<usize>template << 1)), DESCRIPTOR_LENGTH_OFFSET);
    if (ns >= SECOND) {
      ns -= SECOND;
      seconds++;
    }
    store<u32>(descriptor, seconds, DESCRIPTOR_SECONDS_OFFSET);
    store<u32>(descriptor, ns, DESCRIPTOR_NANOSECONDS_OFFSET);
    const entry = (arrived + done) & (ARRIVALS_CAPACITY - 1);
    store<u8>(arrivals + RING_DESCRIPTORS_OFFSET + <usize>entry, number);
    template = template + 1 == all ? 0 : template + 1;
    ns += gap;
  }
  next = template;
  nanoseconds = ns;
  if (isWhole) fillBodies(head, done);
  store<u32>(ring, head + done, RING_HEAD_OFFSET);
  store<u32>(arrivals, arrived + done, RING_HEAD_OFFSET);
  return done;
}

/** What follows the first bytes of frames just filled. */
function fillBodies(head: u32, frames: u32): void {
  for (let done: u32 = 0; done < frames; done++) {
    const at = (head + done) & (RING_CAPACITY - 1);
    const descriptor = rx + RING_DESCRIPTORS_OFFSET + <usize>at * DESCRIPTOR_SIZE;
    const to = <usize>load<u32>(descriptor) + TEMPLATE_SIZE;
    const length = <usize>load<u16>(descriptor, DESCRIPTOR_LENGTH_OFFSET);
    if (length > TEMPLATE_SIZE) memory.copy(to, body, length - TEMPLATE_SIZE);
  }
}

/** Puts all frames of a tx ring on the wire; returns how many. */
export function drain(ring: usize): u32 {
  const head = load<u32>(ring, RING_HEAD_OFFSET);
  const sent = head - load<u32>(ring, RING_TAIL_OFFSET);
  store<u32>(ring, head, RING_TAIL_OFFSET);
  return sent;
}

/** Virtual time of the next frame. */
export function timeSeconds(): u32 { return seconds; }
export function timeNanoseconds(): u32 { return nanoseconds; } // may be a little over a second
/** Sets the virtual time of the next frame. */
export function setTime(s: u32, ns: u32): void {
  seconds = s;
  nanoseconds = ns;
}
