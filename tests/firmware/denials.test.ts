/** Denied packets are counted by tuple: who would speak to whom, from zone to zone. */
import { describe, expect, it } from 'vitest';
import { OUTCOME_CAPACITY } from '../../firmware/boot/table-layout.ts';
import { boot } from './board-under-test.ts';
import { routerYaml } from './configuration.ts';
import { udpFrame } from './frames.ts';
import { puppetSystem, scriptOf } from './puppet.ts';

describe('denials', () => {
  it.each([
    // So many that some meet in the table of hashes.
    [
      'pairs',
      (n: number) => `udp 10.1.0.${20 + (n % 30)}:1 > 10.2.0.${20 + ((n / 30) | 0)}:502`,
      900,
    ],
    ['ports', (n: number) => `udp 10.1.0.20:4000 > 10.2.0.7:${n}`, 110],
    ['protocols', (n: number) => `ip proto ${n} 10.1.0.20 > 10.2.0.7`, 110],
  ])('of different %s are counted apart, each once', async (_, textOf, count) => {
    const board = await boot(routerYaml('flows: []'));
    const texts = Array.from({ length: count }, (_, i) => textOf(140 + i));
    board.send([...texts, ...texts]);
    expect(board.counters.denied.map(({ packets }) => packets)).toEqual(texts.map(() => 2));
  });

  it('of more than 1,000 tuples are counted as others, and more than a trace holds not traced', async () => {
    const board = await boot(routerYaml('flows: []'), { isTraced: true });
    const count = OUTCOME_CAPACITY + 9;
    const texts = Array.from({ length: count }, (_, i) => `udp 10.1.0.20:4000 > 10.2.0.7:${1 + i}`);
    const { outcomes } = board.send(texts);
    expect(board.counters).toMatchObject({ dropped: count, deniedOther: count - 1000 });
    expect(board.counters.denied).toHaveLength(1000);
    expect(outcomes).toHaveLength(OUTCOME_CAPACITY);
  });

  it('of one packet towards two zones are counted apart, each once', async () => {
    const system = await puppetSystem(
      'accepts: ip\nreads: ["payload[128]"]\nwrites: { meta.egress: any }\noutputs: { out: ip }',
      {
        wire: '{ arp: arp, ip and to-router: local, ip: route }',
        'route.forward': '{ udp: puppet, ip: policy }',
        'puppet.out': 'policy',
      },
    );
    const board = await boot(routerYaml('flows: []'), { firmware: system.firmware });
    const towards = (egress: number) => (_: unknown, i: number) => {
      const pokes = [[system.offsetOf('meta.egress'), 1, egress]] as const;
      const text = `udp 10.1.0.20:4000 > 198.51.100.7:${1 + i}`;
      return udpFrame(text, scriptOf({ verdict: 1, changed: 1, pokes }));
    };
    const frames = [0, 2].flatMap((egress) => Array.from({ length: 400 }, towards(egress)));
    board.sendFrames([...frames, ...frames], 'eth1');
    expect(board.counters.denied.map(({ packets }) => packets)).toEqual(frames.map(() => 2));
  });
});
