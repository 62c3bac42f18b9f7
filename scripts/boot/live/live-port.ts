/** A port of the running board and what it is plugged into. */
import type { RawSocketSim } from '../../../drivers/raw-socket-sim.ts';
import { Doorbell } from '../../../drivers/wires/doorbell.ts';
import { libcFor } from '../../../drivers/wires/linux/libc.ts';
import { PacketWire } from '../../../drivers/wires/linux/packet-wire.ts';
import { TapWire } from '../../../drivers/wires/linux/tap-device.ts';
import { RingWire } from '../../../drivers/wires/ring-wire.ts';
import { SimulatedHost } from '../../../drivers/wires/simulated-host.ts';
import { NoWire, type Wire } from '../../../drivers/wires/wire.ts';
import type { PlaneSetup, PortPlug } from './plane-protocol.ts';

function plugIn(nic: RawSocketSim, plug: PortPlug, setup: PlaneSetup): Wire {
  switch (plug.kind) {
    case 'none':
      return new NoWire();
    case 'host':
      return new SimulatedHost(nic, plug.address);
    case 'ring':
      return new RingWire(nic, plug.memory, new Doorbell(setup.wireBell));
    case 'packet':
      return new PacketWire(libcFor(nic.name), nic, plug);
    case 'tap':
      return new TapWire(libcFor(nic.name), nic, plug.fd);
  }
}

export class LivePort {
  readonly nic: RawSocketSim;
  readonly wire: Wire;
  /** The operator has not shut it. */
  isOpen = true;

  constructor(nic: RawSocketSim, plug: PortPlug, setup: PlaneSetup) {
    this.nic = nic;
    this.wire = plugIn(nic, plug, setup);
  }

  /** Whether the link should be up now. */
  get isWanted(): boolean {
    return this.isOpen && this.wire.isUp();
  }

  /** Puts what the board has sent on the wire; whether there was anything. */
  send(): boolean {
    const { nic, wire } = this;
    if (nic.transmitPending() === 0) return false;
    nic.drain(wire.transmit);
    wire.flush();
    return true;
  }
}
