/**
 * The wires of a run, opened before anything is booted, so that what cannot be had is said at
 * once. File descriptors are the host's: a data plane that is started again is given the same.
 */
import { Worker } from 'node:worker_threads';
import type { Router } from '../../../config/router.ts';
import type { WireSpec } from '../../../config/wire.ts';
import { DOORBELL_SIZE, Doorbell } from '../../../drivers/wires/doorbell.ts';
import { openWaitFds, signalEvent, type WaitFds } from '../../../drivers/wires/linux/epoll.ts';
import { openUring } from '../../../drivers/wires/linux/io-uring.ts';
import { libcFor } from '../../../drivers/wires/linux/libc.ts';
import { openPacketSocket } from '../../../drivers/wires/linux/packet-socket.ts';
import { openTap } from '../../../drivers/wires/linux/tap-device.ts';
import { allocatePortTap, PortTap, type PortTapMemory } from '../../../drivers/wires/port-tap.ts';
import { allocateRingWire } from '../../../drivers/wires/ring-wire.ts';
import { WireError } from '../../../drivers/wires/wire-error.ts';
import { neighborRanges } from '../../../firmware/boot/address-map.ts';
import type { PortWire } from '../port-wires.ts';
import { CONTROL_SIZE, type PortPlug } from './plane-protocol.ts';
import type { TapPlan } from './tap-captures.ts';
import type { ThreadPlug, WireThreadEvent, WireThreadSetup } from './wire-thread.ts';

export class LiveWires {
  /** By port. */
  readonly plugs: readonly PortPlug[];
  readonly control = new SharedArrayBuffer(CONTROL_SIZE);
  readonly wireBell = new SharedArrayBuffer(DOORBELL_SIZE);
  readonly waitFds: WaitFds | null;
  private readonly router: Router;
  private readonly wires: readonly PortWire[];
  /** Of wires: what is waited for. */
  private readonly fds: number[] = [];
  /** What else has to be closed. */
  private readonly closing: number[] = [];
  /** What the ports tell the captures, if there are any. */
  tap: PortTapMemory | null = null;
  /** Told what is not read or recorded any more, and why. */
  onComplaint: (why: string) => void = () => {};
  private thread: Worker | null = null;
  private fail: (error: Error) => void = () => {};

  /** Opens what is a file descriptor. @throws {WireError} */
  constructor(wires: readonly PortWire[], router: Router) {
    const { ports } = router.board;
    const plugs: PortPlug[] = ports.map(() => ({ kind: 'none' }));
    this.router = router;
    this.wires = wires;
    this.plugs = plugs;
    try {
      for (const { port, spec } of wires) plugs[port] = this.open(ports[port].name, spec);
      this.waitFds = this.fds.length === 0 ? null : openWaitFds(libcFor('wires'), this.fds);
    } catch (error) {
      this.closeFds();
      throw error;
    }
    if (this.waitFds !== null) this.closing.push(this.waitFds.epoll, this.waitFds.event);
  }

  /** Frames that the captures should have and do not. */
  get notRecorded(): number {
    return this.tap === null ? 0 : new PortTap(this.tap).lost;
  }

  /** Wakes the data plane. */
  get planeBell(): Doorbell {
    const { waitFds } = this;
    return new Doorbell(this.control, 0, waitFds && (() => signalEvent(waitFds)));
  }

  /**
   * Opens wires over sockets and captures, and what is recorded, in a thread of their own.
   * `originNs` is the host's hrtime at the board's time 0. @throws {WireError}
   */
  async openThread(originNs: bigint, plan: TapPlan | null): Promise<void> {
    const plugs = this.threadPlugs();
    if (plan !== null) this.tap = allocatePortTap();
    if (plugs.length === 0 && this.tap === null) return;
    const { control, waitFds, wireBell: bell } = this;
    const tap = plan && { memory: this.tap!, plan };
    const setup: WireThreadSetup = { plugs, control, waitFds, bell, tap, originNs };
    const thread = new Worker(new URL('./wire-thread.js', import.meta.url), { workerData: setup });
    const event = await nextEvent(thread);
    if (event.kind !== 'failed') {
      this.thread = thread;
      thread.on('message', (later: WireThreadEvent) => {
        if (later.kind === 'complaint') this.onComplaint(later.message);
      });
      thread.on('error', (error) => {
        this.thread = null;
        this.fail(error);
      });
      return;
    }
    await thread.terminate();
    throw new WireError(event.code, event.wire, event.what, event.hint);
  }

  /** Rejects with what ended the thread, if it ends by itself: our own bug. */
  get failed(): Promise<never> {
    return new Promise((_, reject) => {
      this.fail = reject;
    });
  }

  private threadPlugs(): ThreadPlug[] {
    const { ports } = this.router.board;
    const neighbors = neighborRanges(this.router);
    return this.wires.flatMap(({ port, spec }): ThreadPlug[] => {
      const { kind } = spec;
      const plug = this.plugs[port];
      if (plug.kind !== 'ring') return [];
      const { memory } = plug;
      const name = `${ports[port].name}: ${kind}`;
      if (kind === 'udp' || kind === 'qemu') return [{ name, spec, memory }];
      if (kind !== 'capture') return [];
      const hosts = neighbors.filter((range) => range.port === port);
      return [{ name, spec: { ...spec, port: ports[port], hosts }, memory }];
    });
  }

  /** Sends what the ports have queued, and closes everything. Once. */
  async close(): Promise<void> {
    if (this.thread !== null) {
      this.thread.postMessage('close');
      await nextEvent(this.thread, 'closed');
      await this.thread.terminate();
    }
    this.closeFds();
  }

  private open(portName: string, spec: WireSpec): PortPlug {
    const wire = `${portName}: ${spec.kind}`;
    switch (spec.kind) {
      case 'host':
        return { kind: 'host', address: spec.address };
      case 'udp':
      case 'qemu':
      case 'capture':
        return { kind: 'ring', memory: allocateRingWire() };
      case 'tap':
        return this.openTap(wire, spec.name);
      case 'packet': {
        const { name } = spec;
        return { kind: 'packet', name, fd: this.keep(openPacketSocket(libcFor(wire), wire, name)) };
      }
      case 'none':
        return { kind: 'none' };
    }
  }

  private openTap(wire: string, name: string): PortPlug {
    const libc = libcFor(wire);
    const fd = this.keep(openTap(libc, wire, name));
    const uring = openUring(libc, fd);
    if (uring !== null) this.closing.push(uring.fd);
    return { kind: 'tap', fd, uring };
  }

  private keep(fd: number): number {
    this.fds.push(fd);
    return fd;
  }

  private closeFds(): void {
    for (const fd of [...this.closing.splice(0), ...this.fds.splice(0)]) libcFor('wires').close(fd);
  }
}

/** The next event; or, if so asked, the next of a kind. */
function nextEvent(thread: Worker, kind?: WireThreadEvent['kind']): Promise<WireThreadEvent> {
  return new Promise((resolve, reject) => {
    const take = (event: WireThreadEvent) => {
      if (kind !== undefined && event.kind !== kind) return;
      thread.off('message', take);
      resolve(event);
    };
    thread.on('message', take);
    thread.once('error', reject);
  });
}
