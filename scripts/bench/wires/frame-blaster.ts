/**
 * Sends one frame by a network interface as fast as it goes: INTERFACE FRAME-IN-HEX SECONDS.
 * A program of its own, so that it has a core of its own.
 */
import { libcFor } from '../../../drivers/wires/linux/libc.ts';
import { MessageBatch } from '../../../drivers/wires/linux/message-batch.ts';
import { openPacketSocket } from '../../../drivers/wires/linux/packet-socket.ts';

const BATCH = 64;

const [name = '', hex = '', seconds = '1'] = process.argv.slice(2);
const libc = libcFor(name);
const fd = openPacketSocket(libc, name, name);
const frame = Uint8Array.from(Buffer.from(hex, 'hex'));
const batch = new MessageBatch(libc, BATCH, { controls: false });
for (let i = 0; i < BATCH; i++) batch.set(i, libc.addressOf(frame), frame.length);
let sent = 0;
for (const end = performance.now() + Number(seconds) * 1000; performance.now() < end; ) {
  sent += Math.max(batch.send(fd, 0, BATCH), 0);
}
libc.close(fd);
process.stdout.write(`${sent}\n`);
