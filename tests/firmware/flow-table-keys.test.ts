/** What belongs to a flow, where many lie side by side in the table and look alike. */
import { beforeEach, describe, expect, it } from 'vitest';
import { COUNTER_FLOWS_EVICTED } from '../../firmware/boot/table-layout.ts';
import { type BoardUnderTest, boot } from './board-under-test.ts';
import { OPEN, routerYaml } from './configuration.ts';
import { fateOf } from './fate.ts';
import { icmpFrame } from './frames.ts';

/** Both hosts are in one zone, so that the zone of a packet does not tell its direction. */
const ROUTER = `
board: board.yaml
interfaces:
  a0: { port: eth0, zone: a, address: 10.2.0.1/24 }
  c0: { port: eth2, zone: a, address: 203.0.113.2/30 }
flows: [{ name: ask, from: a, to: a, match: udp and src host 10.2.0.7 and (dst port 53 or 123) }]
`;
const HERE = '10.2.0.7';
const THERE = '203.0.113.1';
const PORTS = Array.from({ length: 500 }, (_, i) => 4000 + i);

describe('of 500 flows between two hosts of a zone', () => {
  let board: BoardUnderTest;
  beforeEach(async () => {
    board = await boot(ROUTER);
    board.send(
      PORTS.map((port) => `udp ${HERE}:${port} > ${THERE}:53`),
      { at: 1 },
    );
    expect(board.counters.flows.ask.connections).toBe(500);
  });

  it.each([
    ['packets to another port', (port: number) => `${HERE}:${port} > ${THERE}:54`],
    ['answers from another port', (port: number) => `${THERE}:54 > ${HERE}:${port}`],
    ['questions to the port that asked', (port: number) => `${HERE}:53 > ${THERE}:${port}`],
    ['questions from the host that was asked', (port: number) => `${THERE}:${port} > ${HERE}:53`],
  ])('none carries %s', (_, text) => {
    const step = board.send(PORTS.map((port) => `udp ${text(port)}`));
    expect(step.delta).toMatchObject({ received: 500, dropped: 500, 'drops.denied': 500 });
  });

  it('each carries its answers', () => {
    const step = board.send(PORTS.map((port) => `udp ${THERE}:53 > ${HERE}:${port}`));
    expect(step.delta).toMatchObject({ received: 500, 'flows.ask.packets': 500 });
  });
});

describe('the flow table', () => {
  it('takes no answer for a question where both have the same port', async () => {
    const board = await boot(ROUTER, { farSides: ['eth0'] });
    board.send(`udp ${HERE}:123 > ${THERE}:123`, { at: 1 }); // waits for its neighbour, in vain
    expect(fateOf(board.send(`udp ${THERE}:123 > ${HERE}:123`, { at: 2 }))).toBe('denied');
  });

  it('is not written to for packets of no flow', async () => {
    const board = await boot(routerYaml(OPEN));
    const { kernel } = board.board;
    const before = new Uint8Array(kernel.memory.buffer, kernel.flowEntryAddress(0) - 32, 32);
    const copy = before.slice();
    board.send(['tcp 10.1.0.20:1 > 10.2.0.7:2', 'udp 10.1.0.20:1 > 10.2.0.7:2']);
    expect(before).toEqual(copy);
  });

  it('makes room from what is free before anything is evicted, from the first second on', async () => {
    const board = await boot(routerYaml(OPEN));
    const { kernel } = board.board;
    board.send('udp 10.1.0.20:1 > 10.2.0.7:2', { at: 0 });
    const counters = new BigUint64Array(kernel.memory.buffer, kernel.countersAddress());
    expect(counters[COUNTER_FLOWS_EVICTED]).toBe(0n);
  });
});

describe('ICMP is told apart', () => {
  const asked = (type: number, id: number) =>
    icmpFrame('10.1.0.20', '10.2.0.7', { type, rest: id * 0x10000 });
  const answered = (type: number, id: number) =>
    icmpFrame('10.2.0.7', '10.1.0.20', { type, rest: id * 0x10000 });

  it.each([
    [8, 0],
    [13, 14],
    [15, 16],
    [17, 18],
  ])('by its identifier: questions of type %i, answers of type %i', async (question, answer) => {
    const board = await boot(routerYaml(OPEN));
    board.sendFrames([asked(question, 1), asked(question, 2)], 'eth1');
    expect(board.counters.flows['office to plant'].connections).toBe(2);
    expect(fateOf(board.sendFrames([answered(answer, 2)], 'eth0'))).toBe('carried');
    expect(fateOf(board.sendFrames([answered(answer, 3)], 'eth0'))).not.toBe('carried');
  });

  it.each([9, 19, 41])('by its hosts alone: type %i carries no identifier', async (type) => {
    const board = await boot(routerYaml(OPEN));
    board.sendFrames([asked(type, 1), asked(type, 2)], 'eth1');
    expect(board.counters.flows['office to plant'].connections).toBe(1);
  });
});
