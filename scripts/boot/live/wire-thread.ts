/** The thread of wires over sockets and captures: they may hold it up, and it nobody else. */
import { parentPort, workerData } from 'node:worker_threads';
import type { WireSpec } from '../../../config/wire.ts';
import { CaptureError } from '../../../drivers/capture-error.ts';
import { Doorbell } from '../../../drivers/wires/doorbell.ts';
import { signalEvent, type WaitFds } from '../../../drivers/wires/linux/epoll.ts';
import { PortTap, type PortTapMemory } from '../../../drivers/wires/port-tap.ts';
import { QemuWire } from '../../../drivers/wires/qemu-wire.ts';
import { RingWireEnd, type RingWireMemory } from '../../../drivers/wires/ring-wire.ts';
import type { SocketWire } from '../../../drivers/wires/socket-wire.ts';
import { UdpWire } from '../../../drivers/wires/udp-wire.ts';
import { WireError } from '../../../drivers/wires/wire-error.ts';
import { CapturePace } from './capture-pace.ts';
import { type CapturePlan, CaptureWire } from './capture-wire.ts';
import { Recording } from './recording.ts';
import { TapCaptures, type TapPlan } from './tap-captures.ts';

/** A wire that this thread looks after; `name` is how errors name it. */
export interface ThreadPlug {
  readonly name: string;
  readonly spec:
    | Extract<WireSpec, { kind: 'udp' | 'qemu' }>
    | ({ readonly kind: 'capture' } & CapturePlan);
  readonly memory: RingWireMemory;
}

export interface WireThreadSetup {
  readonly plugs: readonly ThreadPlug[];
  /** The data plane's control block, and what else wakes it. */
  readonly control: SharedArrayBuffer;
  readonly waitFds: WaitFds | null;
  /** What is recorded of the ports, if anything. */
  readonly tap: { readonly memory: PortTapMemory; readonly plan: TapPlan } | null;
  /** This thread's own doorbell. */
  readonly bell: SharedArrayBuffer;
  /** The host's hrtime at the board's time 0. */
  readonly originNs: bigint;
}

/** What it tells: all wires are there, or why one is not; and that it has closed them. */
export type WireThreadEvent =
  | { readonly kind: 'open' }
  /** Something is not read or recorded any more: what, and why. */
  | { readonly kind: 'complaint'; readonly message: string }
  | ({ readonly kind: 'failed' } & Pick<WireError, 'code' | 'wire' | 'what' | 'hint'>)
  | { readonly kind: 'closed' };

const port = parentPort!;
const tell = (event: WireThreadEvent) => port.postMessage(event);
const complain = (message: string) => tell({ kind: 'complaint', message });

function plug({ name, spec, memory }: ThreadPlug, bell: Doorbell, pace: CapturePace): SocketWire {
  const end = new RingWireEnd(memory, bell);
  switch (spec.kind) {
    case 'udp':
      return new UdpWire(name, spec, end);
    case 'qemu':
      return new QemuWire(name, spec, end);
    case 'capture':
      return new CaptureWire(name, spec, { end, pace, complain });
  }
}

async function run(setup: WireThreadSetup): Promise<void> {
  const { waitFds, tap } = setup;
  const planeBell = new Doorbell(setup.control, 0, waitFds && (() => signalEvent(waitFds)));
  const ownBell = new Doorbell(setup.bell);
  const pace = new CapturePace(() => process.hrtime.bigint() - setup.originNs);
  const wires: SocketWire[] = [];
  for (const entry of setup.plugs) {
    const wire = plug(entry, planeBell, pace);
    await wire.open();
    wires.push(wire);
  }
  for (const wire of wires) wire.record?.();
  const recorded = tap && new PortTap(tap.memory);
  const recording = tap && new Recording(new TapCaptures(tap.plan), complain);
  const pump = () => {
    for (const wire of wires) wire.pump();
    if (recorded !== null) recording?.write((captures) => captures.take(recorded));
  };
  let isOpen = true;
  port.once('message', () => {
    isOpen = false;
    ownBell.ring();
  });
  tell({ kind: 'open' });
  while (isOpen) {
    const { rings } = ownBell;
    pump();
    await ownBell.heard(rings);
  }
  pump();
  recording?.close();
  for (const wire of wires) wire.close();
  tell({ kind: 'closed' });
}

run(workerData as WireThreadSetup).catch((error: unknown) => {
  if (error instanceof CaptureError) {
    const what = 'cannot be recorded';
    tell({
      kind: 'failed',
      code: 'WIRE_FAILED',
      wire: error.message,
      what,
      hint: 'see the folder',
    });
    return;
  }
  if (!(error instanceof WireError)) throw error;
  const { code, wire, what, hint } = error;
  tell({ kind: 'failed', code, wire, what, hint });
});
