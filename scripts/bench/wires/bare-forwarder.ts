/**
 * What a wire costs without a router: reads a frame, writes it to the other side, one call each.
 * KIND (packet or tap) NAME NAME. Runs until it is killed.
 */
import { openWaitFds, waitForFds } from '../../../drivers/wires/linux/epoll.ts';
import { libcFor } from '../../../drivers/wires/linux/libc.ts';
import { openPacketSocket } from '../../../drivers/wires/linux/packet-socket.ts';
import { openTap } from '../../../drivers/wires/linux/tap-device.ts';

const FRAME_SIZE_MAX = 4096;
const BATCH = 64;
const WAIT_MS = 100;

const [kind = '', ...names] = process.argv.slice(2);
const libc = libcFor(kind);
const open = kind === 'tap' ? openTap : openPacketSocket;
const fds = names.map((name) => open(libc, kind, name));
const waitFds = openWaitFds(libc, fds);
const buffer = new Uint8Array(FRAME_SIZE_MAX);
const address = libc.addressOf(buffer);

function forward(from: number, to: number): number {
  for (let count = 0; count < BATCH; count++) {
    const size = libc.read(from, address, FRAME_SIZE_MAX);
    if (size <= 0) return count;
    libc.write(to, address, size);
  }
  return BATCH;
}

process.stdout.write('running\n');
for (;;) {
  const moved = forward(fds[0], fds[1]) + forward(fds[1], fds[0]);
  if (moved === 0) waitForFds(libc, waitFds, WAIT_MS);
}
