import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../scripts/sluice.ts';
import { freeUdpPort } from './free-port.ts';
import { configure, type Namespace, namespaces, whyNoNamespaces } from './namespaces.ts';
import { RouterProcess } from './router-process.ts';

const why = whyNoNamespaces('ping', 'traceroute', 'curl');

/** A router with a host on a TAP device and the other router at the far end of a UDP wire. */
function routerYaml(own: 1 | 2, wire: string): string {
  const other = 3 - own;
  return `board: board${own}.yaml
interfaces:
  lan0: { port: eth0, zone: lan, address: 10.${own}.0.1/24 }
  wan0: { port: eth1, zone: wan, address: 192.0.2.${own}/30 }
routes:
  - { to: 10.${other}.0.0/24, via: 192.0.2.${other} }
flows:
  - { name: out, from: lan, to: wan, match: icmp or udp or tcp }
  - { name: in, from: wan, to: lan, match: icmp or udp or tcp }
wires: { lan0: tap:slchain${own}, wan0: '${wire}' }
`;
}

describe.skipIf(why !== null)(`two routers${why === null ? '' : ` (${why})`}`, () => {
  let left: Namespace;
  let routers: RouterProcess[];

  beforeAll(async () => {
    const folder = temporaryFolder();
    const [r, p, q] = namespaces('routers', 'left', 'right');
    left = p;
    const ports = [await freeUdpPort(), await freeUdpPort()].map((port) => `127.0.0.1:${port}`);
    routers = ([1, 2] as const).map((own) => {
      const file = join(folder, `r${own}.yaml`);
      // Two boards of one kind have the same MAC addresses, and would not hear one another.
      const macs = [0, 1].map((port) => `eth${port}: { mac: 02:00:00:00:0${own}:0${port} }`);
      writeFileSync(join(folder, `board${own}.yaml`), `name: b\nports: { ${macs.join(', ')} }\n`);
      const wire = `udp:${ports[own - 1]},${ports[2 - own]}`;
      writeFileSync(file, routerYaml(own, wire));
      return new RouterProcess([file], { namespace: r });
    });
    for (const [index, host] of [p, q].entries()) {
      await routers[index].isUp('eth1');
      const name = `slchain${index + 1}`;
      r.ip('link', 'set', name, 'netns', host.name);
      const gateway = `10.${index + 1}.0.1`;
      configure(host, name, { address: `10.${index + 1}.0.2/24`, gateway });
      await routers[index].isUp('eth0');
    }
  }, 120_000);

  it('are both on the way from one host to the other', async () => {
    const said = await left.exec('traceroute', '-n', '-w', '2', '-q', '1', '10.2.0.2');
    expect(said.stdout).toMatch(
      /^ 1 {2}10\.1\.0\.1 .*\n 2 {2}192\.0\.2\.2 .*\n 3 {2}10\.2\.0\.2 /m,
    );
  });

  it('carry a flood without a loss', async () => {
    const said = await left.exec('ping', '-f', '-c', '2000', '10.2.0.2');
    expect(said.stdout).toContain('2000 packets transmitted, 2000 received, 0% packet loss');
  });

  it('end, each with its books balanced', async () => {
    for (const router of routers) {
      expect(await router.stop()).toBe(0);
      expect(router.stdout).toMatch(/received [\d,]+ \+ originated/);
    }
  });
});
