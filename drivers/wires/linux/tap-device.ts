/**
 * A TAP device (Documentation/networking/tuntap.rst): a network interface whose wire is a file.
 * Frames have no header and no offloads; one call reads or writes one.
 */
import type { FrameSink } from '../../raw-socket-sim.ts';
import { WIRE_BATCH, type Wire, type WireCounters, type WirePort } from '../wire.ts';
import { WireError } from '../wire-error.ts';
import { EACCES, EBUSY, ENODEV, ENOENT, EPERM, type Libc } from './libc.ts';
import { interfaceRequest } from './packet-socket.ts';

const DEVICE = '/dev/net/tun';
const O_RDWR = 2;
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;
const TUNSETIFF = 0x4004_54ca;
const TUNSETCARRIER = 0x4004_54e2;
const IFF_TAP = 0x0002;
const IFF_NO_PI = 0x1000;
const FLAGS_OFFSET = 16;
const POLLOUT = 4;
const FRAME_SIZE_MAX = 65_536;

/** Opens the device, and makes it where it is not. @throws {WireError} */
export function openTap(libc: Libc, wire: string, name: string): number {
  const fd = libc.open(DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) throw deviceError(libc, wire);
  const request = interfaceRequest(name);
  new DataView(request.buffer).setUint16(FLAGS_OFFSET, IFF_TAP | IFF_NO_PI, true);
  if (libc.ioctl(fd, TUNSETIFF, request) === 0) return fd;
  const error = tapError(libc, wire, name);
  libc.close(fd);
  throw error;
}

function deviceError(libc: Libc, wire: string): WireError {
  const errno = libc.errno();
  if (errno === ENOENT || errno === ENODEV) {
    const what = `this machine has no ${DEVICE}`;
    return new WireError('WIRE_MISSING', wire, what, 'load the kernel module: modprobe tun');
  }
  const what = `${DEVICE} cannot be opened (${libc.reason()})`;
  return new WireError('WIRE_FORBIDDEN', wire, what, 'run as root, or give the user that device');
}

function tapError(libc: Libc, wire: string, name: string): WireError {
  const errno = libc.errno();
  if (errno === EBUSY) {
    const what = `device "${name}" is in use`;
    return new WireError('WIRE_BUSY', wire, what, 'end the program that has it, or name another');
  }
  if (errno === EPERM || errno === EACCES) {
    const hint = 'run as root, or with CAP_NET_ADMIN, or make the device for this user before';
    return new WireError('WIRE_FORBIDDEN', wire, `"${name}" may not be used`, hint);
  }
  const what = `"${name}" is no TAP device (${libc.reason()})`;
  return new WireError('WIRE_FAILED', wire, what, `make one: ip tuntap add ${name} mode tap`);
}

export class TapWire implements Wire {
  readonly counters: WireCounters = { rxDropped: 0, txDropped: 0 };
  private readonly libc: Libc;
  private readonly nic: WirePort;
  private readonly fd: number;
  private readonly buffer = new Uint8Array(FRAME_SIZE_MAX);
  private readonly bufferAddress: number;
  private readonly memory: number;
  /** struct pollfd {i32 fd, i16 events, i16 found}. */
  private readonly poll = new DataView(new ArrayBuffer(8));
  private readonly pollBytes = new Uint8Array(this.poll.buffer);

  constructor(libc: Libc, nic: WirePort, fd: number) {
    this.libc = libc;
    this.nic = nic;
    this.fd = fd;
    this.bufferAddress = libc.addressOf(this.buffer);
    this.memory = libc.addressOf(nic.bytes);
    this.poll.setInt32(0, fd, true);
    this.poll.setInt16(4, POLLOUT, true);
  }

  /** A device can be written while its interface is up, in whatever namespace that is. */
  isUp(): boolean {
    const ready = this.libc.poll(this.pollBytes, 1, 0);
    return ready > 0 && (this.poll.getInt16(6, true) & POLLOUT) !== 0;
  }

  receive(seconds: number, nanoseconds: number): number {
    const { libc, nic, buffer, fd } = this;
    for (let count = 0; count < WIRE_BATCH; count++) {
      const size = libc.read(fd, this.bufferAddress, FRAME_SIZE_MAX);
      if (size <= 0) return count;
      nic.receive(buffer, 0, size, size, 0, seconds, nanoseconds);
    }
    return WIRE_BATCH;
  }

  readonly transmit: FrameSink = (address, length) => {
    const size = this.libc.write(this.fd, this.memory + address, length);
    if (size !== length) this.counters.txDropped++;
  };

  flush(): void {}

  /** The host sees the cable pulled. */
  setAdmin(isUp: boolean): void {
    const carrier = new Uint8Array(new Int32Array([isUp ? 1 : 0]).buffer);
    this.libc.ioctl(this.fd, TUNSETCARRIER, carrier);
  }
}
