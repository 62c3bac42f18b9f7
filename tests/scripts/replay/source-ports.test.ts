import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cidrContains, parseIpv4 } from '../../../netstack/address.ts';
import { SourcePorts, type Topology } from '../../../scripts/replay/source-ports.ts';

const ip = (text: string) => parseIpv4(text)!;

function topology(
  interfaces: [number, string, number][],
  routes: [string, number, number][],
): Topology {
  return {
    interfaces: interfaces.map(([port, address, prefixLength]) => ({
      name: `if${port}`,
      port,
      portName: `eth${port}`,
      zone: 'zone',
      address: ip(address),
      prefixLength,
      mtu: 1500,
    })),
    routes: routes.map(([to, length, port]) => ({ to: { address: ip(to), length }, via: 0, port })),
  };
}

const plant = topology(
  [
    [1, '10.1.0.1', 24],
    [0, '10.2.0.1', 24],
    [2, '203.0.113.2', 30],
  ],
  [
    ['10.0.0.0', 8, 1],
    ['10.2.0.128', 25, 1],
    ['0.0.0.0', 0, 2],
  ],
);

describe('SourcePorts', () => {
  it.each([
    ['10.2.0.7', 0],
    ['10.2.0.128', 1],
    ['10.2.0.255', 1],
    ['10.1.0.1', 1],
    ['10.255.255.255', 1],
    ['11.0.0.0', 2],
    ['9.255.255.255', 2],
    ['203.0.113.1', 2],
    ['0.0.0.0', 2],
    ['255.255.255.255', 2],
  ])('puts %s behind port %i, by the longest prefix', (address, port) => {
    expect(new SourcePorts(plant).portOf(ip(address))).toBe(port);
  });

  it('falls back to the first port where there is no default route', () => {
    const ports = new SourcePorts(topology([[1, '10.1.0.1', 24]], []));
    expect(ports.defaultPort).toBe(0);
    expect(ports.portOf(ip('192.0.2.1'))).toBe(0);
  });

  it('believes the connected subnet, not a route of the same prefix', () => {
    const ports = new SourcePorts(topology([[1, '10.1.0.1', 24]], [['10.1.0.0', 24, 2]]));
    expect(ports.portOf(ip('10.1.0.9'))).toBe(1);
  });

  it('agrees with a linear search over the prefixes', () => {
    const address = fc.integer({ min: 0, max: 0xffff_ffff });
    // Short and near one another, so that prefixes contain one another.
    const prefix = fc.record({
      address: fc.nat(255).map((byte) => byte * 0x0100_0000 + 0x00ff_0000),
      length: fc.integer({ min: 1, max: 32 }),
      port: fc.nat(5),
    });
    fc.assert(
      fc.property(fc.array(prefix, { maxLength: 12 }), fc.array(address), (prefixes, probes) => {
        const routes = prefixes.map(({ port, ...to }) => ({ to, via: 0, port }));
        const ports = new SourcePorts({ interfaces: [], routes });
        const edges = prefixes.flatMap((p) => [p.address, p.address - 1, p.address + 1]);
        for (const probe of [...probes, ...edges.map((edge) => edge >>> 0)]) {
          const covering = routes.filter(({ to }) => cidrContains(to, probe));
          const longest = Math.max(...covering.map(({ to }) => to.length));
          const best = covering.filter(({ to }) => to.length === longest).map(({ port }) => port);
          if (best.length === 0) best.push(0);
          expect(best).toContain(ports.portOf(probe));
        }
      }),
    );
  });
});

describe('assignPort', () => {
  const ports = new SourcePorts(plant);
  const assign = (hex: string) => {
    const frame = Buffer.from(hex.replaceAll(/\s/g, ''), 'hex');
    // In the middle of a larger buffer, as a capture reader has it.
    const data = Buffer.concat([Buffer.alloc(7, 0x45), frame, Buffer.alloc(64, 0x45)]);
    return ports.assignPort(data, 7, 7 + frame.length);
  };
  const macs = '020000000001 020000000002';
  const ipv4 = '45000014 00000000 40110000 0a020007 0a010014';
  const arp = '0001 0800 06 04 0001 020000000002 0a020007 000000000000 0a020001';

  it.each([
    ['an IPv4 source', `${macs} 0800 ${ipv4}`, 0],
    ['an IPv4 source under one VLAN tag', `${macs} 8100 0005 0800 ${ipv4}`, 0],
    ['an IPv4 source under two VLAN tags', `${macs} 88a8 0005 8100 0006 0800 ${ipv4}`, 0],
    ['an ARP sender', `${macs} 0806 ${arp}`, 0],
    ['three VLAN tags', `${macs} 8100 0005 8100 0006 8100 0007 0800 ${ipv4}`, 2],
    ['IPv6', `${macs} 86dd 60${'00'.repeat(39)}`, 2],
    ['an IPv4 header that ends early', `${macs} 0800 ${ipv4.slice(0, -2)}`, 2],
    ['an ARP packet that ends early', `${macs} 0806 ${arp.slice(0, -2)}`, 2],
    ['a frame of one byte', '02', 2],
    ['a tag cut in two', `${macs} 8100 00`, 2],
    ['nothing', '', 2],
  ])('finds %s', (_, hex, port) => {
    expect(assign(hex)).toBe(port);
  });
});
