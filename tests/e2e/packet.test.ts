import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../scripts/sluice.ts';
import { configure, type Namespace, namespaces, whyNoNamespaces } from './namespaces.ts';
import { plantAndOffice } from './plant-and-office.ts';
import { RouterProcess } from './router-process.ts';

const why = whyNoNamespaces('ping', 'iperf3', 'curl');
const PLANT = '10.2.0.7';
const FILE_SIZE = 100_000_000;
const IDLE_SECONDS = 3;
/** The engine collects its garbage in one of them; a loop that is busy is so in all. */
const IDLE_WINDOWS = 3;
/**
 * After several seconds at full rate. An engine's heaps breathe; a leak of a frame each is more.
 */
const RESIDENT_GROWTH_MIB_MAX = 48;
const SERVER = `
const body = Buffer.alloc(${FILE_SIZE});
for (let i = 0, x = 1; i < body.length; i += 4) {
  x = Math.imul(x, 1664525) + 1013904223 >>> 0;
  body.writeUInt32LE(x, i);
}
require('node:http').createServer((_, response) => response.end(body)).listen(8080);
console.log(require('node:crypto').createHash('sha256').update(body).digest('hex'));
`;

describe.skipIf(why !== null)(
  `hosts on network interfaces${why === null ? '' : ` (${why})`}`,
  () => {
    const folder = temporaryFolder();
    let plant: Namespace;
    let office: Namespace;
    let router: RouterProcess;
    let residentAtFirst = 0;

    const plantUp = () => {
      plant.ip('link', 'set', 'p0', 'up');
      plant.ip('route', 'add', 'default', 'via', '10.2.0.1');
    };

    beforeAll(async () => {
      const flows = [
        '{ name: iperf, from: office, to: plant, match: tcp dst port 5201 or udp dst port 5201 }',
        '{ name: web, from: office, to: plant, match: tcp dst port 8080 }',
      ];
      const wires = 'wires: { lan0: packet:r0, lan1: packet:r1 }';
      const file = plantAndOffice(folder, { flows, wires, plantMtu: 1400 });
      const [r, p, o] = namespaces('router', 'plant', 'office');
      plant = p;
      office = o;
      for (const [near, far, host] of [
        ['r0', 'p0', p],
        ['r1', 'o0', o],
      ] as const) {
        r.ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', host.name);
        r.ip('link', 'set', near, 'up');
        // A wire carries no more than a frame at a time.
        host.ip('link', 'set', far, 'gso_max_segs', '1');
      }
      configure(p, 'p0', { address: `${PLANT}/24`, gateway: '10.2.0.1' });
      configure(o, 'o0', { address: '10.1.0.20/24', gateway: '10.1.0.1' });
      router = await new RouterProcess([file], { namespace: r }).isUp('eth0', 'eth1');
      plant.start('iperf3', '-s');
    }, 120_000);

    it('flood one another without a loss', async () => {
      const said = await office.exec('ping', '-f', '-c', '5000', PLANT);
      expect(said.stdout).toContain('5000 packets transmitted, 5000 received, 0% packet loss');
      residentAtFirst = router.usage().residentMiB;
    });

    it('find out how long a packet may be (RFC 1191)', async () => {
      const long = await office.exec(
        'ping',
        '-c',
        '2',
        '-i',
        '0.1',
        '-M',
        'do',
        '-s',
        '1400',
        PLANT,
      );
      expect(long.stdout + long.stderr).toMatch(/Frag needed.*mtu = 1400|mtu ?= ?1400/);
      const route = office.must('ip', 'route', 'get', PLANT);
      expect(route).toContain('mtu 1400');
      const fits = await office.exec('ping', '-c', '1', '-M', 'do', '-s', '1372', PLANT);
      expect(fits.stdout).toContain(' 0% packet loss');
    });

    it.each([
      ['to it by TCP', []],
      ['from it by TCP', ['-R']],
      ['to it by UDP', ['-u', '-b', '40M', '-l', '1200']],
      ['from it by UDP', ['-u', '-b', '40M', '-l', '1200', '-R']],
    ])('send much %s', { retry: 2 }, async (_, words) => {
      const said = await office.exec('iperf3', '-c', PLANT, '-t', '1', '-J', ...words);
      const { end, error } = JSON.parse(said.stdout);
      expect(error).toBeUndefined();
      const sum = end.sum_received ?? end.sum;
      expect(sum.bits_per_second).toBeGreaterThan(30e6);
      if (words.includes('-u')) expect(end.sum.lost_percent).toBeLessThan(1);
    });

    it('fetch 100 MB that arrive as they were, though the link goes in the middle', async () => {
      const server = plant.start(process.execPath, '-e', SERVER);
      const digest = await new Promise<string>((resolve) => {
        server.stdout?.once('data', (text) => resolve(String(text).trim()));
      });
      const file = join(folder, 'fetched');
      const options = ['-sS', '-m', '24', '--limit-rate', '40M', '-o', file];
      const fetched = office.exec('curl', ...options, `http://${PLANT}:8080/`);
      await wait(600);
      const from = router.stdout.length;
      plant.ip('link', 'set', 'p0', 'down');
      await router.says('eth0: link down', from);
      const { size } = statSync(file);
      expect(size).toBeGreaterThan(0);
      expect(size).toBeLessThan(FILE_SIZE);
      plantUp();
      expect(await fetched).toMatchObject({ code: 0, stderr: '' });
      const hash = createHash('sha256');
      for await (const chunk of createReadStream(file)) hash.update(chunk);
      expect(hash.digest('hex')).toBe(digest);
    });

    it('get no answer where no flow permits it', async () => {
      const said = await office.exec('curl', '-sS', '-m', '1', `http://${PLANT}:8081/`);
      expect(said.stderr).toContain('timed out');
    });

    it('lose the link and have it back', async () => {
      const from = router.stdout.length;
      const ping = office.exec('ping', '-c', '40', '-i', '0.05', PLANT);
      await wait(300);
      plant.ip('link', 'set', 'p0', 'down');
      await router.says('eth0: link down', from);
      await wait(300);
      // Another machine with the same address comes back.
      plant.ip('link', 'set', 'p0', 'address', '02:00:00:00:00:77');
      plantUp();
      await router.says(/eth0: link down[\s\S]*eth0: link up/, from);
      const said = await ping;
      // Withdrawn while it was down: the router says so, and does not wait for a neighbour.
      expect(said.stdout).toContain('From 10.1.0.1 icmp_seq=');
      expect(said.stdout).toContain('Destination Net Unreachable');
      const [, received] = /(\d+) received/.exec(said.stdout) ?? [];
      expect(Number(received)).toBeGreaterThan(10);
      expect(Number(received)).toBeLessThan(40);
    });

    it('change machines while the link stays, and are found by the first word of the new one', async () => {
      plant.ip('link', 'set', 'p0', 'address', '02:00:00:00:00:88');
      const lost = await office.exec('ping', '-c', '2', '-i', '0.1', '-W', '0.3', PLANT);
      expect(lost.stdout).toContain(' 0 received');
      plant.ip('neigh', 'flush', 'all');
      await plant.exec('ping', '-c', '1', '-W', '0.3', '10.2.0.1');
      const said = await office.exec('ping', '-c', '2', '-i', '0.1', PLANT);
      expect(said.stdout).toContain(' 0% packet loss');
    });

    it('cost next to nothing while they are silent, and nothing has grown', async () => {
      let share = 1;
      for (let window = 0; window < IDLE_WINDOWS && share >= 0.03; window++) {
        const { cpuSeconds: before } = router.usage();
        await wait(IDLE_SECONDS * 1000);
        share = (router.usage().cpuSeconds - before) / IDLE_SECONDS;
      }
      expect(share).toBeLessThan(0.03);
      expect(router.usage().residentMiB - residentAtFirst).toBeLessThan(RESIDENT_GROWTH_MIB_MAX);
    });

    it('end with it, and what was denied is told', async () => {
      expect(await router.stop()).toBe(0);
      expect(router.stderr).toBe('');
      // curl may ask twice before it gives up.
      expect(router.stdout).toMatch(
        /# office > plant, tcp 8081: [12] packets?, 10\.1\.0\.20 > 10\.2\.0\.7/,
      );
    });
  },
);
