/**
 * A tap on the ports: copies of what they receive and send, in a bounded queue that another thread
 * empties into captures. What it has no room for is not recorded, and counted.
 */
import type { RawSocketSim } from '../raw-socket-sim.ts';
import type { Doorbell } from './doorbell.ts';
import { allocateFrameRing, FrameRing, type RingSink } from './frame-ring.ts';
import type { FrameReceiver, WirePort } from './wire.ts';

/** Bytes of the queue: some milliseconds of a busy router, some hundred of a plant's. */
const TAP_CAPACITY = 1 << 23;

/** Bits 1..0 of a packet's flags in pcapng (epb_flags): which way it went. */
export const TAP_INBOUND = 1;
export const TAP_OUTBOUND = 2;
const DIRECTION_BITS = 2;

/** What both ends share: the queue, and u32 frames that were not recorded. */
export interface PortTapMemory {
  readonly ring: SharedArrayBuffer;
  readonly state: SharedArrayBuffer;
}

export function allocatePortTap(): PortTapMemory {
  return { ring: allocateFrameRing(TAP_CAPACITY), state: new SharedArrayBuffer(8) };
}

/** Of which port a recorded frame is, by the tag that it has in the queue. */
export function tappedPort(tag: number): number {
  return tag >> DIRECTION_BITS;
}

/** TAP_INBOUND or TAP_OUTBOUND. */
export function tappedDirection(tag: number): number {
  return tag & ((1 << DIRECTION_BITS) - 1);
}

export class PortTap {
  private readonly ring: FrameRing;
  private readonly state: Uint32Array;
  private isQuiet = true;

  constructor({ ring, state }: PortTapMemory) {
    this.ring = new FrameRing(ring);
    this.state = new Uint32Array(state);
  }

  /** Frames that were not recorded. */
  get lost(): number {
    return Atomics.load(this.state, 0);
  }

  /** The data plane: a frame has come in by a port, or goes out by it. */
  record(
    port: number,
    direction: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    this.isQuiet = false;
    const tag = (port << DIRECTION_BITS) | direction;
    const hasRoom = this.ring.push(bytes, start, end, tag, seconds, nanoseconds);
    if (!hasRoom) Atomics.add(this.state, 0, 1);
  }

  /** The data plane: rings for what was recorded since the last call. */
  flush(bell: Doorbell): void {
    if (this.isQuiet) return;
    this.isQuiet = true;
    bell.ring();
  }

  /** The other thread: hands what was recorded to `sink`, oldest first; times are since boot. */
  drain(sink: RingSink): void {
    while (this.ring.take(sink));
  }
}

/** A port that tells the tap of what it receives. */
export class TappedPort implements WirePort {
  readonly bytes: Uint8Array;
  private readonly nic: RawSocketSim;
  private readonly tap: PortTap;

  constructor(nic: RawSocketSim, tap: PortTap) {
    this.nic = nic;
    this.tap = tap;
    this.bytes = nic.bytes;
  }

  readonly receive: FrameReceiver = (
    frame,
    start,
    end,
    wireLength,
    flags,
    seconds,
    nanoseconds,
  ) => {
    this.tap.record(this.nic.port, TAP_INBOUND, frame, start, end, seconds, nanoseconds);
    return this.nic.receive(frame, start, end, wireLength, flags, seconds, nanoseconds);
  };
}
