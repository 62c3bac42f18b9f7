/**
 * A wire whose far end another thread looks after: a queue each way, and what that thread knows of
 * the far end, in shared memory.
 */
import type { FrameSink } from '../raw-socket-sim.ts';
import type { Doorbell } from './doorbell.ts';
import { allocateFrameRing, FrameRing, type RingSink } from './frame-ring.ts';
import { WIRE_BATCH, type Wire, type WireCounters, type WirePort } from './wire.ts';

/** Bytes of a queue: 340 of the longest frames, 6,500 of the shortest. */
export const WIRE_RING_CAPACITY = 1 << 19;

const CARRIER = 0;
const RX_DROPPED = 1;
const TX_DROPPED = 2;
const LINK = 3;

/** What both ends of a ring wire share. */
export interface RingWireMemory {
  readonly rx: SharedArrayBuffer;
  readonly tx: SharedArrayBuffer;
  /**
   * i32 carrier, u32 frames that the far end's thread lost on their way in, and out, i32 whether
   * the port's link is up.
   */
  readonly state: SharedArrayBuffer;
}

export function allocateRingWire(): RingWireMemory {
  return {
    rx: allocateFrameRing(WIRE_RING_CAPACITY),
    tx: allocateFrameRing(WIRE_RING_CAPACITY),
    state: new SharedArrayBuffer(16),
  };
}

/** The port's end. `farBell` wakes the thread of the other. */
export class RingWire implements Wire {
  private readonly own: WireCounters = { rxDropped: 0, txDropped: 0 };
  private readonly nic: WirePort;
  private readonly rx: FrameRing;
  private readonly tx: FrameRing;
  private readonly state: Uint32Array;
  private readonly farBell: Doorbell;
  private seconds = 0;
  private nanoseconds = 0;
  private hasSent = false;

  constructor(nic: WirePort, memory: RingWireMemory, farBell: Doorbell) {
    this.nic = nic;
    this.rx = new FrameRing(memory.rx);
    this.tx = new FrameRing(memory.tx);
    this.state = new Uint32Array(memory.state);
    this.farBell = farBell;
  }

  get counters(): WireCounters {
    const { own, state } = this;
    return {
      rxDropped: own.rxDropped + Atomics.load(state, RX_DROPPED),
      txDropped: own.txDropped + Atomics.load(state, TX_DROPPED),
    };
  }

  isUp(): boolean {
    return Atomics.load(this.state, CARRIER) === 1;
  }

  receive(seconds: number, nanoseconds: number): number {
    this.seconds = seconds;
    this.nanoseconds = nanoseconds;
    let count = 0;
    while (count < WIRE_BATCH && this.rx.take(this.arrive)) count++;
    return count;
  }

  readonly transmit: FrameSink = (address, length, seconds, nanoseconds) => {
    const { nic, tx, own } = this;
    this.hasSent = true;
    const hasRoom = tx.push(nic.bytes, address, address + length, 0, seconds, nanoseconds);
    if (!hasRoom) own.txDropped++;
  };

  flush(): void {
    if (!this.hasSent) return;
    this.hasSent = false;
    this.farBell.ring();
  }

  linkChanged(isUp: boolean): void {
    Atomics.store(this.state, LINK, isUp ? 1 : 0);
    this.farBell.ring();
  }

  private readonly arrive: RingSink = (bytes, start, end, wireLength) => {
    this.nic.receive(bytes, start, end, wireLength, 0, this.seconds, this.nanoseconds);
  };
}

/** The far end, in the thread that looks after it. `portBell` wakes the data plane. */
export class RingWireEnd {
  private readonly rx: FrameRing;
  private readonly tx: FrameRing;
  private readonly state: Uint32Array;
  private readonly portBell: Doorbell;

  constructor(memory: RingWireMemory, portBell: Doorbell) {
    this.rx = new FrameRing(memory.rx);
    this.tx = new FrameRing(memory.tx);
    this.state = new Uint32Array(memory.state);
    this.portBell = portBell;
  }

  /** Somebody is there now, or nobody any more: then what was for them is forgotten. */
  setCarrier(isUp: boolean): void {
    if (!isUp) this.tx.clear();
    Atomics.store(this.state, CARRIER, isUp ? 1 : 0);
    this.portBell.ring();
  }

  /** Whether the port takes in what arrives. */
  get isLinkUp(): boolean {
    return Atomics.load(this.state, LINK) === 1;
  }

  /** A frame has come from the far end. */
  arrive(bytes: Uint8Array, start: number, end: number): void {
    if (!this.offer(bytes, start, end, end - start)) this.countRx();
  }

  /**
   * A frame that was `wireLength` bytes long and can wait: false, and nothing is counted, while
   * there is no room for it.
   */
  offer(bytes: Uint8Array, start: number, end: number, wireLength: number): boolean {
    const hasRoom = this.rx.push(bytes, start, end, wireLength);
    this.portBell.ring();
    return hasRoom;
  }

  countRx(): void {
    Atomics.add(this.state, RX_DROPPED, 1);
  }

  /** Frames that the far end cannot be given. */
  countTx(frames: number): void {
    Atomics.add(this.state, TX_DROPPED, frames);
  }

  /** The next frame for the far end, and when the port sent it, in `sink`; false: there is none. */
  take(sink: RingSink): boolean {
    return this.tx.take(sink);
  }
}
