import { describe, expect, it } from 'vitest';
import { loadRouter } from '../../config/router.ts';
import { formatCidr, parseIpv4 } from '../../netstack/address.ts';
import { complaints, scratchFolder } from './scratch-files.ts';

const scratch = scratchFolder();

/** One subnet on two wires: lan1 has no subnet of its own. What is tested begins in line 5. */
const HEAD = `board: three-port
interfaces:
  lan0: { port: eth0, zone: plant, address: 10.1.0.1/24 }
  lan1: { port: eth1, zone: office, address: 10.1.0.2/32 }
`;

const load = (text: string) => loadRouter(scratch.write('r.yaml', text));
const complaintsAbout = (text: string) => complaints(scratch.folder, () => load(text));
const routesOf = (text: string) =>
  load(text).routes.map(({ to, via, port }) => [formatCidr(to), via, port]);

describe('a route with an interface', () => {
  it('has its destinations on that wire, without a next router', () => {
    expect(routesOf(`${HEAD}routes:\n  - { to: 10.1.0.20/32, interface: lan1 }\n`)).toEqual([
      ['10.1.0.20/32', null, 1],
    ]);
  });

  it('makes its destinations next routers of that port, in whatever order', () => {
    const routes = [
      '{ to: 0.0.0.0/0, via: 10.1.0.20 }',
      '{ to: 10.9.0.0/16, via: 10.1.0.21 }',
      '{ to: 10.8.0.0/16, via: 172.16.0.9 }',
      '{ to: 10.1.0.20/32, interface: lan1 }',
      '{ to: 172.16.0.0/24, interface: lan1 }',
    ];
    const text = `${HEAD}routes:\n${routes.map((route) => `  - ${route}\n`).join('')}`;
    expect(routesOf(text)).toEqual([
      ['0.0.0.0/0', parseIpv4('10.1.0.20'), 1],
      ['10.9.0.0/16', parseIpv4('10.1.0.21'), 0],
      ['10.8.0.0/16', parseIpv4('172.16.0.9'), 1],
      ['10.1.0.20/32', null, 1],
      ['172.16.0.0/24', null, 1],
    ]);
  });

  it('is in the digest, and so is its interface', () => {
    const digest = (route: string) => load(`${HEAD}routes:\n  - ${route}\n`).digest;
    const onLink = digest('{ to: 10.3.0.0/24, interface: lan0 }');
    expect(digest('{ to: 10.3.0.0/24, interface: lan1 }')).not.toBe(onLink);
    expect(digest('{ to: 10.3.0.0/24, via: 10.1.0.9 }')).not.toBe(onLink);
  });

  it.each([
    [
      'neither via nor interface',
      '{ to: 10.3.0.0/24 }',
      '6:5: CONFIG_REQUIRED a route without "via" or "interface"; say where it leads: via: ADDRESS of the next router, or interface: NAME',
    ],
    [
      'both',
      '{ to: 10.3.0.0/24, via: 10.1.0.9, interface: lan0 }',
      '6:39: CONFIG_VIA a route with both "via" and "interface"; the interface of a next router follows from its address; leave one out',
    ],
    [
      'an interface that there is not',
      '{ to: 10.3.0.0/24, interface: lan2 }',
      '6:35: CONFIG_INTERFACE there is no interface "lan2"; did you mean "lan0"?',
    ],
    [
      'everything',
      '{ to: 0.0.0.0/0, interface: lan0 }',
      '6:11: CONFIG_ADDRESS a default route with "interface" would make every address a neighbour; give the next router, via: ADDRESS',
    ],
    [
      "the router's own address",
      '{ to: 10.1.0.1/32, interface: lan1 }',
      '6:11: CONFIG_ADDRESS 10.1.0.1 is the address of lan0 itself; leave it out',
    ],
    [
      'the address of an interface without a subnet',
      '{ to: 10.1.0.2/32, interface: lan0 }',
      '6:11: CONFIG_DUPLICATE 10.1.0.2/32 is the subnet of lan1 already; leave one of them out',
    ],
  ])('cannot have %s', (_, route, expected) => {
    expect(complaintsAbout(`${HEAD}routes:\n  - ${route}\n`)).toEqual([`r.yaml:${expected}`]);
  });

  it('is one of 2,048 at most', () => {
    const route = (i: number) => `  - { to: 172.16.${i >> 8}.${i & 255}/32, interface: lan1 }\n`;
    const routes = (count: number) => Array.from({ length: count }, (_, i) => route(i)).join('');
    expect(load(`${HEAD}routes:\n${routes(2048)}`).routes.length).toBe(2048);
    expect(complaintsAbout(`${HEAD}routes:\n${routes(2049)}`)).toEqual([
      'r.yaml:6:3: CONFIG_LIMIT 2049 routes with "interface"; at most 2048; join them to shorter prefixes',
    ]);
  });
});

describe('an interface of one address in the subnet of another', () => {
  const overlap = (address: string) => complaintsAbout(HEAD.replace('10.1.0.2/32', address));

  it.each(['10.1.0.1/32', '10.1.0.0/32', '10.1.0.255/32', '10.1.0.2/31'])(
    'is not %s',
    (address) => {
      const [line, ...others] = overlap(address);
      expect(line).toMatch(
        /^r\.yaml:4:46: CONFIG_OVERLAP subnet 10\.1\.0\.\d+\/3[12] overlaps 10\.1/,
      );
      expect(others).toEqual([]);
    },
  );

  it('may stand before the other', () => {
    const [board, head, lan0, lan1] = HEAD.split('\n');
    expect(load([board, head, lan1, lan0].join('\n')).interfaces.length).toBe(2);
  });
});
