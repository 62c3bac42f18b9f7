/**
 * What the host and the data plane say to one another. The plane is a thread that never waits for
 * the host: requests lie in a port until it looks, and what it tells is copied at once.
 */
import type { Router } from '../../../config/router.ts';
import type { WaitFds } from '../../../drivers/wires/linux/epoll.ts';
import type { UringFile } from '../../../drivers/wires/linux/io-uring.ts';
import type { PortTapMemory } from '../../../drivers/wires/port-tap.ts';
import type { RingWireMemory } from '../../../drivers/wires/ring-wire.ts';
import type { AuditEnd } from '../../../firmware/board/audit.ts';
import type { Firmware } from '../../../firmware/boot/assemble.ts';
import type { BootError } from '../../../firmware/boot/boot-error.ts';
import type { Counters } from '../../../firmware/report/counters.ts';
import type { FlowEntry } from '../../../firmware/report/flow-list.ts';
import type { PingAnswer } from './pings.ts';

/** What the data plane plugs a port into; file descriptors are open, the host closes them. */
export type PortPlug =
  | { readonly kind: 'none' }
  | { readonly kind: 'host'; readonly address: number }
  | { readonly kind: 'ring'; readonly memory: RingWireMemory }
  | { readonly kind: 'packet'; readonly fd: number; readonly name: string }
  | { readonly kind: 'tap'; readonly fd: number; readonly uring: UringFile | null };

/** Words of the control block: the plane's doorbell, its heartbeat, and its live flows. */
export const CONTROL_SIZE = 64;
export const HEARTBEAT_WORD = 2;
export const FLOWS_WORD = 3;

/** All that a data plane is made from. */
export interface PlaneSetup {
  readonly firmware: Firmware;
  readonly router: Router;
  /** By port. */
  readonly plugs: readonly PortPlug[];
  readonly control: SharedArrayBuffer;
  /** Doorbell of the thread that looks after ring wires. */
  readonly wireBell: SharedArrayBuffer;
  /** There when what the ports receive and send is recorded. */
  readonly tap: PortTapMemory | null;
  /** There when a wire is a file descriptor. */
  readonly waitFds: WaitFds | null;
  /** The host's hrtime when it booted: the board's time 0, also of planes that come later. */
  readonly originNs: bigint;
  /** Ports that the operator has shut. */
  readonly shut: readonly number[];
  /** How the plane before this one ended, if there was one. */
  readonly before: PlaneBefore | null;
}

/** A plane that did not breathe any more: where its audit ended, and its live flows. */
export interface PlaneBefore {
  readonly audit: AuditEnd;
  readonly flows: number;
}

/** What the host asks of a plane; each is answered under its number. */
export interface PlaneRequest {
  readonly id: number;
  readonly command: PlaneCommand;
}

export type PlaneCommand =
  | { readonly kind: 'stop' }
  | { readonly kind: 'links' }
  | { readonly kind: 'neighbors' }
  | { readonly kind: 'counters' }
  | { readonly kind: 'flows'; readonly max: number }
  /** Has the router send an echo request; answered when it has been, or not in time. */
  | { readonly kind: 'ping'; readonly address: number }
  | { readonly kind: 'admin'; readonly port: number; readonly isOpen: boolean }
  /** Stops breathing, for whoever wants to see the watchdog at work. */
  | { readonly kind: 'hang' };

/** What each command is answered with. */
export interface PlaneAnswers {
  stop: PlaneReport;
  /** By port. */
  links: readonly LinkStanding[];
  neighbors: readonly HeardNeighbor[];
  counters: Counters;
  flows: { readonly total: number; readonly entries: readonly FlowEntry[] };
  ping: PingAnswer;
  admin: true;
  hang: never;
}

export type PlaneAnswer = PlaneAnswers[keyof PlaneAnswers];

/** How a port and its wire stand. Frames, since the plane began. */
export interface LinkStanding {
  /** The operator has not shut it. */
  readonly isOpen: boolean;
  readonly isUp: boolean;
  readonly received: number;
  readonly transmitted: number;
  /** Lost by the port or its wire, on their way in and out. */
  readonly lostIn: number;
  readonly lostOut: number;
}

/** A neighbour as module arp has told it last. */
export interface HeardNeighbor {
  readonly port: number;
  readonly address: number;
  readonly mac: number;
  readonly secondsAgo: number;
}

/** How a plane stood when it was asked to stop. */
export interface PlaneReport {
  readonly counters: Counters;
  readonly audit: AuditEnd;
  readonly links: readonly LinkStanding[];
}

/** What a plane tells unasked. `at` is ns since it began. */
export type PlaneEvent =
  | { readonly kind: 'ready' }
  | ({ readonly kind: 'refused' } & Pick<BootError, 'code' | 'component' | 'message' | 'hint'>)
  | { readonly kind: 'link'; readonly at: bigint; readonly port: number; readonly isUp: boolean }
  | { readonly kind: 'audit'; readonly lines: readonly string[] }
  | { readonly kind: 'answer'; readonly id: number; readonly value: PlaneAnswer };
