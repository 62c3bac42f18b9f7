import {
  DESCRIPTOR_SIZE,
  RING_CAPACITY,
  RING_DESCRIPTORS_OFFSET,
  RING_SIZE,
  SLOT_SIZE,
} from '../../drivers/nic-ring.ts';
import { type NicOptions, RawSocketSim } from '../../drivers/raw-socket-sim.ts';

const RX = 64;
const TX = RX + RING_SIZE;
const PRIORITY = TX + RING_SIZE;
const ARRIVALS = PRIORITY + RING_SIZE;
const ARRIVALS_SIZE = 64 + 32_768;
const PRIORITY_ARRIVALS = ARRIVALS + ARRIVALS_SIZE;
const RX_SLOTS = PRIORITY_ARRIVALS + ARRIVALS_SIZE;
const TX_SLOTS = RX_SLOTS + RING_CAPACITY * SLOT_SIZE;
const SIZE = TX_SLOTS + RING_CAPACITY * SLOT_SIZE;

export interface TakenFrame {
  port: number;
  bytes: Uint8Array;
  length: number;
  flags: number;
  seconds: number;
  nanoseconds: number;
}

/** The kernel's side of one NIC's rings, read and written through a DataView as documented. */
export class KernelSide {
  readonly memory = { buffer: new ArrayBuffer(SIZE) };
  readonly nic: RawSocketSim;
  private readonly view = new DataView(this.memory.buffer);
  private readonly bytes = new Uint8Array(this.memory.buffer);
  private readonly rx: number;
  private readonly arrivals: number;

  /** All counts start at `first`. With `takesPriority` it takes what comes by that ring. */
  constructor(options: Partial<NicOptions> = {}, first = 0, takesPriority = false) {
    this.rx = takesPriority ? PRIORITY : RX;
    this.arrivals = takesPriority ? PRIORITY_ARRIVALS : ARRIVALS;
    for (const ring of [RX, TX, PRIORITY, ARRIVALS, PRIORITY_ARRIVALS]) {
      this.view.setUint32(ring, first, true);
      this.view.setUint32(ring + 4, first, true);
    }
    for (let index = 0; index < RING_CAPACITY; index++) {
      this.view.setUint32(descriptorOf(RX, index), RX_SLOTS + 64 + index * SLOT_SIZE, true);
      this.post(index);
    }
    this.nic = new RawSocketSim({
      name: 'eth0',
      mac: 0x020000000001,
      mtu: 1500,
      port: 5,
      memory: this.memory,
      rx: RX,
      tx: TX,
      arrivals: ARRIVALS,
      ...(takesPriority ? { priority: { rx: PRIORITY, arrivals: PRIORITY_ARRIVALS } } : {}),
      ...options,
    });
  }

  /** Posts a slot in the rx descriptor of this count; or none, if so asked. */
  post(count: number, slot = RX_SLOTS + 64 + (count % RING_CAPACITY) * SLOT_SIZE): void {
    this.view.setUint32(descriptorOf(this.rx, count), slot, true);
  }

  /** Makes the order of arrival look as far behind as it can be. */
  fillArrivals(): void {
    const head = this.view.getUint32(ARRIVALS, true);
    this.view.setUint32(ARRIVALS + 4, (head - 32_768) >>> 0, true);
  }

  /** Takes the next received frame, as the kernel would, and posts its slot again. */
  take(): TakenFrame | null {
    const { view, rx, arrivals } = this;
    const tail = view.getUint32(rx + 4, true);
    if (tail === view.getUint32(rx, true)) return null;
    const arrived = view.getUint32(arrivals + 4, true);
    const descriptor = descriptorOf(rx, tail);
    const address = view.getUint32(descriptor, true);
    const length = view.getUint16(descriptor + 4, true);
    view.setUint32(rx + 4, (tail + 1) >>> 0, true);
    view.setUint32(arrivals + 4, (arrived + 1) >>> 0, true);
    return {
      port: this.bytes[arrivals + 64 + (arrived % 32_768)]!,
      bytes: this.bytes.slice(address, address + length),
      length,
      flags: view.getUint16(descriptor + 6, true),
      seconds: view.getUint32(descriptor + 8, true),
      nanoseconds: view.getUint32(descriptor + 12, true),
    };
  }

  /** Queues a frame for the NIC to send. */
  transmit(frame: Uint8Array, seconds = 0, nanoseconds = 0, flags = 0): void {
    const { view } = this;
    const head = view.getUint32(TX, true);
    const slot = TX_SLOTS + 64 + (head % RING_CAPACITY) * SLOT_SIZE;
    this.bytes.set(frame, slot);
    const descriptor = descriptorOf(TX, head);
    view.setUint32(descriptor, slot, true);
    view.setUint16(descriptor + 4, frame.length, true);
    view.setUint16(descriptor + 6, flags, true);
    view.setUint32(descriptor + 8, seconds, true);
    view.setUint32(descriptor + 12, nanoseconds, true);
    view.setUint32(TX, (head + 1) >>> 0, true);
  }
}

function descriptorOf(ring: number, count: number): number {
  return ring + RING_DESCRIPTORS_OFFSET + (count % RING_CAPACITY) * DESCRIPTOR_SIZE;
}
