/** The thread of the wires over sockets: it may be held up by the network, and nobody by it. */
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

import { TapCaptures, type TapPlan } from './tap-captures.ts';

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
  /** What is recorded of the ports, if anything. */
  readonly tap: { readonly memory: PortTapMemory; readonly plan: TapPlan } | null;
  /** This thread's own doorbell. */
  readonly bell: SharedArrayBuffer;
}

/** What it tells: all wires are there, or why one is not; and that it has closed them. */
export type WireThreadEvent =
  | { readonly kind: 'open' }
  /** Nothing more is recorded: why. */
  | { readonly kind: 'deaf'; readonly message: string }
  | ({ readonly kind: 'failed' } & Pick<WireError, 'code' | 'wire' | 'what' | 'hint'>)
  | { readonly kind: 'closed' };

/** Between two looks of whoever reads a capture along. */
const FLUSH_MS = 1000;

const port = parentPort!;
const tell = (event: WireThreadEvent) => port.postMessage(event);

function plug({ name, spec, memory }: SocketPlug, planeBell: Doorbell): SocketWire {
  const end = new RingWireEnd(memory, planeBell);
  return spec.kind === 'udp' ? new UdpWire(name, spec, end) : new QemuWire(name, spec, end);
}

/** Records until the disk refuses; the wires go on. */
class Recorder {
  private readonly tap: PortTap;
  private readonly timer: NodeJS.Timeout;
  private captures: TapCaptures | null;

  constructor({ memory, plan }: NonNullable<WireThreadSetup['tap']>) {
    this.tap = new PortTap(memory);
    this.captures = new TapCaptures(plan);
    this.timer = setInterval(() => this.guard((captures) => captures.flush()), FLUSH_MS);
  }

  take(): void {
    this.guard((captures) => captures.take(this.tap));
  }

  close(): void {
    clearInterval(this.timer);
    this.take();
    this.guard((captures) => captures.close());
  }

  private guard(action: (captures: TapCaptures) => void): void {
    const { captures } = this;
    if (captures === null) return;
    try {
      action(captures);
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      this.captures = null;
      tell({ kind: 'deaf', message: error.message });
    }
  }
}

async function run({ plugs, control, waitFds, bell, tap }: WireThreadSetup): Promise<void> {
  const planeBell = new Doorbell(control, 0, waitFds && (() => signalEvent(waitFds)));
  const ownBell = new Doorbell(bell);
  const wires: SocketWire[] = [];
  for (const entry of plugs) {
    const wire = plug(entry, planeBell);
    await wire.open();
    wires.push(wire);
  }
  const recorder = tap && new Recorder(tap);
  let isOpen = true;
  port.once('message', () => {
    isOpen = false;
    ownBell.ring();
  });
  tell({ kind: 'open' });
  while (isOpen) {
    const { rings } = ownBell;
    for (const wire of wires) wire.pump();
    recorder?.take();
    await ownBell.heard(rings);
  }
  for (const wire of wires) wire.pump();
  recorder?.close();
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
