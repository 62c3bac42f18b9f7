/** What a system description links nowhere is dropped, with a reason, and never lost. */
import { describe, expect, it } from 'vitest';
import { boot } from './board-under-test.ts';
import { OPEN, routerYaml } from './configuration.ts';
import { fateOf } from './fate.ts';
import { udpFrame } from './frames.ts';
import { frameEntry, puppetSystem, scriptOf } from './puppet.ts';

const PASS = 'accepts: ip\nreads: ["payload[128]"]\noutputs: { out: ip }';
const FLOWS = `${OPEN}  - { name: any to router, from: office, to: router, match: udp }\n`;
const OWN_WIRE = '{ arp: arp, ip and to-router: local, ip: route }';

describe('a packet goes no further where nothing is linked', () => {
  it.each([
    ['on the wire', 'udp 10.1.0.20:1 > 10.2.0.7:2', { wire: '{ arp: arp }' }, 'unlinked'],
    ['for the router', 'udp 10.1.0.20:1 > 10.1.0.1:2', { wire: OWN_WIRE }, 'unlinked'],
    [
      'to those that the policy permits',
      'udp 10.1.0.20:1 > 10.2.0.7:2',
      { wire: OWN_WIRE, 'policy.permitted': '{ tcp: neighbor }' },
      'unlinked',
    ],
    [
      'to those that expire',
      'udp 10.1.0.20:1 > 10.2.0.7:2 ttl 1',
      { wire: OWN_WIRE, 'policy.expired': '' },
      'ttl-expired',
    ],
  ] as const)('%s', async (_, text, links, reason) => {
    const { firmware } = await puppetSystem(PASS, { 'puppet.out': '', ...links });
    const board = await boot(routerYaml(FLOWS), { firmware });
    expect(fateOf(board.send(text))).toBe(reason);
  });

  it('to those that a module makes', async () => {
    const keys = `${PASS}\noriginates: { match: udp, ports: any, per-second: 9 }`;
    const { firmware } = await puppetSystem(keys, { 'puppet.out': '{ udp dst port 9: route }' });
    const board = await boot(routerYaml(FLOWS), { firmware });
    const made = udpFrame('udp 10.2.0.1:1 > 10.2.0.7:7', new Uint8Array(0));
    const script = scriptOf({ frames: frameEntry(made, { row: null, egress: 0 }), verdict: 0 });
    const step = board.sendFrames([udpFrame('udp 10.1.0.20:1 > 10.2.0.7:2', script)], 'eth1');
    expect(step.delta).toMatchObject({ originated: 1, dropped: 2, 'drops.unlinked': 1 });
  });
});

describe('ARP is told apart by the addresses that it names', () => {
  const WHO_HAS = 'arp who-has 10.1.0.1 tell 10.1.0.20';

  it.each([
    ['whom it is for', 'arp dst net 10.1.0.0/24', WHO_HAS, 'carried'],
    ['who asks', 'arp src net 10.1.0.0/24', WHO_HAS, 'carried'],
    [
      'whom it is not for',
      'arp dst net 10.1.0.0/24',
      'arp who-has 10.9.0.1 tell 10.1.0.20',
      'unlinked',
    ],
    [
      'who does not ask',
      'arp src net 10.1.0.0/24',
      'arp who-has 10.1.0.1 tell 10.9.0.20',
      'unlinked',
    ],
  ])('%s', async (_, match, text, fate) => {
    const { firmware } = await puppetSystem(PASS, { wire: `{ ${match}: arp, ip: route }` });
    const board = await boot(routerYaml(OPEN), { firmware });
    const shortest = board.build(text, { in: 'eth1' }).frame.subarray(0, 42);
    expect(fateOf(board.sendFrames([shortest], 'eth1'))).toBe(fate);
  });

  it('and by none where it is cut', async () => {
    const links = { wire: '{ arp dst net 10.1.0.0/24: arp, ip: route }' };
    const { firmware } = await puppetSystem(PASS, links);
    const board = await boot(routerYaml(OPEN), { firmware });
    const cut = board.build(WHO_HAS, { in: 'eth1' }).frame.subarray(0, 41);
    expect(fateOf(board.sendFrames([cut], 'eth1'))).toBe('unlinked');
  });
});
