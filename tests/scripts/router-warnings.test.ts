import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadRouter } from '../../config/router.ts';
import { flowWarnings } from '../../scripts/router-warnings.ts';
import { routerOf, scratchFolder } from '../firmware/configuration.ts';
import { plantCapture, plantRouter, sluice } from './sluice.ts';

const HEAD = `board: three-port
interfaces:
  plant0: { port: eth0, zone: plant, address: 10.2.0.1/24 }
  office0: { port: eth1, zone: office, address: 10.1.0.1/24 }
  uplink0: { port: eth2, zone: internet, address: 203.0.113.2/30 }
routes:
  - { to: 0.0.0.0/0, via: 203.0.113.1 }
  - { to: 10.2.0.99/32, interface: office0 }
flows:
`;

function warnings(from: string, to: string, match: string): string[] {
  const flow = `  - { name: f, from: ${from}, to: ${to}, match: "${match}" }\n`;
  return flowWarnings(routerOf(HEAD + flow)).map((line) => line.replace(/^.*?: warning: /, ''));
}

describe('a flow that can never match is told of', () => {
  const both =
    'flow "f" can never match: no IPv4 packet is all that its match says; mend the match';
  it.each([
    ['two protocols at once', 'office', 'plant', 'tcp and udp', both],
    ['IPv6', 'office', 'plant', 'ip6', both],
    ['ARP', 'office', 'plant', 'arp', both],
    [
      'a source that lives elsewhere',
      'office',
      'plant',
      'src host 10.2.0.7',
      'flow "f" can never match: no host of zone office sends what its match says; check from and the addresses',
    ],
    [
      'another zone of arrival',
      'office',
      'plant',
      'zone internet',
      'flow "f" can never match: no host of zone office sends what its match says; check from and the addresses',
    ],
    [
      'a destination that lives elsewhere',
      'office',
      'plant',
      'dst host 10.1.0.7',
      'flow "f" can never match: nobody in zone plant has an address that its match says; check to and the addresses',
    ],
    [
      'a destination that a route moved',
      'internet',
      'plant',
      'dst host 10.2.0.99',
      'flow "f" can never match: nobody in zone plant has an address that its match says; check to and the addresses',
    ],
    [
      'a host for the router',
      'office',
      'router',
      'dst host 10.2.0.7',
      'flow "f" can never match: nobody in zone router has an address that its match says; check to and the addresses',
    ],
  ])('%s', (_, from, to, match, expected) => {
    expect(warnings(from, to, match)).toEqual([expected]);
  });

  it.each([
    ['office', 'plant', 'tcp dst port 502 and src host 10.1.0.20'],
    ['office', 'internet', 'udp'],
    ['internet', 'plant', 'src host 8.8.8.8'],
    ['office', 'internet', 'dst host 10.9.9.9'],
    ['office', 'plant', 'src host 10.2.0.99'],
    ['office', 'router', 'icmp and dst host 10.2.0.1'],
    ['router', 'office', 'icmp'],
  ])('but not one from %s to %s: %s', (from, to, match) => {
    expect(warnings(from, to, match)).toEqual([]);
  });

  it('on stderr, with its place, and stdout stays one JSON object', async () => {
    const file = join(scratchFolder(), 'r.yaml');
    writeFileSync(file, `${HEAD}  - { name: f, from: office, to: plant, match: tcp and udp }\n`);
    const { code, stdout, stderr } = await sluice(
      'replay',
      plantCapture,
      '--config',
      file,
      '--json',
    );
    expect(code).toBe(0);
    expect(() => JSON.parse(stdout)).not.toThrow();
    expect(stderr).toContain(`${file}:10:5: warning: flow "f" can never match`);
    expect((await sluice('test', file)).stderr).toContain('warning: flow "f"');
  });

  it('and the example has none', () => {
    expect(flowWarnings(loadRouter(plantRouter))).toEqual([]);
  });
});
