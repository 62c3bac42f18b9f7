// A new flow must not evict the uncommitted entry of a packet that stands in the same vector,
// between policy and tx: that packet still leaves, and its reply has to find its flow.
import { expect, it } from 'vitest';
import { boot } from './board-under-test.ts';
import { routerYaml } from './configuration.ts';

it('a full flow table gives the same result for vectors of 1 and of 256', async () => {
  const run = async (vectorRows: number) => {
    const yaml = routerYaml('flows: [{ name: all, from: office, to: plant, match: ip }]');
    const board = await boot(yaml, { vectorRows });
    board.send('icmp 10.1.0.20 > 10.2.0.7');
    board.send(Array.from({ length: 3000 }, (_, i) => `udp 10.1.0.20:${1000 + i} > 10.2.0.7:53`));
    return board.counters;
  };
  expect(await run(256)).toEqual(await run(1));
});
