/** What becomes of a flow while a packet of it waits for its neighbour. */
import { describe, expect, it } from 'vitest';
import { boot } from './board-under-test.ts';
import { routerYaml } from './configuration.ts';

const FLOWS = `flows:
  - { name: ask, from: office, to: plant, match: udp }
  - { name: flood, from: office, to: internet, match: udp }
`;
const texts = (count: number, to: string): string[] =>
  Array.from({ length: count }, (_, i) => `udp 10.1.0.20:${4000 + i} > ${to}:53`);

describe('a packet that waited', () => {
  it('is of one flow with those that waited with it', async () => {
    const board = await boot(routerYaml(FLOWS), { farSides: ['eth1'] });
    const [ask] = texts(1, '10.2.0.7');
    for (const at of [1, 1.5, 2]) board.send(ask, { at });
    board.send('arp who-has 10.2.0.1 tell 10.2.0.7', { in: 'eth0' });
    expect(board.counters.flows.ask).toMatchObject({ packets: 3, connections: 1 });
  });

  it('does not leave if its flow has lost its place in the table', async () => {
    const board = await boot(routerYaml(FLOWS), { farSides: ['eth1'] });
    board.send(texts(60, '10.2.0.7'), { at: 1 });
    board.send(texts(3000, '198.51.100.9'), { at: 2 });
    const step = board.send('arp who-has 10.2.0.1 tell 10.2.0.7', { in: 'eth0' });
    expect(step.delta['drops.flow-table-full']).toBeGreaterThanOrEqual(60);
    expect(board.counters.flows.ask.packets).toBe(0);
  });

  it('counts for no flow if it is an answer: the flow may be gone', async () => {
    const board = await boot(routerYaml(FLOWS), { farSides: [] });
    const [ask] = texts(1, '10.2.0.7');
    board.send(ask, { at: 1 });
    board.send('arp who-has 10.2.0.1 tell 10.2.0.7', { in: 'eth0' });
    board.send(ask, { at: 100 });
    // Its host is gone by now: the next packet is answered, to one who is not known either.
    board.advance(106);
    board.send(ask);
    expect(board.advance(111).delta).toMatchObject({ 'drops.host-unreachable': 1 });
    const step = board.send('arp who-has 10.1.0.1 tell 10.1.0.20', { in: 'eth1' });
    expect(step.delta).toMatchObject({ held: -1, transmitted: 2 });
    expect(board.counters.flows.ask.packets).toBe(2);
  });
});
