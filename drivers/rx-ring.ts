import { FrameCopier } from './frame-copier.ts';
import {
  ARRIVALS_CAPACITY,
  DESCRIPTOR_SIZE,
  FRAME_OVERSIZE,
  FRAME_SIZE_MAX,
  RING_CAPACITY,
  RING_DESCRIPTORS_OFFSET,
  RING_HEAD_OFFSET,
  RING_TAIL_OFFSET,
} from './nic-ring.ts';

const RING_MASK = RING_CAPACITY - 1;
const ARRIVALS_MASK = ARRIVALS_CAPACITY - 1;
const LENGTH_MAX = 0xffff;

/** Where an rx ring and its order of arrival lie: bytes in the kernel's memory. */
export interface RxRingAddresses {
  rx: number;
  arrivals: number;
}

/** The NIC's side of one rx ring: fills the descriptors that the kernel has posted slots in. */
export class RxRing {
  // As int32, which engines keep unboxed; >>> 0 where a value is needed and not its bits.
  private readonly words: Int32Array;
  private readonly bytes: Uint8Array;
  private readonly copier: FrameCopier;
  private readonly port: number;
  // Indexes into `words`; the arrivals' entries into `bytes`.
  private readonly head: number;
  private readonly tail: number;
  private readonly descriptors: number;
  private readonly arrivalsHead: number;
  private readonly arrivalsTail: number;
  private readonly arrivalsEntries: number;

  constructor(buffer: ArrayBuffer, addresses: RxRingAddresses, port: number) {
    const { rx, arrivals } = addresses;
    this.words = new Int32Array(buffer);
    this.bytes = new Uint8Array(buffer);
    this.copier = new FrameCopier(this.bytes);
    this.port = port;
    this.head = (rx + RING_HEAD_OFFSET) >>> 2;
    this.tail = (rx + RING_TAIL_OFFSET) >>> 2;
    this.descriptors = (rx + RING_DESCRIPTORS_OFFSET) >>> 2;
    this.arrivalsHead = (arrivals + RING_HEAD_OFFSET) >>> 2;
    this.arrivalsTail = (arrivals + RING_TAIL_OFFSET) >>> 2;
    this.arrivalsEntries = arrivals + RING_DESCRIPTORS_OFFSET;
  }

  /**
   * Puts bytes `start`..`end` of `frame` into the next posted slot and the port into the order of
   * arrival; of a frame longer than FRAME_SIZE_MAX the length only. False: there is no room.
   */
  put(
    frame: Uint8Array,
    start: number,
    end: number,
    flags: number,
    seconds: number,
    nanoseconds: number,
  ): boolean {
    const { words } = this;
    const head = words[this.head]!;
    if ((head - words[this.tail]!) >>> 0 >= RING_CAPACITY) return false;
    const arrived = words[this.arrivalsHead]!;
    if ((arrived - words[this.arrivalsTail]!) >>> 0 >= ARRIVALS_CAPACITY) return false;
    const descriptor = this.descriptors + (head & RING_MASK) * (DESCRIPTOR_SIZE >>> 2);
    const address = words[descriptor]! >>> 0;
    if (address === 0) return false; // the kernel had no slot to post

    const length = end - start;
    let allFlags = flags;
    if (length > FRAME_SIZE_MAX) allFlags |= FRAME_OVERSIZE;
    else this.copier.copy(frame, start, end, address);
    words[descriptor + 1] = (length < LENGTH_MAX ? length : LENGTH_MAX) | (allFlags << 16);
    words[descriptor + 2] = seconds;
    words[descriptor + 3] = nanoseconds;
    this.bytes[this.arrivalsEntries + (arrived & ARRIVALS_MASK)] = this.port;
    words[this.arrivalsHead] = arrived + 1;
    words[this.head] = head + 1;
    return true;
  }
}
