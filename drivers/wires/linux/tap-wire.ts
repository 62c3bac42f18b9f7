/** A wire through a TAP device. Frames are sent from where they lie in the kernel's memory. */
import type { FrameSink } from '../../raw-socket-sim.ts';
import { WIRE_BATCH, type Wire, type WireCounters, type WirePort } from '../wire.ts';
import { FILE_BATCH_CAPACITY, type FileBatch } from './file-batch.ts';
import type { Libc } from './libc.ts';
import { setTapCarrier } from './tap-device.ts';

const POLLOUT = 4;
/** Longer than any frame that the NIC takes, so that it sees what is too long. */
const SLOT_SIZE = 4096;

export class TapWire implements Wire {
  readonly counters: WireCounters = { rxDropped: 0, txDropped: 0 };
  private readonly libc: Libc;
  private readonly nic: WirePort;
  private readonly fd: number;
  private readonly batch: FileBatch;
  private readonly slots = new Uint8Array(WIRE_BATCH * SLOT_SIZE);
  private readonly slotsAddress: number;
  private readonly memory: number;
  /** Frames that the next call asks for: those that do not come cost time. */
  private asked = 1;
  /** Of the frames that `transmit` has taken. */
  private readonly lengths = new Int32Array(FILE_BATCH_CAPACITY);
  private queued = 0;
  /** struct pollfd {i32 fd, i16 events, i16 found}. */
  private readonly poll = new DataView(new ArrayBuffer(8));
  private readonly pollBytes = new Uint8Array(this.poll.buffer);

  /** `batch` is this wire's own. */
  constructor(libc: Libc, nic: WirePort, fd: number, batch: FileBatch) {
    this.libc = libc;
    this.nic = nic;
    this.fd = fd;
    this.batch = batch;
    this.slotsAddress = libc.addressOf(this.slots);
    this.memory = libc.addressOf(nic.bytes);
    this.poll.setInt32(0, fd, true);
    this.poll.setInt16(4, POLLOUT, true);
  }

  /** A device can be written while its interface is up, in whatever namespace that is. */
  isUp(): boolean {
    const ready = this.libc.poll(this.pollBytes, 1, 0);
    return ready > 0 && (this.poll.getInt16(6, true) & POLLOUT) !== 0;
  }

  receive(seconds: number, nanoseconds: number): number {
    const { asked, batch, nic, slots } = this;
    for (let i = 0; i < asked; i++) {
      batch.read(this.fd, this.slotsAddress + i * SLOT_SIZE, SLOT_SIZE);
    }
    batch.run();
    let count = 0;
    for (let i = 0; i < asked; i++) {
      const size = batch.results[i]!;
      if (size <= 0) continue;
      count++;
      const start = i * SLOT_SIZE;
      nic.receive(slots, start, start + size, size, 0, seconds, nanoseconds);
    }
    this.asked = count < asked ? Math.max(count, 1) : Math.min(2 * asked, WIRE_BATCH);
    return count;
  }

  readonly transmit: FrameSink = (address, length) => {
    if (this.queued === FILE_BATCH_CAPACITY) this.flush();
    this.batch.write(this.fd, this.memory + address, length);
    this.lengths[this.queued++] = length;
  };

  flush(): void {
    const { batch, lengths, queued } = this;
    this.queued = 0;
    batch.run();
    for (let i = 0; i < queued; i++) {
      if (batch.results[i] !== lengths[i]) this.counters.txDropped++;
    }
  }

  /** The host sees the cable pulled. */
  setAdmin(isUp: boolean): void {
    setTapCarrier(this.libc, this.fd, isUp);
  }
}
