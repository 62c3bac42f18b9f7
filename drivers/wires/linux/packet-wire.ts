/**
 * A wire through a raw socket on a network interface, many frames a call. What the port sends is
 * sent from where it lies in the kernel's memory.
 */
import { writeU16 } from '../../../netstack/byte-order.ts';
import { repairChecksums } from '../../../netstack/repair-checksums.ts';
import type { FrameSink } from '../../raw-socket-sim.ts';
import { WIRE_BATCH, type Wire, type WireCounters, type WirePort } from '../wire.ts';
import { EAGAIN, type Libc } from './libc.ts';
import { MessageBatch } from './message-batch.ts';
import { attach, hasCarrier } from './packet-socket.ts';

/** A frame as long as the kernel takes, and a tag before it. */
const SLOT_SIZE = 4096;
const TAG_SIZE = 4;
const MACS_SIZE = 12;
/** Frames that one breath can send by a port. */
const SEND_BATCH = 256;

/*
 * tpacket_auxdata, 16 bytes into the control data: 0 u32 status   16 u16 tag   18 u16 tag's type.
 * Linux takes a frame's outer VLAN tag off before any socket sees it, and leaves checksums of
 * frames from virtual interfaces for later.
 */
const AUX_OFFSET = 16;
const STATUS_CHECKSUM_NOT_READY = 1 << 3;
const STATUS_VLAN_VALID = 1 << 4;
const STATUS_VLAN_TYPE_VALID = 1 << 6;
const ETHER_VLAN = 0x8100;

export class PacketWire implements Wire {
  readonly counters: WireCounters = { rxDropped: 0, txDropped: 0 };
  private readonly libc: Libc;
  private readonly nic: WirePort;
  private readonly fd: number;
  private readonly name: string;
  private readonly slots = new Uint8Array(WIRE_BATCH * SLOT_SIZE);
  private readonly incoming: MessageBatch;
  private readonly outgoing: MessageBatch;
  private readonly memory: number;
  private queued = 0;
  private wasUp = true;

  constructor(libc: Libc, nic: WirePort, options: { fd: number; name: string }) {
    this.libc = libc;
    this.nic = nic;
    this.fd = options.fd;
    this.name = options.name;
    this.incoming = new MessageBatch(libc, WIRE_BATCH, { controls: true });
    this.outgoing = new MessageBatch(libc, SEND_BATCH, { controls: false });
    this.memory = libc.addressOf(nic.bytes);
    const slots = libc.addressOf(this.slots);
    for (let i = 0; i < WIRE_BATCH; i++) {
      this.incoming.set(i, slots + i * SLOT_SIZE + TAG_SIZE, SLOT_SIZE - TAG_SIZE);
    }
  }

  /** An interface that was taken away and is there again has to be bound again. */
  isUp(): boolean {
    const { libc, fd, name } = this;
    const isUp = hasCarrier(libc, fd, name);
    const isBack = isUp && !this.wasUp;
    this.wasUp = isUp;
    return isBack ? attach(libc, fd, name) : isUp;
  }

  receive(seconds: number, nanoseconds: number): number {
    const { incoming, nic, slots } = this;
    const count = incoming.receive(this.fd);
    for (let i = 0; i < count; i++) {
      const size = incoming.size(i);
      let start = i * SLOT_SIZE + TAG_SIZE;
      const end = start + Math.min(size, SLOT_SIZE - TAG_SIZE);
      if (this.statusOf(i) !== 0) start = this.finish(i, start, end);
      nic.receive(slots, start, end, end - start, 0, seconds, nanoseconds);
    }
    return Math.max(count, 0);
  }

  readonly transmit: FrameSink = (address, length) => {
    if (this.queued === SEND_BATCH) this.flush();
    this.outgoing.set(this.queued++, this.memory + address, length);
  };

  /** Sends what is queued; what the interface refuses is lost, and does not hold up the rest. */
  flush(): void {
    const { outgoing, queued } = this;
    this.queued = 0;
    for (let done = 0; done < queued; ) {
      const sent = outgoing.send(this.fd, done, queued);
      if (sent > 0) done += sent;
      else {
        const lost = this.libc.errno() === EAGAIN ? queued - done : 1;
        this.counters.txDropped += lost;
        done += lost;
      }
    }
  }

  private statusOf(i: number): number {
    const at = this.incoming.controlOffset(i);
    const status = at < 0 ? 0 : this.incoming.control!.getUint32(at + AUX_OFFSET, true);
    return status & (STATUS_VLAN_VALID | STATUS_CHECKSUM_NOT_READY);
  }

  /** Makes the frame what it would be on a wire; returns where it starts. */
  private finish(i: number, start: number, end: number): number {
    const { slots } = this;
    const { control } = this.incoming;
    const aux = this.incoming.controlOffset(i) + AUX_OFFSET;
    const status = control!.getUint32(aux, true);
    let first = start;
    if (status & STATUS_CHECKSUM_NOT_READY) repairChecksums(slots.subarray(start, end));
    if (status & STATUS_VLAN_VALID) {
      first -= TAG_SIZE;
      slots.copyWithin(first, start, start + MACS_SIZE);
      const hasType = (status & STATUS_VLAN_TYPE_VALID) !== 0;
      const type = hasType ? control!.getUint16(aux + 18, true) : ETHER_VLAN;
      writeU16(slots, first + MACS_SIZE, type);
      writeU16(slots, first + MACS_SIZE + 2, control!.getUint16(aux + 16, true));
    }
    return first;
  }
}
