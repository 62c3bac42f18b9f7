import { describe, expect, it } from 'vitest';
import { loadRouter } from '../../config/router.ts';
import { parseIpv4 } from '../../netstack/address.ts';
import { scratchFolder } from './scratch-files.ts';

const scratch = scratchFolder();
scratch.write('boards/b.yaml', 'name: b\nports: { eth0: {}, eth1: {}, eth2: {} }\n');

const HEAD = `board: boards/b.yaml
interfaces:
  lan0: { port: eth0, zone: office, address: 10.1.0.1/24 }
  wan0: { port: eth1, zone: internet, address: 203.0.113.2/30 }
`;

describe('a router file', () => {
  it('is resolved: ports, zones, routes with their ports, flows with their places', () => {
    const path = scratch.write(
      'routers/good.yaml',
      `${HEAD}routes:
  - { to: 0.0.0.0/0, via: 203.0.113.1 }
flows:
  - name: names
    from: office
    to: internet
    match: udp dst port 53
  - { name: pings, from: internet, to: router }
`,
    );
    const router = loadRouter(path);
    expect(router.zones).toEqual(['office', 'internet']);
    expect(router.interfaces[1]).toEqual({
      name: 'wan0',
      port: 1,
      portName: 'eth1',
      zone: 'internet',
      address: parseIpv4('203.0.113.2'),
      prefixLength: 30,
      mtu: 1500,
    });
    expect(router.routes).toEqual([
      { to: { address: 0, length: 0 }, via: parseIpv4('203.0.113.1'), port: 1 },
    ]);
    const { match, ...first } = router.flows[0]!;
    expect(match).not.toBeNull();
    expect(first).toEqual({
      name: 'names',
      from: 'office',
      to: 'internet',
      matchText: 'udp dst port 53',
      line: 8,
      column: 5,
    });
    expect(router.flows[1]).toMatchObject({ match: null, matchText: '', line: 12, column: 5 });
    expect(router.options).toEqual({ tcpPickup: false });
    expect(router.tests).toEqual([]);
  });

  it('takes another board by option', () => {
    const path = scratch.write('routers/other.yaml', HEAD);
    const board = scratch.write('c.yaml', 'name: c\nports: { eth1: {}, eth0: {} }\n');
    expect(loadRouter(path, { board }).interfaces.map(({ port }) => port)).toEqual([1, 0]);
  });

  it('finds its board beside itself before its folder', () => {
    scratch.write('near/boards/b.yaml', 'name: near\nports: { eth0: {}, eth1: {} }\n');
    expect(loadRouter(scratch.write('near/r.yaml', HEAD)).board.name).toBe('near');
  });

  it('names a board that comes with Sluice, from whatever folder', () => {
    const named = HEAD.replace('boards/b.yaml', 'four-port');
    expect(loadRouter(scratch.write('deep/in/a/folder/r.yaml', named)).board.name).toBe(
      'four-port',
    );
    const other = loadRouter(scratch.write('routers/r.yaml', HEAD), { board: 'eight-port' });
    expect(other.board.ports.length).toBe(8);
    const text = 'name: own\nports: { eth0: {}, eth1: {} }\n';
    scratch.write('own/four-port', text);
    expect(loadRouter(scratch.write('own/r.yaml', named)).board.name).toBe('own');
  });

  it('may have lists whose entries are all commented out', () => {
    const path = scratch.write('routers/empty.yaml', `${HEAD}routes:\nflows:\n  # none\ntests:\n`);
    expect(loadRouter(path)).toMatchObject({ routes: [], flows: [], tests: [] });
  });

  it('has a digest of its meaning, not of its layout, comments or tests', () => {
    const flows = 'flows:\n  - { name: f, from: office, to: internet, match: tcp and udp }\n';
    const digest = (text: string) => loadRouter(scratch.write('routers/d.yaml', text)).digest;
    const plain = digest(HEAD + flows);
    const tests = 'tests: [{ packet: arp who-has 10.1.0.1 tell 10.1.0.2, expect: denied }]\n';
    expect(plain).toMatch(/^[0-9a-f]{64}$/);
    expect(digest(`# hello\n${HEAD}\n\n${flows.replace('and', '  and')}${tests}`)).toBe(plain);
    expect(digest(HEAD + flows.replace('udp', 'sctp'))).not.toBe(plain);
    expect(digest(HEAD.replace('/24', '/25') + flows)).not.toBe(plain);
  });

  it('loads 10,000 flows in good time', () => {
    let text = `${HEAD}flows:\n`;
    for (let index = 0; index < 10_000; index++) {
      text += `  - name: flow ${index}\n    from: office\n    to: internet\n`;
      text += `    match: tcp dst port ${index + 1} and dst host 198.51.100.${index % 250}\n`;
    }
    const path = scratch.write('routers/many.yaml', text);
    const before = performance.now();
    expect(loadRouter(path).flows[9999]).toMatchObject({ name: 'flow 9999', line: 40_002 });
    // About a second on this class of machine; the bound only catches quadratic work.
    expect(performance.now() - before).toBeLessThan(10_000);
  });
});
