// Source translation after the stamp is allowed: a translated row that comes back from the hold
// still belongs to its flow.
import { expect, it } from 'vitest';
import { boot } from './board-under-test.ts';
import { OPEN, routerYaml } from './configuration.ts';
import { sentBy, udpFrame } from './frames.ts';
import { puppetSystem, scriptOf } from './puppet.ts';

it('a translated first packet survives the wait for its neighbour', async () => {
  const keys =
    'accepts: ip\nreads: ["payload[128]"]\nwrites: { ipv4.src: $addresses }\noutputs: { out: ip }';
  const system = await puppetSystem(keys, {
    wire: '{ arp: arp, ip and to-router: local, ip: route }',
    'policy.permitted': 'puppet',
    'puppet.out': 'neighbor',
  });
  const board = await boot(routerYaml(OPEN), { firmware: system.firmware });
  const script = scriptOf({
    verdict: 1,
    changed: 1,
    pokes: [[system.offsetOf('ipv4.src'), 4, 0x0a020001]],
  });
  const step = board.sendFrames([udpFrame('udp 10.1.0.20:4000 > 10.2.0.7:502', script)], 'eth1');
  expect(step.delta['drops.flow-table-full']).toBeUndefined();
  expect(sentBy(step)).toHaveLength(1);
});
