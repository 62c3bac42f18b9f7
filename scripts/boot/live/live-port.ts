/** A port of the running board and what it is plugged into. */
import type { FrameSink, RawSocketSim } from '../../../drivers/raw-socket-sim.ts';
import { ArpListener } from '../../../drivers/wires/arp-listener.ts';
import { Doorbell } from '../../../drivers/wires/doorbell.ts';
import { CallByCall } from '../../../drivers/wires/linux/file-batch.ts';
import { Uring } from '../../../drivers/wires/linux/io-uring.ts';
import { libcFor } from '../../../drivers/wires/linux/libc.ts';
import { PacketWire } from '../../../drivers/wires/linux/packet-wire.ts';
import { TapWire } from '../../../drivers/wires/linux/tap-wire.ts';
import { type PortTap, TAP_OUTBOUND, TappedPort } from '../../../drivers/wires/port-tap.ts';
import { RingWire } from '../../../drivers/wires/ring-wire.ts';
import { SimulatedHost } from '../../../drivers/wires/simulated-host.ts';
import { NoWire, type Wire, type WirePort } from '../../../drivers/wires/wire.ts';
import type { LinkStanding, PlaneSetup, PortPlug } from './plane-protocol.ts';

function plugIn(port: WirePort, plug: PortPlug, setup: PlaneSetup): Wire {
  switch (plug.kind) {
    case 'none':
      return new NoWire();
    case 'host':
      return new SimulatedHost(port, plug.address);
    case 'ring':
      return new RingWire(port, plug.memory, new Doorbell(setup.wireBell));
    case 'packet':
      return new PacketWire(libcFor('packet'), port, plug);
    case 'tap': {
      const libc = libcFor('tap');
      const { fd, uring } = plug;
      const batch = uring && Uring.of(libc, uring);
      return new TapWire(libc, port, fd, batch ?? new CallByCall(libc));
    }
  }
}

export class LivePort {
  readonly nic: RawSocketSim;
  readonly wire: Wire;
  /** The operator has not shut it. */
  isOpen = true;
  readonly listener: ArpListener;
  private readonly sink: FrameSink;

  /** `tap` records what it receives and sends. */
  constructor(nic: RawSocketSim, plug: PortPlug, setup: PlaneSetup, tap: PortTap | null) {
    this.nic = nic;
    this.listener = new ArpListener(tap === null ? nic : new TappedPort(nic, tap));
    const wire = plugIn(this.listener, plug, setup);
    this.wire = wire;
    nic.on('link', (isUp) => wire.linkChanged?.(isUp));
    this.sink =
      tap === null
        ? wire.transmit
        : (address, length, seconds, nanoseconds, flags) => {
            const end = address + length;
            tap.record(nic.port, TAP_OUTBOUND, nic.bytes, address, end, seconds, nanoseconds);
            wire.transmit(address, length, seconds, nanoseconds, flags);
          };
  }

  /** Whether the link should be up now. */
  get isWanted(): boolean {
    return this.isOpen && this.wire.isUp();
  }

  /** The operator shuts it, or opens it again. */
  setAdmin(isOpen: boolean): void {
    this.isOpen = isOpen;
    this.wire.setAdmin?.(isOpen);
  }

  get standing(): LinkStanding {
    const { nic, wire, isOpen } = this;
    const { counters } = nic;
    return {
      isOpen,
      isUp: nic.isUp,
      received: counters.rxFrames,
      transmitted: counters.txFrames,
      lostIn: counters.rxNoBuffer + counters.rxLinkDown + wire.counters.rxDropped,
      lostOut: counters.txLinkDown + wire.counters.txDropped,
    };
  }

  /** Puts what the board has sent on the wire; whether there was anything. */
  send(): boolean {
    if (this.nic.transmitPending() === 0) return false;
    this.nic.drain(this.sink);
    this.wire.flush();
    return true;
  }
}
