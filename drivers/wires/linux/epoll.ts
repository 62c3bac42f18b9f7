/** Waits for any of several file descriptors, and for whoever signals an event. */
import { writeSync } from 'node:fs';
import { WireError } from '../wire-error.ts';
import type { Libc } from './libc.ts';

const EPOLL_CTL_ADD = 1;
const EPOLLIN = 1;
/** Edge-triggered: what woke us once does not wake us again, so nobody has to read it empty. */
const EPOLLET = 0x8000_0000;
/** struct epoll_event {u32 events, u64 data}: packed on x64, padded on arm64. */
const EVENT_SIZE = process.arch === 'x64' ? 12 : 16;
const EVENTS_MAX = 64;
const EFD_NONBLOCK = 0o4000;
const EPOLL_CLOEXEC = 0o2000000;

const ONE = new Uint8Array(new BigUint64Array([1n]).buffer);

/** File descriptors of this process: what to wait with, and what to write to to end the waiting. */
export interface WaitFds {
  readonly epoll: number;
  readonly event: number;
}

/** Makes ready to wait for any of `fds`. @throws {WireError} when the process has too many files */
export function openWaitFds(libc: Libc, fds: readonly number[]): WaitFds {
  const epoll = libc.epoll_create1(EPOLL_CLOEXEC);
  const event = libc.eventfd(0, EFD_NONBLOCK | EPOLL_CLOEXEC);
  if (epoll < 0 || event < 0) {
    const hint = 'raise the limit: ulimit -n';
    throw new WireError('WIRE_FAILED', 'wires', `cannot be waited for (${libc.reason()})`, hint);
  }
  const add = (fd: number, interest: number) => {
    const entry = new Uint8Array(EVENT_SIZE);
    new DataView(entry.buffer).setUint32(0, interest, true);
    libc.epoll_ctl(epoll, EPOLL_CTL_ADD, fd, entry);
  };
  for (const fd of fds) add(fd, EPOLLIN);
  add(event, (EPOLLIN | EPOLLET) >>> 0);
  return { epoll, event };
}

/** Ends the waiting, from any thread. */
export function signalEvent({ event }: WaitFds): void {
  writeSync(event, ONE);
}

const events = new Uint8Array(EVENT_SIZE * EVENTS_MAX);

/** Returns when a frame has arrived, when somebody signalled, or after `ms`. */
export function waitForFds(libc: Libc, { epoll }: WaitFds, ms: number): void {
  libc.epoll_wait(epoll, events, EVENTS_MAX, ms);
}
