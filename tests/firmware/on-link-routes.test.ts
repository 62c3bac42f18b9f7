/** One subnet on two ports: hosts that on-link routes have moved live on the other wire. */
import { beforeAll, describe, expect, it } from 'vitest';
import { compileTables } from '../../firmware/boot/tables.ts';
import { RouterTestBench } from '../../scripts/router-test/test-bench.ts';
import { firmwareOf, routerOf } from './configuration.ts';

const ROUTER = `board: two-port
interfaces:
  plant0: { port: eth0, zone: plant, address: 10.1.0.1/24 }
  office0: { port: eth1, zone: office, address: 10.1.0.2/32 }
routes:
  - { to: 10.1.0.20/32, interface: office0 }
  - { to: 172.16.5.0/24, interface: office0 }
  - { to: 0.0.0.0/0, via: 10.1.0.20 }
flows:
  - { name: in, from: office, to: plant }
  - { name: out, from: plant, to: office }
  - { name: pings, from: office, to: router, match: icmp }
`;

describe('hosts of one subnet on two ports', () => {
  let bench: RouterTestBench;
  beforeAll(async () => {
    const firmware = await firmwareOf();
    const router = routerOf(ROUTER);
    bench = new RouterTestBench(firmware, router, compileTables(firmware.system, router));
  });
  const outcome = (packet: string, port?: string) => {
    const test = { packet, expect: '', line: 1, column: 1, ...(port && { in: port }) };
    const { kind, reason, port: egress } = bench.run(test).outcome;
    return kind === 'dropped' ? reason : `${kind} ${egress}`;
  };

  it.each([
    ['to a host that stays', 'tcp 10.1.0.20:4000 > 10.1.0.7:502', 'transmitted eth0'],
    ['to a host that a route moved', 'tcp 10.1.0.7:4000 > 10.1.0.20:80', 'transmitted eth1'],
    ['to a subnet on link', 'tcp 10.1.0.7:4000 > 172.16.5.9:80', 'transmitted eth1'],
    ['by a next router that was moved', 'tcp 10.1.0.7:4000 > 8.8.8.8:80', 'transmitted eth1'],
    ['of neighbours', 'tcp 10.1.0.8:4000 > 10.1.0.7:80', 'same-segment'],
  ])('carry packets %s', (_, packet, expected) => {
    expect(outcome(packet)).toBe(expected);
  });

  it.each([
    ['a moved host on its old port', 'tcp 10.1.0.20:4000 > 10.1.0.7:502', 'eth0'],
    ['a host that stayed on the new port', 'tcp 10.1.0.7:4000 > 10.1.0.8:502', 'eth1'],
    ['a subnet on link on another port', 'tcp 172.16.5.9:4000 > 10.1.0.7:502', 'eth0'],
  ])('are not believed: %s', (_, packet, port) => {
    expect(outcome(packet, port)).toBe('spoofed');
  });

  it('are answered by the router at the address of their port', () => {
    expect(outcome('icmp 10.1.0.20 > 10.1.0.2')).toBe('transmitted eth1');
    expect(outcome('arp who-has 10.1.0.2 tell 10.1.0.20', 'eth1')).toBe('consumed null');
    expect(outcome('arp who-has 10.1.0.2 tell 10.1.0.7', 'eth1')).toBe('bad-arp-sender');
  });
});
