import * as assert from 'node:assert/strict';
import {
  DESCRIPTOR_SIZE,
  FRAME_TRUNCATED,
  FRAME_UNCOUNTED,
  RING_CAPACITY,
  RING_DESCRIPTORS_OFFSET,
  RING_HEAD_OFFSET,
  RING_TAIL_OFFSET,
} from './nic-ring.ts';
import { RxRing, type RxRingAddresses } from './rx-ring.ts';

const LENGTH_MASK = 0xffff;

/** Where a NIC is on the board. Ring addresses are bytes in the kernel's memory. */
export interface NicOptions extends RxRingAddresses {
  name: string;
  /** First wire byte in bits 47..40. */
  mac: number;
  mtu: number;
  /** The port's index on the board, which goes into the arrivals. */
  port: number;
  /** The kernel's WebAssembly.Memory; it must not grow once a NIC has it. */
  memory: { readonly buffer: ArrayBuffer };
  tx: number;
  /** Where FRAME_UNCOUNTED frames arrive, if not among the others: the kernel takes them first. */
  priority?: RxRingAddresses;
}

/** What a NIC counts, in frames and bytes; frames flagged FRAME_UNCOUNTED are in none of them. */
export interface NicCounters {
  /** Handed to the kernel, oversize ones included; bytes as captured. */
  rxFrames: number;
  rxBytes: number;
  /** Refused: the ring was full, or the kernel had posted no slot. */
  rxNoBuffer: number;
  /** Refused: the link was down. */
  rxLinkDown: number;
  /** Put on the wire. */
  txFrames: number;
  txBytes: number;
  /** Taken from the ring while the link was down, and dropped. */
  txLinkDown: number;
}

/** Takes one transmitted frame; its bytes stand in the kernel's memory until this returns. */
export type FrameSink = (
  address: number,
  length: number,
  seconds: number,
  nanoseconds: number,
  flags: number,
) => void;

/**
 * The virtual NIC: moves frames between a wire and the kernel through descriptor rings in the
 * kernel's memory (nic-ring.ts). `receive` and `drain` are for whoever drives the board and
 * allocate nothing for frames below 512 bytes; `send` and `recv` are a raw socket's, for tools
 * and tests at the wire's other end. Nothing here throws because of a frame.
 */
export class RawSocketSim {
  readonly name: string;
  readonly mac: number;
  readonly mtu: number;
  readonly port: number;
  /** All of the kernel's memory, for who reads a transmitted frame's bytes. */
  readonly bytes: Uint8Array;
  readonly counters: NicCounters = {
    rxFrames: 0,
    rxBytes: 0,
    rxNoBuffer: 0,
    rxLinkDown: 0,
    txFrames: 0,
    txBytes: 0,
    txLinkDown: 0,
  };

  private readonly rxRing: RxRing;
  private readonly priorityRing: RxRing;
  // As int32, which engines keep unboxed; >>> 0 where a value is needed and not its bits.
  private readonly words: Int32Array;
  // Indexes into `words`.
  private readonly txHead: number;
  private readonly txTail: number;
  private readonly txDescriptors: number;
  private linkIsUp = true;
  private readonly linkListeners = new Set<(isUp: boolean) => void>();
  private taken: Uint8Array | null = null;

  constructor(options: NicOptions) {
    const { tx, port } = options;
    const { buffer } = options.memory;
    const priority = options.priority ?? options;
    for (const address of [tx, options.rx, options.arrivals, priority.rx, priority.arrivals]) {
      assert.ok(address % 4 === 0 && address < buffer.byteLength, 'a ring is in the memory');
    }
    this.name = options.name;
    this.mac = options.mac;
    this.mtu = options.mtu;
    this.port = port;
    this.bytes = new Uint8Array(buffer);
    this.words = new Int32Array(buffer);
    this.rxRing = new RxRing(buffer, options, port);
    this.priorityRing = priority === options ? this.rxRing : new RxRing(buffer, priority, port);
    this.txHead = (tx + RING_HEAD_OFFSET) >>> 2;
    this.txTail = (tx + RING_TAIL_OFFSET) >>> 2;
    this.txDescriptors = (tx + RING_DESCRIPTORS_OFFSET) >>> 2;
  }

