/**
 * A raw socket on a network interface (packet(7)): every frame that it receives, none that it
 * sends, with its offloads off so that frames are whole and no longer than the wire's.
 */
import { WireError } from '../wire-error.ts';
import { INTERFACE_NAME_SIZE, interfaceRequest } from './interface-request.ts';
import type { Libc } from './libc.ts';
import { isForbidden, keepIf } from './opened-file.ts';

const AF_PACKET = 17;
const AF_INET = 2;
const SOCK_RAW = 3;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const ETH_P_ALL_BIG_ENDIAN = 0x0300;
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const SO_RCVBUFFORCE = 33;
const SOL_PACKET = 263;
const PACKET_ADD_MEMBERSHIP = 1;
const PACKET_AUXDATA = 8;
const PACKET_IGNORE_OUTGOING = 23;
const PACKET_MR_PROMISC = 1;
/** Some breaths' worth of the longest frames, as the kernel counts them. */
const RECEIVE_BUFFER_SIZE = 8 << 20;

const SIOCETHTOOL = 0x8946;
const SIOCGIFFLAGS = 0x8913;
const IFF_UP = 0x1;
const IFF_RUNNING = 0x40;
/** ETHTOOL_S…: rx and tx checksums, scatter-gather, TSO, GSO, GRO. */
const OFFLOADS = [0x15, 0x17, 0x19, 0x1f, 0x24, 0x2c];

function int(value: number): Uint8Array {
  return new Uint8Array(new Int32Array([value]).buffer);
}

/** Opens the socket. @throws {WireError} for want of rights or of the interface */
export function openPacketSocket(libc: Libc, wire: string, name: string): number {
  if (libc.if_nametoindex(name) === 0) {
    const what = `there is no network interface "${name}"`;
    throw new WireError('WIRE_MISSING', wire, what, 'ip link shows those that there are');
  }
  // Protocol 0: nothing is queued before bind has named the interface.
  const fd = libc.socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) {
    const code = isForbidden(libc) ? 'WIRE_FORBIDDEN' : 'WIRE_FAILED';
    const what = `no raw socket (${libc.reason()})`;
    throw new WireError(code, wire, what, 'run as root, or with the capability CAP_NET_RAW');
  }
  const set = (level: number, option: number, value: Uint8Array) =>
    libc.setsockopt(fd, level, option, value, value.length);
  if (set(SOL_SOCKET, SO_RCVBUFFORCE, int(RECEIVE_BUFFER_SIZE)) < 0) {
    set(SOL_SOCKET, SO_RCVBUF, int(RECEIVE_BUFFER_SIZE));
  }
  // Critical: or what the router sends comes back as if it had arrived.
  const isDeaf = set(SOL_PACKET, PACKET_IGNORE_OUTGOING, int(1)) === 0;
  const isReady = isDeaf && set(SOL_PACKET, PACKET_AUXDATA, int(1)) === 0 && attach(libc, fd, name);
  return keepIf(isReady, libc, fd, () => {
    const what = `cannot be set up (${libc.reason()})`;
    return new WireError('WIRE_FAILED', wire, what, 'it needs Linux 4.20 or newer');
  });
}

/** Binds the socket to the interface that has this name now; false: see errno. */
export function attach(libc: Libc, fd: number, name: string): boolean {
  const index = libc.if_nametoindex(name);
  if (index === 0) return false;
  offloadsOff(libc, name);
  const membership = new DataView(new ArrayBuffer(16));
  membership.setInt32(0, index, true);
  membership.setUint16(4, PACKET_MR_PROMISC, true);
  const bytes = new Uint8Array(membership.buffer);
  libc.setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, bytes, bytes.length);
  const address = new DataView(new ArrayBuffer(20));
  address.setUint16(0, AF_PACKET, true);
  address.setUint16(2, ETH_P_ALL_BIG_ENDIAN, true);
  address.setInt32(4, index, true);
  return libc.bind(fd, new Uint8Array(address.buffer), address.byteLength) === 0;
}

/** Asks the interface to leave frames as they are; one that cannot is left as it is. */
function offloadsOff(libc: Libc, name: string): void {
  const fd = libc.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return;
  for (const command of OFFLOADS) {
    const value = new Uint8Array(new Uint32Array([command, 0]).buffer);
    const request = interfaceRequest(name);
    const at = BigInt(libc.addressOf(value));
    new DataView(request.buffer).setBigUint64(INTERFACE_NAME_SIZE, at, true);
    libc.ioctl(fd, SIOCETHTOOL, request);
    // Here for the sake of its life: the request holds its address only.
    value.fill(0);
  }
  libc.close(fd);
}

/** Whether the interface is there, up, and has a carrier. `fd` is any socket of its namespace. */
export function hasCarrier(libc: Libc, fd: number, name: string): boolean {
  const request = interfaceRequest(name);
  if (libc.ioctl(fd, SIOCGIFFLAGS, request) < 0) return false;
  const flags = new DataView(request.buffer).getInt16(INTERFACE_NAME_SIZE, true);
  return (flags & (IFF_UP | IFF_RUNNING)) === (IFF_UP | IFF_RUNNING);
}
