import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../scripts/sluice.ts';
import { configure, type Namespace, namespaces, whyNoNamespaces } from './namespaces.ts';
import { plantAndOffice } from './plant-and-office.ts';
import { RouterProcess } from './router-process.ts';

const why = whyNoNamespaces('ping', 'traceroute');

describe.skipIf(why !== null)(`hosts on TAP devices${why === null ? '' : ` (${why})`}`, () => {
  let office: Namespace;
  let router: RouterProcess;

  beforeAll(async () => {
    const flows = [
      '{ name: pings the router, from: office, to: router, match: icmp }',
      '{ name: traceroute, from: office, to: plant, match: udp dst portrange 33434-33534 }',
    ];
    const wires = 'wires: { lan0: tap:sltap0, lan1: tap:sltap1 }';
    const file = plantAndOffice(temporaryFolder(), { flows, wires });
    const [r, p, o] = namespaces('router', 'plant', 'office');
    office = o;
    router = new RouterProcess([file], { namespace: r });
    await router.isUp();
    r.ip('link', 'set', 'sltap0', 'netns', p.name);
    r.ip('link', 'set', 'sltap1', 'netns', o.name);
    configure(p, 'sltap0', { address: '10.2.0.7/24', gateway: '10.2.0.1' });
    configure(o, 'sltap1', { address: '10.1.0.20/24', gateway: '10.1.0.1' });
    await router.isUp('eth0', 'eth1');
  }, 120_000);

  it('ping one another through it', async () => {
    const said = await office.exec('ping', '-c', '3', '-i', '0.05', '10.2.0.7');
    expect(said.stdout).toContain(' 0% packet loss');
    expect(said.stdout).toContain('ttl=63');
  });

  it('flood it without a loss', async () => {
    const said = await office.exec('ping', '-f', '-c', '5000', '10.2.0.7');
    expect(said.stdout).toContain('5000 packets transmitted, 5000 received, 0% packet loss');
  });

  it('see it on their way', async () => {
    const said = await office.exec('traceroute', '-n', '-w', '1', '10.2.0.7');
    expect(said.stdout).toMatch(/^ 1 {2}10\.1\.0\.1 /m);
    expect(said.stdout).toMatch(/^ 2 {2}10\.2\.0\.7 /m);
  });

  it('end with it, and its books balance', async () => {
    expect(await router.stop()).toBe(0);
    expect(router.stderr).toBe('');
    expect(router.stdout).toMatch(/^ {2}pings +\d/m);
  });
});
