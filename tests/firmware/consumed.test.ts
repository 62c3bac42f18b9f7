/**
 * What a module takes in has not left: of flows it is a beginning only where the router was meant.
 */
import { expect, it } from 'vitest';
import { boot } from './board-under-test.ts';
import { OPEN, routerYaml } from './configuration.ts';
import { icmpFrame } from './frames.ts';
import { puppetSystem, scriptOf } from './puppet.ts';

const KEYS = 'accepts: ip\nreads: ["payload[128]"]\noutputs: { out: ip }\nconsumes: true';
const AFTER_POLICY = { 'policy.permitted': 'puppet', 'puppet.out': 'neighbor' };
const ROUTED = { wire: '{ arp: arp, ip and to-router: local, ip: route }' };

it.each([
  ['to the router', '10.1.0.1', { local: 'puppet' }, 'office to router', 1],
  ['to others', '10.2.0.7', AFTER_POLICY, 'office to plant', 0],
] as const)('a packet %s that a module takes in', async (_, to, links, flow, connections) => {
  const { firmware } = await puppetSystem(KEYS, { ...ROUTED, ...links });
  const board = await boot(routerYaml(OPEN), { firmware });
  const ping = icmpFrame('10.1.0.20', to, { type: 8, payload: scriptOf({ verdict: 254 }) });
  expect(board.sendFrames([ping], 'eth1').delta).toMatchObject({ received: 1, consumed: 1 });
  expect(board.counters.flows[flow]).toEqual({ packets: 0, bytes: 0, connections });
});
