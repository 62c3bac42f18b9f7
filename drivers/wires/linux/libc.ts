/**
 * The few calls of Linux that Node has no way to make, through koffi: a package with prebuilt
 * binaries, so nothing is compiled. Without it, or elsewhere, wires that need it are refused.
 *
 * Critical: an address does not keep its buffer alive. Whoever hands one to a call holds the
 * buffer in an object that lives longer (measured: two crashes without).
 */
import { createRequire } from 'node:module';
import { WireError } from '../wire-error.ts';

/** A function of a library. What it takes and gives is as its declaration says. */
type ForeignCall = (...values: unknown[]) => never;

/** What is used of koffi: its own types are not there where it is not installed. */
interface Koffi {
  load(library: string): {
    func(declaration: string): ForeignCall;
    func(name: string, result: string, parameters: readonly string[]): ForeignCall;
  };
  address(bytes: Uint8Array): bigint;
  view(pointer: unknown, size: number): ArrayBuffer;
  errno(): number;
}

export const EPERM = 1;
export const ENOENT = 2;
export const EINTR = 4;
export const EAGAIN = 11;
export const EACCES = 13;
export const EBUSY = 16;
export const ENODEV = 19;

/** Addresses are numbers: a process has 47 bits of them. Every call may return -1: see `errno`. */
export interface Libc {
  open(path: string, flags: number): number;
  close(fd: number): number;
  ioctl(fd: number, request: number, argument: Uint8Array): number;
  read(fd: number, address: number, size: number): number;
  write(fd: number, address: number, size: number): number;
  socket(domain: number, type: number, protocol: number): number;
  bind(fd: number, address: Uint8Array, size: number): number;
  setsockopt(fd: number, level: number, option: number, value: Uint8Array, size: number): number;
  if_nametoindex(name: string): number;
  recvmmsg(fd: number, headers: number, count: number, flags: number, timeout: number): number;
  sendmmsg(fd: number, headers: number, count: number, flags: number): number;
  poll(fds: Uint8Array, count: number, ms: number): number;
  epoll_create1(flags: number): number;
  epoll_ctl(epoll: number, operation: number, fd: number, event: Uint8Array): number;
  epoll_wait(epoll: number, events: Uint8Array, max: number, ms: number): number;
  eventfd(value: number, flags: number): number;
  io_uring_setup(number: number, entries: number, params: Uint8Array): number;
  io_uring_enter(
    number: number,
    fd: number,
    submit: number,
    complete: number,
    flags: number,
    signals: number,
    size: number,
  ): number;
  /** Memory that is shared with a file, from an offset on, until the process ends; null: none. */
  map(fd: number, offset: number, size: number): ArrayBuffer | null;
  madvise(address: number, size: number, advice: number): number;
  errno(): number;
  /** The error of the last call, in words. */
  reason(): string;
  /** Where a buffer lies; it must be kept. */
  addressOf(bytes: Uint8Array): number;
}

const POINTER = 'uintptr_t';
const ENTER_PARAMETERS = ['long', 'int', 'uint', 'uint', 'uint', POINTER, 'size_t'];
/** PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE. */
const PROT = 3;
const MAP = 0x8001;
const MAP_FAILED = -1n;

/** Why there are no such calls, and what to do. */
interface Missing {
  readonly what: string;
  readonly action: string;
}

let loaded: Libc | Missing | null = null;

/** @throws {WireError} WIRE_UNSUPPORTED where there is no Linux on x64 or arm64, or no koffi */
export function libcFor(wire: string): Libc {
  loaded ??= load();
  if (!('what' in loaded)) return loaded;
  throw new WireError('WIRE_UNSUPPORTED', wire, loaded.what, loaded.action);
}

/** The same, or null: for what does without. */
export function libcIfThere(): Libc | null {
  loaded ??= load();
  return 'what' in loaded ? null : loaded;
}

function load(): Libc | Missing {
  const isLinux = process.platform === 'linux';
  if (!isLinux || !['x64', 'arm64'].includes(process.arch)) {
    const what = `not on ${process.platform} ${process.arch}`;
    return { what, action: 'use udp:, qemu: or host: instead' };
  }
  let koffi: Koffi;
  try {
    koffi = createRequire(import.meta.url)('koffi') as Koffi;
  } catch {
    const what = 'the optional package koffi is not installed';
    return { what, action: 'run: npm install --include=optional' };
  }
  return bindCalls(koffi);
}

function bindCalls(koffi: Koffi): Libc {
  const library = koffi.load('libc.so.6');
  const mmap = library.func('intptr_t mmap(size_t, size_t, int, int, int, long)');
  const strerror = library.func('const char *strerror(int code)');
  return {
    open: library.func('int open(const char *path, int flags)'),
    close: library.func('int close(int fd)'),
    ioctl: library.func('int ioctl(int fd, ulong request, void *argument)'),
    // They give more than an int, but not for a frame; and an int comes without a wrapper.
    read: library.func('read', 'int', ['int', POINTER, 'size_t']),
    write: library.func('write', 'int', ['int', POINTER, 'size_t']),
    socket: library.func('int socket(int domain, int type, int protocol)'),
    bind: library.func('int bind(int fd, void *address, uint size)'),
    setsockopt: library.func('int setsockopt(int fd, int level, int option, void *value, uint n)'),
    if_nametoindex: library.func('uint if_nametoindex(const char *name)'),
    recvmmsg: library.func('recvmmsg', 'int', ['int', POINTER, 'uint', 'int', POINTER]),
    sendmmsg: library.func('sendmmsg', 'int', ['int', POINTER, 'uint', 'int']),
    poll: library.func('int poll(void *fds, ulong count, int ms)'),
    epoll_create1: library.func('int epoll_create1(int flags)'),
    epoll_ctl: library.func('int epoll_ctl(int epoll, int operation, int fd, void *event)'),
    epoll_wait: library.func('int epoll_wait(int epoll, void *events, int max, int ms)'),
    eventfd: library.func('int eventfd(uint value, int flags)'),
    // Neither has a function of its own in all libraries: they go by their numbers.
    io_uring_setup: library.func('syscall', 'int', ['long', 'uint', 'void *']),
    io_uring_enter: library.func('syscall', 'int', ENTER_PARAMETERS),
    map: (fd, offset, size) => {
      const address = BigInt(mmap(0, size, PROT, MAP, fd, offset));
      return address === MAP_FAILED ? null : koffi.view(address, size);
    },
    madvise: library.func('madvise', 'int', [POINTER, 'size_t', 'int']),
    errno: () => koffi.errno(),
    reason: () => strerror(koffi.errno()) as string,
    addressOf: (bytes) => Number(koffi.address(bytes)),
  };
}
