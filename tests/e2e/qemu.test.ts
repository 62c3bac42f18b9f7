import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasProgram } from '../project/has-program.ts';
import { sluice, temporaryFolder } from '../scripts/sluice.ts';
import { afterFile } from './cleanup.ts';
import { configure, type Namespace, namespaces, whyNoNamespaces } from './namespaces.ts';
import { plantAndOffice } from './plant-and-office.ts';
import { RouterProcess } from './router-process.ts';

const QEMU = 'qemu-system-x86_64';
const isHere = hasProgram(QEMU);
const whyNoHosts = whyNoNamespaces('ping', 'iperf3');
/** TAP devices of QEMU's, in no namespace yet: a name that no other run has. */
const TAPS = ['plant', 'office'].map((side) => `slq${process.pid}${side[0]}`);

/** A machine that does nothing but join two of QEMU's network backends by a hub. */
function joinBackends(...backends: readonly string[]): ChildProcess {
  const machine = ['-machine', 'none', '-nodefaults', '-display', 'none', '-monitor', 'none'];
  const words = backends.flatMap((backend, i) => [
    ...['-netdev', `${backend},id=n${i}`],
    ...['-netdev', `hubport,id=h${i},hubid=0,netdev=n${i}`],
  ]);
  const child = spawn(QEMU, [...machine, ...words], { stdio: 'ignore' });
  afterFile(() => child.kill('SIGKILL'));
  return child;
}

async function freeTcpPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

describe.skipIf(!isHere)(`QEMU's own end${isHere ? '' : ` (not installed: ${QEMU})`}`, () => {
  const folder = temporaryFolder();
  const control = join(folder, 'ctl.sock');
  const path = join(folder, 'plant.sock');
  let router: RouterProcess;
  /** Streams of QEMU's at the plant's wire, where it connects, and the office's, where it listens. */
  let streams: readonly string[];

  /** Has hosts put on both wires; both links go up, and down when they are taken away. */
  const plugIn = async (hosts: readonly string[]) => {
    const from = router.stdout.length;
    const machines = hosts.map((host, side) => joinBackends(host, streams[side]));
    for (const port of ['eth0', 'eth1']) await router.says(`${port}: link up`, from);
    return async () => {
      for (const machine of machines) machine.kill('SIGKILL');
      for (const port of ['eth0', 'eth1']) await router.says(`${port}: link down`, from);
    };
  };

  beforeAll(async () => {
    const port = await freeTcpPort();
    streams = [
      `stream,server=off,addr.type=unix,addr.path=${path}`,
      `stream,server=on,addr.type=inet,addr.host=127.0.0.1,addr.port=${port}`,
    ];
    const flows = ['{ name: iperf, from: office, to: plant, match: tcp dst port 5201 }'];
    const words = [`lan0=qemu:unix:${path}`, `lan1=qemu:127.0.0.1:${port},connect`];
    router = new RouterProcess([
      plantAndOffice(folder, { flows }),
      ...words.flatMap((wire) => ['--wire', wire]),
      ...['--socket', control],
    ]);
    await router.isUp();
  }, 90_000);

  it('has its user network answer the router, as often as it comes', async () => {
    for (let turn = 0; turn < 2; turn++) {
      const unplug = await plugIn([
        'user,net=10.2.0.0/24,host=10.2.0.7',
        'user,net=10.1.0.0/24,host=10.1.0.20',
      ]);
      for (const host of ['10.2.0.7', '10.1.0.20']) {
        const said = await sluice('ctl', control, 'ping', host, '1');
        expect(said).toMatchObject({ code: 0, stdout: expect.stringContaining('1 replied') });
      }
      await unplug();
    }
  });

  const bare = `carries Linux hosts${whyNoHosts === null ? '' : ` (${whyNoHosts})`}`;
  it.skipIf(whyNoHosts !== null)(bare, async () => {
    const [plant, office] = namespaces('plant', 'office') as [Namespace, Namespace];
    await plugIn(TAPS.map((name) => `tap,ifname=${name},script=no,downscript=no`));
    for (const [side, host] of [plant, office].entries()) {
      spawnSync('ip', ['link', 'set', TAPS[side], 'netns', host.name]);
    }
    configure(plant, TAPS[0], { address: '10.2.0.7/24', gateway: '10.2.0.1' });
    configure(office, TAPS[1], { address: '10.1.0.20/24', gateway: '10.1.0.1' });
    plant.start('iperf3', '-s');
    const pings = await office.exec('ping', '-f', '-c', '1000', '10.2.0.7');
    expect(pings.stdout).toContain('1000 packets transmitted, 1000 received, 0% packet loss');
    const said = await office.exec('iperf3', '-c', '10.2.0.7', '-n', '20M', '-J');
    expect(JSON.parse(said.stdout).end.sum_sent.bytes).toBeGreaterThanOrEqual(20e6);
  });

  it('has lost nothing at the end', async () => {
    expect(await router.stop()).toBe(0);
    expect(router.stderr).toBe('');
  });
});
