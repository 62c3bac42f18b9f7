import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../scripts/sluice.ts';
import { afterFile } from './cleanup.ts';
import { FarHost } from './far-host.ts';
import { OFFICE_HOST, officeByUdp, pingThrough, plantAndOffice } from './plant-and-office.ts';
import { RouterProcess } from './router-process.ts';

const folder = temporaryFolder();
const router = plantAndOffice(folder);

/** A host that speaks QEMU's stream format on a connected socket. */
function streamHost(socket: Socket): FarHost {
  const host = new FarHost(OFFICE_HOST, (frame) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(frame.length);
    socket.write(Buffer.concat([length, frame]));
  });
  let rest = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32BE(0)) {
      const size = rest.readUInt32BE(0);
      host.arrive(rest.subarray(4, 4 + size));
      rest = rest.subarray(4 + size);
    }
  });
  socket.on('error', () => {});
  return host;
}

describe('a UDP wire', () => {
  it('carries a frame a datagram, from its far end only', { timeout: 90_000 }, async () => {
    const { host, wire, port } = await officeByUdp();
    const stranger = createSocket('udp4');
    afterFile(() => stranger.close());
    const boot = new RouterProcess([
      router,
      ...['--wire', 'lan0=host:10.2.0.7'],
      ...['--wire', `eth1=${wire}`],
    ]);
    await boot.isUp('eth0', 'eth1');
    await new Promise((resolve) => stranger.send('a stranger speaks', port, '127.0.0.1', resolve));
    await pingThrough(host);
    expect(await boot.stop()).toBe(0);
    // Two ARP packets and a ping each way; nothing of the stranger's.
    expect(boot.numbers('eth1')).toEqual([3, 3]);
    expect(boot.numbers('eth0')).toEqual([2, 2]);
  });
});

describe('a stream wire', () => {
  it('listens: up while somebody is there, and for the owner only', {
    timeout: 90_000,
  }, async () => {
    const path = join(folder, 'qemu.sock');
    const words = ['--wire', 'lan0=host:10.2.0.7', '--wire', `lan1=qemu:unix:${path}`];
    const boot = await new RouterProcess([router, ...words]).isUp('eth0');
    expect(boot.stdout).not.toContain('eth1: link up');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const first = connect(path);
    await boot.says('eth1: link up');
    await pingThrough(streamHost(first));
    // A second one is shown the door; nonsense ends the first.
    await once(connect(path), 'close');
    first.write(Buffer.alloc(4));
    await boot.says('eth1: link down');
    const second = connect(path);
    await boot.says(/link down[\s\S]*eth1: link up/);
    await pingThrough(streamHost(second));
    second.destroy();
    expect(await boot.stop()).toBe(0);
  });

  it('connects, and looks for a far end that has gone', { timeout: 90_000 }, async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    afterFile(() => server.close());
    const { port } = server.address() as AddressInfo;
    const words = [`lan1=qemu:127.0.0.1:${port},connect`, 'lan0=host:10.2.0.7'];
    const boot = new RouterProcess([router, ...words.flatMap((wire) => ['--wire', wire])]);
    const [first] = (await once(server, 'connection')) as [Socket];
    await boot.isUp('eth1');
    await pingThrough(streamHost(first));
    first.destroy();
    const [second] = (await once(server, 'connection')) as [Socket];
    await boot.says(/link down[\s\S]*eth1: link up/);
    await pingThrough(streamHost(second));
    second.destroy();
    expect(await boot.stop()).toBe(0);
  });
});

describe('a wire that cannot be had', () => {
  const taken = createSocket('udp4').bind(0, '127.0.0.1');
  afterFile(() => taken.close());

  it.each([
    [() => `udp:127.0.0.1:${taken.address().port},127.0.0.1:9`, 'WIRE_BUSY lan0: udp'],
    [() => 'udp:192.0.2.1:1024,127.0.0.1:9', 'WIRE_MISSING lan0: udp'],
    [() => `qemu:unix:${folder}/no/x.sock`, 'WIRE_MISSING lan0: qemu'],
    [() => 'packet:nosuch0', process.platform === 'linux' ? 'WIRE_MISSING' : 'WIRE_UNSUPPORTED'],
  ])(
    'is one line that says what to do, before anything is booted',
    async (wire, message) => {
      const boot = new RouterProcess([router, '--wire', `lan0=${wire()}`]);
      const [code] = await once(boot.child, 'close');
      expect({ code, stdout: boot.stdout }).toEqual({ code: 2, stdout: '' });
      expect(boot.stderr).toContain(message.replace('lan0', 'eth0'));
      expect(boot.stderr).toMatch(/^sluice: [^\n]+; [^\n]+\n$/);
    },
    60_000,
  );
});
