/** What is addressed to the router itself is asked of the policy like everything else. */
import { describe, expect, it } from 'vitest';
import { boot } from '../board-under-test.ts';
import { routerYaml } from '../configuration.ts';
import { fateOf } from '../fate.ts';

const PING = 'icmp 10.1.0.20 > 10.1.0.1';

describe('a packet for the router', () => {
  it('is denied each time that no flow permits it', async () => {
    const board = await boot(routerYaml('flows: []'));
    expect([1, 2, 3].map(() => fateOf(board.send(PING)))).toEqual(['denied', 'denied', 'denied']);
  });

  it('is refused where the flow table is full', async () => {
    const flows = `flows:
  - { name: all, from: office, to: plant, match: ip }
  - { name: ping, from: office, to: router, match: icmp }`;
    const board = await boot(routerYaml(flows));
    board.send('icmp 10.1.0.20 > 10.2.0.7');
    board.send(Array.from({ length: 3000 }, (_, i) => `udp 10.1.0.20:${1000 + i} > 10.2.0.7:53`));
    expect(fateOf(board.send(PING))).toBe('flow-table-full');
  });

  it('that is in the middle of a connection is denied, though the router may open its like', async () => {
    const flows = 'flows: [{ name: ask, from: router, to: office, match: tcp }]';
    const board = await boot(routerYaml(`${flows}\noptions: { tcp-pickup: true }`));
    expect(fateOf(board.send('tcp 10.1.0.20:80 > 10.1.0.1:4000 flags ack'))).toBe('denied');
  });
});
