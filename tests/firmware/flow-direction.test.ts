import { describe, expect, it } from 'vitest';
import { readCounters } from '../../firmware/report/counters.ts';
import { boot } from './board-under-test.ts';
import { routerYaml } from './configuration.ts';
import { fateOf } from './fate.ts';

const ONE_WAY = 'flows:\n  - { name: ping, from: office, to: plant, match: icmp }\n';
const BOTH_WAYS = `flows:
  - { name: out, from: office, to: plant, match: tcp }
  - { name: back, from: plant, to: office, match: tcp }
`;

describe('a flow has a direction', () => {
  it('an echo flow carries replies back, and no requests', async () => {
    const board = await boot(routerYaml(ONE_WAY));
    expect(board.send('icmp 10.2.0.7 > 10.1.0.20').delta).toMatchObject({ 'drops.denied': 1 });
    expect(board.send('icmp 10.1.0.20 > 10.2.0.7').delta).toMatchObject({
      'flows.ping.connections': 1,
    });
    const reply = board.send('icmp 10.2.0.7 > 10.1.0.20 echo-reply');
    expect(reply.delta).toMatchObject({ 'flows.ping.packets': 1 });
    expect(board.send('icmp 10.2.0.7 > 10.1.0.20').delta).toMatchObject({ 'drops.denied': 1 });
  });

  it('an echo flow carries no replies its own way', async () => {
    const board = await boot(routerYaml(ONE_WAY));
    board.send('icmp 10.1.0.20 > 10.2.0.7');
    const reply = board.send('icmp 10.1.0.20 > 10.2.0.7 echo-reply');
    expect(reply.delta).toMatchObject({ 'drops.icmp-unsolicited': 1 });
  });

  it('a connection picked up against its direction is one, however much comes at once', async () => {
    const pickup = `${ONE_WAY.replace('icmp }', 'tcp }')}\noptions: { tcp-pickup: true }`;
    const board = await boot(routerYaml(pickup));
    const data = 'tcp 10.2.0.7:502 > 10.1.0.20:4000 flags ack';
    board.send([data, data, data]);
    expect(board.counters.flows.ping).toMatchObject({ packets: 3, connections: 1 });
  });

  it('a tuple used again from the other side is one new connection, however often it asks', async () => {
    const board = await boot(routerYaml(BOTH_WAYS));
    board.send('tcp 10.1.0.20:4000 > 10.2.0.7:502');
    board.send('tcp 10.2.0.7:502 > 10.1.0.20:4000 flags rst-ack');
    for (let k = 0; k < 12; k++) board.send('tcp 10.2.0.7:502 > 10.1.0.20:4000');
    const { flows, drops } = readCounters(board.board);
    expect(drops).toEqual({});
    expect(flows.out.connections).toBe(1);
    expect(flows.back).toMatchObject({ connections: 1, packets: 12 });
  });

  it('who opens a tuple again from the other side does not establish it alone', async () => {
    const board = await boot(routerYaml(BOTH_WAYS));
    const back = 'tcp 10.2.0.7:502 > 10.1.0.20:4000';
    const texts = ['tcp 10.1.0.20:4000 > 10.2.0.7:502', `${back} flags rst-ack`, back];
    for (const text of [...texts, `${back} flags ack`]) {
      expect(fateOf(board.send(text, { at: 1 }))).toBe('carried');
    }
    expect(fateOf(board.send(`${back} flags ack`, { at: 242 }))).toBe('tcp-not-syn');
  });
});
