/** Who may send by which port, and what may leave by which: RFC 2827, RFC 1812 5.3.7 and 5.3.8. */
import { beforeEach, describe, expect, it } from 'vitest';
import { type BoardUnderTest, boot } from '../board-under-test.ts';
import { OPEN, routerYaml } from '../configuration.ts';
import { linesOf } from '../frames.ts';
import { PolicyBench } from './policy-bench.ts';

describe('the source check', () => {
  let board: BoardUnderTest;
  beforeEach(async () => {
    board = await boot(routerYaml(OPEN));
  });

  function fate(text: string, port: string): string {
    const { delta, sent } = board.send(text, { in: port });
    const drop = Object.keys(delta).find((path) => path.startsWith('drops.'));
    if (drop !== undefined) expect(sent.filter(({ port: by }) => by !== port)).toEqual([]);
    return drop?.slice('drops.'.length) ?? 'carried';
  }

  it.each([
    ['a connected subnet', 'udp 10.1.0.20:1 > 10.2.0.7:2', 'eth1', 'carried'],
    ["another port's subnet", 'udp 10.2.0.9:1 > 10.2.0.7:2', 'eth1', 'spoofed'],
    ['a static route of another port', 'udp 198.51.100.7:1 > 10.2.0.7:2', 'eth1', 'spoofed'],
    ['no route at all', 'udp 192.0.2.7:1 > 10.2.0.7:2', 'eth1', 'spoofed'],
    ['its route, and is denied then', 'tcp 198.51.100.7:1 > 10.2.0.7:2', 'eth2', 'denied'],
    ['the wrong side, to the router', 'icmp 10.2.0.9 > 10.1.0.1', 'eth1', 'spoofed'],
  ])('a source of %s', (_, text, port, result) => {
    expect(fate(text, port)).toBe(result);
  });

  it('a spoofed packet is not vouched for by the flow of another zone', () => {
    expect(fate('udp 10.1.0.20:1 > 10.2.0.7:2', 'eth1')).toBe('carried');
    expect(fate('udp 10.1.0.20:1 > 10.2.0.7:2', 'eth0')).toBe('spoofed');
    expect(fate('udp 10.1.0.20:1 > 10.2.0.7:2', 'eth2')).toBe('spoofed');
  });

  it('a frame for another station is other-host, whatever it carries', () => {
    const { frame } = board.build('udp 10.1.0.20:1 > 10.2.0.7:2');
    frame.set([2, 0, 0, 0, 0, 9], 0);
    board.put(frame, 'eth1');
    expect(board.run().delta).toMatchObject({ dropped: 1, 'drops.other-host': 1 });
  });

  it('a frame on a port without an interface is port-down', async () => {
    const two = routerYaml('flows: []\nroutes: []').replace(/ {2}uplink0.*\n/, '');
    board = await boot(two);
    expect(fate('udp 203.0.113.1:1 > 10.2.0.7:2', 'eth2')).toBe('port-down');
  });

  it('a packet to its own segment is same-segment', () => {
    expect(fate('udp 10.1.0.20:1 > 10.1.0.21:2', 'eth1')).toBe('same-segment');
  });

  it('a frame that is longer than a slot is frame-too-long', () => {
    expect(fate('udp 10.1.0.20:1 > 10.2.0.7:2 size 2049', 'eth1')).toBe('frame-too-long');
    expect(fate('udp 10.1.0.20:1 > 10.2.0.7:2 size 2048', 'eth1')).toBe('too-big');
  });

  it('a connected destination must leave by its port, whatever a module says', async () => {
    const bench = await PolicyBench.boot(routerYaml(OPEN));
    const packet = { ingress: 'eth1', src: 0x0a010014, proto: 17, sport: 1, dport: 2 };
    const to = (dst: number, egress: number) => bench.ask([{ ...packet, dst, egress }]);
    expect(to(0x0a020007, 0)).toEqual(['office to plant']);
    expect(to(0x0a020007, 2)).toEqual(['wrong-port']);
    expect(to(0xc6336407, 2)).toEqual(['office to internet']);
    expect(to(0xc6336408, 1)).toEqual(['same-segment']);
    for (const egress of [3, 31, 32, 200, 255])
      expect(to(0xc6336407, egress)).toEqual(['wrong-port']);
  });

  it('a connected destination keeps its port in a known flow too', async () => {
    const flows = 'flows: [{ name: to plant, from: office, to: plant, match: udp }]';
    const bench = await PolicyBench.boot(routerYaml(flows).replace('internet', 'plant'));
    const packet = { ingress: 'eth1', src: 0x0a010014, proto: 17, sport: 1, dport: 2 };
    const answers = [0, 2, 0].flatMap((egress) =>
      bench.ask([{ ...packet, dst: 0x0a020007, egress }]),
    );
    expect(answers).toEqual(['to plant', 'wrong-port', 'to plant']);
  });

  it('the same tuple towards another zone is judged as new', async () => {
    const bench = await PolicyBench.boot(
      routerYaml(`flows:
  - { name: to plant, from: office, to: plant, match: udp }`),
    );
    const packet = {
      ingress: 'eth1',
      src: 0x0a010014,
      dst: 0xc0000207,
      proto: 17,
      sport: 1,
      dport: 2,
    };
    expect(bench.ask([{ ...packet, egress: 0 }])).toEqual(['to plant']);
    expect(bench.ask([{ ...packet, egress: 2 }])).toEqual(['denied']);
  });

  it('VLAN tags do not hide a packet from the checks', () => {
    const { frame } = board.build('udp 10.2.0.9:1 > 10.2.0.7:2', { in: 'eth1' });
    const tagged = Uint8Array.from([
      ...frame.subarray(0, 12),
      0x81,
      0,
      0,
      7,
      ...frame.subarray(12),
    ]);
    const step = board.sendFrames([tagged], 'eth1');
    expect(linesOf(step)).toEqual([]);
    expect(step.delta['drops.spoofed']).toBe(1);
  });
});
