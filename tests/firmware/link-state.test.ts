import { describe, expect, it } from 'vitest';
import { readCounters } from '../../firmware/report/counters.ts';
import { boot } from './board-under-test.ts';
import { routerYaml } from './configuration.ts';

describe('a port whose link is down', () => {
  it('sends nothing: what would leave by it is dropped as port-down, and comes back with it', async () => {
    const flows = 'flows:\n  - { name: ask, from: office, to: plant, match: udp dst port 53 }\n';
    const board = await boot(routerYaml(flows));
    const plant = board.board.nics[0];
    const packet = 'udp 10.1.0.20:4000 > 10.2.0.7:53';
    expect(board.send(packet).delta).toMatchObject({ transmitted: expect.any(Number) });
    plant?.setLink(false);
    expect(board.send(packet).delta).toMatchObject({ dropped: 1, 'drops.port-down': 1 });
    plant?.setLink(true);
    expect(board.send(packet).delta).toMatchObject({ transmitted: 1 });
  });

  it('begins no flow of a packet that never left, whatever ICMP error answered it', async () => {
    const flows = 'flows:\n  - { name: ask, from: office, to: plant, match: udp dst port 53 }\n';
    const board = await boot(routerYaml(flows), { farSides: ['eth1'] });
    board.send('udp 10.1.0.20:4000 > 10.2.0.7:53');
    expect(board.finish().delta).toMatchObject({ 'drops.host-unreachable': 1 });
    expect(readCounters(board.board).flows.ask).toEqual({ packets: 0, bytes: 0, connections: 0 });
    const reply = board.send('udp 10.2.0.7:53 > 10.1.0.20:4000');
    expect(reply.delta).toMatchObject({ dropped: 1, 'drops.denied': 1 });
  });
});
