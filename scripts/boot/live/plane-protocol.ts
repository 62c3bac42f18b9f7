/**
 * What the host and the data plane say to one another. The plane is a thread that never waits for
 * the host: requests lie in a port until it looks, and what it tells is copied at once.
 */
import type { Router } from '../../../config/router.ts';
import type { WaitFds } from '../../../drivers/wires/linux/epoll.ts';
import type { RingWireMemory } from '../../../drivers/wires/ring-wire.ts';
import type { WireCounters } from '../../../drivers/wires/wire.ts';
import type { AuditEnd } from '../../../firmware/board/audit.ts';
import type { Firmware } from '../../../firmware/boot/assemble.ts';
import type { BootError } from '../../../firmware/boot/boot-error.ts';
import type { Counters } from '../../../firmware/report/counters.ts';

/** What the data plane plugs a port into; file descriptors are open, the host closes them. */
export type PortPlug =
  | { readonly kind: 'none' }
  | { readonly kind: 'host'; readonly address: number }
  | { readonly kind: 'ring'; readonly memory: RingWireMemory }
  | { readonly kind: 'packet'; readonly fd: number; readonly name: string }
  | { readonly kind: 'tap'; readonly fd: number };

/** Words of the control block: the plane's doorbell, then its heartbeat. */
export const CONTROL_SIZE = 64;
export const HEARTBEAT_WORD = 2;

/** All that a data plane is made from. */
export interface PlaneSetup {
  readonly firmware: Firmware;
  readonly router: Router;
  /** By port. */
  readonly plugs: readonly PortPlug[];
  readonly control: SharedArrayBuffer;
  /** Doorbell of the thread that looks after ring wires. */
  readonly wireBell: SharedArrayBuffer;
  /** There when a wire is a file descriptor. */
  readonly waitFds: WaitFds | null;
}

/** What the host asks of a plane; each is answered under its number. */
export interface PlaneRequest {
  readonly id: number;
  readonly command: PlaneCommand;
}

export type PlaneCommand = { readonly kind: 'stop' };

/** How a plane stood when it was asked to stop. */
export interface PlaneReport {
  readonly counters: Counters;
  readonly audit: AuditEnd;
  /** By port. */
  readonly wires: readonly WireCounters[];
}

/** What a plane tells unasked. `at` is ns since it began. */
export type PlaneEvent =
  | { readonly kind: 'ready' }
  | ({ readonly kind: 'refused' } & Pick<BootError, 'code' | 'component' | 'message' | 'hint'>)
  | { readonly kind: 'link'; readonly at: bigint; readonly port: number; readonly isUp: boolean }
  | { readonly kind: 'audit'; readonly lines: readonly string[] }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown };
