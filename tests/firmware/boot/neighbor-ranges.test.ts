import { describe, expect, it } from 'vitest';
import { neighborRanges } from '../../../firmware/boot/address-map.ts';
import { formatIpv4 } from '../../../netstack/address.ts';
import { routerOf } from '../configuration.ts';

function rangesOf(interfaces: string, routes = ''): string[] {
  const router = routerOf(`board: three-port\ninterfaces:\n${interfaces}routes:\n${routes}`);
  return neighborRanges(router).map(
    ({ first, last, port }) => `${formatIpv4(first)}-${formatIpv4(last)} ${port}`,
  );
}

const LAN = '  lan0: { port: eth0, zone: plant, address: 10.1.0.1/24 }\n';
const ALONE = '  lan1: { port: eth1, zone: office, address: 10.1.0.9/32 }\n';

describe('the neighbours of a port', () => {
  it('are the subnet without its edges and without the router', () => {
    expect(rangesOf(LAN)).toEqual(['10.1.0.2-10.1.0.254 0']);
  });

  it('are both ends of a point-to-point subnet but the router (RFC 3021)', () => {
    expect(rangesOf('  wan0: { port: eth2, zone: x, address: 192.0.2.0/31 }\n')).toEqual([
      '192.0.2.1-192.0.2.1 2',
    ]);
  });

  it('move with on-link routes, and come with them', () => {
    const routes =
      '  - { to: 10.1.0.20/32, interface: lan1 }\n  - { to: 10.7.0.0/24, interface: lan1 }\n';
    expect(rangesOf(LAN + ALONE, routes)).toEqual([
      '10.1.0.2-10.1.0.8 0',
      '10.1.0.10-10.1.0.19 0',
      '10.1.0.20-10.1.0.20 1',
      '10.1.0.21-10.1.0.254 0',
      '10.7.0.0-10.7.0.255 1',
    ]);
  });

  it('stay where they are though a route leads to them by another router', () => {
    const far = '  far0: { port: eth1, zone: office, address: 10.8.0.1/30 }\n';
    const route = '  - { to: 10.1.0.128/25, via: 10.8.0.2 }\n';
    expect(rangesOf(LAN + far, route)).toEqual(rangesOf(LAN + far));
  });

  it('are not what is behind another router', () => {
    expect(rangesOf(LAN, '  - { to: 10.9.0.0/16, via: 10.1.0.7 }\n')).toEqual(rangesOf(LAN));
  });
});
