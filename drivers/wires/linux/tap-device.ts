/**
 * A TAP device (Documentation/networking/tuntap.rst): a network interface whose wire is a file.
 * Frames have no header and no offloads; one call reads or writes one.
 */
import { WireError } from '../wire-error.ts';
import { INTERFACE_NAME_SIZE, interfaceRequest } from './interface-request.ts';
import { EBUSY, ENODEV, ENOENT, type Libc } from './libc.ts';
import { isForbidden, keepIf } from './opened-file.ts';

const DEVICE = '/dev/net/tun';
const O_RDWR = 2;
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;
const TUNSETIFF = 0x4004_54ca;
const TUNSETCARRIER = 0x4004_54e2;
const IFF_TAP = 0x0002;
const IFF_NO_PI = 0x1000;

/** Opens the device, and makes it where it is not. @throws {WireError} */
export function openTap(libc: Libc, wire: string, name: string): number {
  const fd = libc.open(DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) throw deviceError(libc, wire);
  const request = interfaceRequest(name);
  new DataView(request.buffer).setUint16(INTERFACE_NAME_SIZE, IFF_TAP | IFF_NO_PI, true);
  const isReady = libc.ioctl(fd, TUNSETIFF, request) === 0;
  return keepIf(isReady, libc, fd, () => tapError(libc, wire, name));
}

/** The interface's side sees the cable plugged in, or pulled. */
export function setTapCarrier(libc: Libc, fd: number, isUp: boolean): void {
  libc.ioctl(fd, TUNSETCARRIER, new Uint8Array(new Int32Array([isUp ? 1 : 0]).buffer));
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
  if (isForbidden(libc)) {
    const hint = 'run as root, or with CAP_NET_ADMIN, or make the device for this user before';
    return new WireError('WIRE_FORBIDDEN', wire, `"${name}" may not be used`, hint);
  }
  const what = `"${name}" is no TAP device (${libc.reason()})`;
  const hint = 'name one, or a new one, which is then made';
  return new WireError('WIRE_FAILED', wire, what, hint);
}
