import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type BoardUnderTest, boot } from '../firmware/board-under-test.ts';
import { OPEN, routerYaml } from '../firmware/configuration.ts';
import { linesOf } from '../firmware/frames.ts';

const FLOWS = `
flows:
  - { name: polls, from: office, to: plant, match: tcp dst port 502 }
  - { name: names, from: office, to: internet, match: udp dst port 53 }
`;
const POLL = 'tcp 10.1.0.20:4000 > 10.2.0.7:502';
const REPLY = 'tcp 10.2.0.7:502 > 10.1.0.20:4000';

describe('a host that lies', () => {
  let board: BoardUnderTest;
  beforeAll(async () => {
    board = await boot(routerYaml(FLOWS));
    board.send(POLL);
    board.send(`${REPLY} flags syn-ack`);
    board.send(`${POLL} flags ack`);
  });

  function expectDropped(packet: string, port: string, reason: string, more = {}): void {
    const step = board.send(packet, { in: port });
    expect(linesOf(step)).toEqual([]);
    expect(step.delta).toEqual({
      received: 1,
      [`ports.${port}.received`]: 1,
      dropped: 1,
      [`drops.${reason}`]: 1,
      ...more,
    });
    // What the policy refuses stands in the audit log; what cannot be true is counted.
    const denied = { event: 'denied', by: 'policy', reason, in: port };
    expect(step.audit).toMatchObject(reason === 'denied' ? [denied] : []);
  }

  afterEach(() => {
    // The connection that it is about, or that stands beside it, has lost nothing.
    expect(linesOf(board.send(`${POLL} flags ack`))).toHaveLength(1);
    expect(linesOf(board.send(`${REPLY} flags ack`))).toHaveLength(1);
  });

  it("does not take over another zone's connection by its 5-tuple", () => {
    expectDropped(`${POLL} flags ack`, 'eth2', 'spoofed');
    expectDropped(`${POLL} flags rst`, 'eth2', 'spoofed');
    expectDropped(`${REPLY} flags ack`, 'eth2', 'spoofed');
    expectDropped(`${REPLY} flags rst`, 'eth1', 'spoofed');
  });

  it('does not reply to what nobody asked', () => {
    expectDropped('tcp 10.2.0.8:502 > 10.1.0.20:4000 flags syn-ack', 'eth0', 'tcp-not-syn', {
      'modules.route.packets': 1,
    });
    expectDropped('icmp 10.2.0.7 > 10.1.0.20 echo-reply', 'eth0', 'icmp-unsolicited', {
      'modules.route.packets': 1,
    });
    expectDropped('udp 198.51.100.9:53 > 10.1.0.20:5353', 'eth2', 'denied', {
      'modules.route.packets': 1,
      denied: 1,
    });
  });

  it.each([
    ["the office's", '10.1.0.20', 'eth0', 'spoofed'],
    ["the internet's", '198.51.100.9', 'eth1', 'spoofed'],
    ["the router's own", '10.2.0.1', 'eth1', 'martian'],
    ['loopback', '127.0.0.1', 'eth1', 'martian'],
    ["a group's", '224.0.0.1', 'eth1', 'martian'],
  ])('has no source that is not of its port: %s', (_, source, port, reason) => {
    expectDropped(`tcp ${source}:4000 > 10.2.0.7:502`, port, reason);
  });
});

describe('a host that floods', () => {
  const HOSTS = Array.from({ length: 250 }, (_, i) => `10.2.0.${2 + i}`);
  const FLOODS: [string, readonly string[]][] = [
    ['replies to echo requests that nobody sent', ['icmp 10.1.0.20 > 10.1.0.1 echo-reply']],
    ['echo requests to the router', ['icmp 10.1.0.20 > 10.1.0.1']],
    ['packets whose TTL runs out', ['udp 10.1.0.20:4000 > 10.2.0.7:502 ttl 1']],
    ['packets that no route leads on', ['udp 10.1.0.20:4000 > 192.168.9.9:502']],
    ['ARP requests', ['arp who-has 10.1.0.1 tell 10.1.0.20']],
    ['packets to hosts that are not there', HOSTS.map((to) => `udp 10.1.0.20:4000 > ${to}:502`)],
  ];

  it.each(FLOODS)('of %s makes no module of the router fail', async (_, packets) => {
    const board = await boot(routerYaml(OPEN), { farSides: ['eth1'] });
    const flood = Array.from({ length: 512 }, (_, i) => packets[i % packets.length] as string);
    const { audit } = board.send(flood);
    const late = board.advance(5);
    expect([...audit, ...late.audit]).toEqual([]);
    for (const { faults } of Object.values(board.counters.modules)) expect(faults).toBe(0);
  });
});
