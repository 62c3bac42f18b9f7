/** The thread of the wires over sockets: it may be held up by the network, and nobody by it. */
import { parentPort, workerData } from 'node:worker_threads';
import type { WireSpec } from '../../../config/wire.ts';
import { Doorbell } from '../../../drivers/wires/doorbell.ts';
import { signalEvent, type WaitFds } from '../../../drivers/wires/linux/epoll.ts';
import { QemuWire } from '../../../drivers/wires/qemu-wire.ts';
import { RingWireEnd, type RingWireMemory } from '../../../drivers/wires/ring-wire.ts';
import type { SocketWire } from '../../../drivers/wires/socket-wire.ts';
import { UdpWire } from '../../../drivers/wires/udp-wire.ts';
import { WireError } from '../../../drivers/wires/wire-error.ts';

/** A wire that this thread looks after; `name` is how errors name it. */
export interface SocketPlug {
  readonly name: string;
  readonly spec: Extract<WireSpec, { kind: 'udp' | 'qemu' }>;
  readonly memory: RingWireMemory;
}

export interface WireThreadSetup {
  readonly plugs: readonly SocketPlug[];
  /** The data plane's control block, and what else wakes it. */
  readonly control: SharedArrayBuffer;
  readonly waitFds: WaitFds | null;
  /** This thread's own doorbell. */
  readonly bell: SharedArrayBuffer;
}

/** What it tells: all wires are there, or why one is not; and that it has closed them. */
export type WireThreadEvent =
  | { readonly kind: 'open' }
  | ({ readonly kind: 'failed' } & Pick<WireError, 'code' | 'wire' | 'what' | 'hint'>)
  | { readonly kind: 'closed' };

const port = parentPort!;
const tell = (event: WireThreadEvent) => port.postMessage(event);

function plug({ name, spec, memory }: SocketPlug, planeBell: Doorbell): SocketWire {
  const end = new RingWireEnd(memory, planeBell);
  return spec.kind === 'udp' ? new UdpWire(name, spec, end) : new QemuWire(name, spec, end);
}

async function run({ plugs, control, waitFds, bell }: WireThreadSetup): Promise<void> {
  const planeBell = new Doorbell(control, 0, waitFds && (() => signalEvent(waitFds)));
  const ownBell = new Doorbell(bell);
  const wires: SocketWire[] = [];
  for (const entry of plugs) {
    const wire = plug(entry, planeBell);
    await wire.open();
    wires.push(wire);
  }
  let isOpen = true;
  port.once('message', () => {
    isOpen = false;
    ownBell.ring();
  });
  tell({ kind: 'open' });
  while (isOpen) {
    const { rings } = ownBell;
    for (const wire of wires) wire.pump();
    await ownBell.heard(rings);
  }
  for (const wire of wires) wire.pump();
  for (const wire of wires) wire.close();
  tell({ kind: 'closed' });
}

run(workerData as WireThreadSetup).catch((error: unknown) => {
  if (!(error instanceof WireError)) throw error;
  const { code, wire, what, hint } = error;
  tell({ kind: 'failed', code, wire, what, hint });
});
