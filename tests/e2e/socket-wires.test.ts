import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../scripts/sluice.ts';
import { afterFile } from './cleanup.ts';
import { FarHost } from './far-host.ts';
import { freeUdpPort } from './free-port.ts';
import { RouterProcess } from './router-process.ts';

const folder = temporaryFolder();
const router = join(folder, 'router.yaml');
writeFileSync(
  router,
  `board: two-port
interfaces:
  lan0: { port: eth0, zone: plant, address: 10.2.0.1/24 }
  lan1: { port: eth1, zone: office, address: 10.1.0.1/24 }
flows:
  - { name: pings, from: office, to: plant, match: icmp }
`,
);
const ROUTER_MAC = 0x0253_4c00_0002;
const OFFICE_HOST = 0x0a01_0014;

/** What the office's host sees of the router, and of the simulated host behind it. */
async function pingThrough(host: FarHost): Promise<void> {
  await host.ask('arp who-has 10.1.0.1 tell 10.1.0.20', 'arp reply 10.1.0.1');
  const reply = await host.ask('icmp 10.1.0.20 > 10.2.0.7', 'echo-reply', {
    destination: ROUTER_MAC,
  });
  expect(reply).toContain('10.2.0.7 > 10.1.0.20');
}

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
    const port = await freeUdpPort();
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    const stranger = createSocket('udp4');
    for (const each of [socket, stranger]) afterFile(() => each.close());
    await once(socket, 'listening');
    const far = socket.address().port;
    const boot = new RouterProcess([
      router,
      ...['--wire', 'lan0=host:10.2.0.7'],
      ...['--wire', `eth1=udp:127.0.0.1:${port},127.0.0.1:${far}`],
    ]);
    await boot.isUp('eth0', 'eth1');
    const host = new FarHost(OFFICE_HOST, (frame) => socket.send(frame, port, '127.0.0.1'));
    socket.on('message', host.arrive);
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