  /**
   * A frame arrives from the wire: bytes `start`..`end` of `frame`, which was `wireLength` bytes
   * long there, at a time since boot. `flags` is 0 or FRAME_UNCOUNTED. False: refused, counted.
   */
  receive(
    frame: Uint8Array,
    start: number,
    end: number,
    wireLength: number,
    flags: number,
    seconds: number,
    nanoseconds: number,
  ): boolean {
    const { counters } = this;
    const isCounted = (flags & FRAME_UNCOUNTED) === 0;
    if (!this.linkIsUp) {
      if (isCounted) counters.rxLinkDown++;
      return false;
    }
    const ring = isCounted ? this.rxRing : this.priorityRing;
    const allFlags = end - start < wireLength ? flags | FRAME_TRUNCATED : flags;
    const isTaken = ring.put(frame, start, end, allFlags, seconds, nanoseconds);
    if (!isCounted) return isTaken;
    if (isTaken) {
      counters.rxFrames++;
      counters.rxBytes += end - start;
    } else counters.rxNoBuffer++;
    return isTaken;
  }

  /** Frames that the kernel has queued and `drain` has not yet taken. */
  transmitPending(): number {
    return (this.words[this.txHead]! - this.words[this.txTail]!) >>> 0;
  }

  /**
   * Puts every queued frame on the wire, or at most `most`, oldest first: hands it to `sink` if the
   * link is up.
   */
  drain(sink: FrameSink, most = Number.POSITIVE_INFINITY): void {
    const count = Math.min(this.transmitPending(), most);
    for (let pending = count; pending > 0; pending--) this.transmitOne(sink);
  }

  /** A raw socket's send at the wire's other end: the frame arrives here. See `receive`. */
  send(frame: Uint8Array, seconds = 0, nanoseconds = 0): boolean {
    return this.receive(frame, 0, frame.length, frame.length, 0, seconds, nanoseconds);
  }

  /** A raw socket's receive at the wire's other end: a copy of the next frame, null if none. */
  recv(): Uint8Array | null {
    this.taken = null;
    while (this.taken === null && this.transmitPending() > 0) this.transmitOne(this.take);
    return this.taken;
  }

  get isUp(): boolean {
    return this.linkIsUp;
  }

  /** Plugs the wire in or out. Listeners are told of a change, before this returns. */
  setLink(isUp: boolean): void {
    if (isUp === this.linkIsUp) return;
    this.linkIsUp = isUp;
    for (const listener of this.linkListeners) listener(isUp);
  }

  /** Calls `listener` at every change of the link state, until the function returned is called. */
  on(_event: 'link', listener: (isUp: boolean) => void): () => void {
    this.linkListeners.add(listener);
    return () => this.linkListeners.delete(listener);
  }

  private transmitOne(sink: FrameSink): void {
    const { words, counters } = this;
    const tail = words[this.txTail]!;
    const index = tail & (RING_CAPACITY - 1);
    const descriptor = this.txDescriptors + index * (DESCRIPTOR_SIZE >>> 2);
    const lengthAndFlags = words[descriptor + 1]!;
    const length = lengthAndFlags & LENGTH_MASK;
    const flags = lengthAndFlags >>> 16;
    const isCounted = (flags & FRAME_UNCOUNTED) === 0;
    if (this.linkIsUp) {
      if (isCounted) {
        counters.txFrames++;
        counters.txBytes += length;
      }
      const seconds = words[descriptor + 2]! >>> 0;
      sink(words[descriptor]! >>> 0, length, seconds, words[descriptor + 3]! >>> 0, flags);
    } else if (isCounted) counters.txLinkDown++;
    // Only now: behind the tail the slot is the kernel's again.
    words[this.txTail] = tail + 1;
  }

  private readonly take: FrameSink = (address, length) => {
    this.taken = this.bytes.slice(address, address + length);
  };
}
