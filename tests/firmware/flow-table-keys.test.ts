/** What belongs to a flow, where many lie side by side in the table and look alike. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { COUNTER_FLOWS_EVICTED } from '../../firmware/boot/table-layout.ts';
import { type BoardUnderTest, boot } from './board-under-test.ts';
import { OPEN, routerYaml } from './configuration.ts';
import { fateOf } from './fate.ts';
import { icmpFrame, mend, quoteOf, tagged } from './frames.ts';

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

  it('none carries what is tagged and runs between its hosts with their ports changed over', () => {
    const frames = PORTS.map((port) => {
      const { frame } = board.build(`udp ${HERE}:53 > ${THERE}:${port}`);
      return tagged(frame, 7);
    });
    const step = board.sendFrames(frames, 'eth0');
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

  it('is not written to for packets of no flow, whatever lies before it in memory', async () => {
    const board = await boot(routerYaml(OPEN));
    const { kernel } = board.board;
    const before = new Uint8Array(kernel.memory.buffer, kernel.flowEntryAddress(0) - 32, 32);
    before[18] = 1; // BIT_COMMITTED, if it were an entry
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

const asked = (type: number, id: number) =>
  icmpFrame('10.1.0.20', '10.2.0.7', { type, rest: id * 0x10000 });

describe('ICMP is told apart', () => {
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

/** RFC 792: an error quotes the header of a packet and the eight bytes behind it. */
describe('an ICMP error belongs to the flow that it quotes', () => {
  const QUOTED_MIN = 28;
  let board: BoardUnderTest;
  beforeAll(async () => {
    board = await boot(routerYaml(OPEN));
  });

  const carry = (packet: Uint8Array) =>
    expect(fateOf(board.sendFrames([packet], 'eth1'))).toBe('carried');

  /** What becomes of an error that quotes a packet, in a frame with so much behind it. */
  function fateOfErrorAbout(packet: Uint8Array, size = QUOTED_MIN, padding: number[] = []): string {
    const payload = quoteOf(packet, size);
    const error = icmpFrame('10.2.0.7', '10.1.0.20', { type: 3, code: 1, payload });
    return fateOf(board.sendFrames([Uint8Array.from([...error, ...padding])], 'eth0'));
  }

  it.each([8, 13, 15, 17])('by the identifier of a question of type %i', (type) => {
    carry(asked(type, type));
    expect(fateOfErrorAbout(asked(type, type))).toBe('carried');
    expect(fateOfErrorAbout(asked(type, type + 100))).toBe('icmp-unsolicited');
  });

  it.each([9, 19, 41])('by the hosts of ICMP of type %i, which has none', (type) => {
    carry(asked(type, 1));
    expect(fateOfErrorAbout(asked(type, 1))).toBe('carried');
  });

  it('by the hosts of what is no ICMP, even if it begins as a question does', () => {
    const packet = asked(8, 0x1234);
    packet[14 + 9] = 47; // GRE
    carry(mend(packet));
    expect(fateOfErrorAbout(packet)).toBe('carried');
  });

  it('by no more than it quotes, whatever lies behind it in the frame', () => {
    const packet = icmpFrame('10.1.0.20', '10.2.0.8', { type: 8, rest: 0x4321_0001 });
    carry(packet);
    const padding = [...packet.subarray(14 + QUOTED_MIN - 4)];
    expect(fateOfErrorAbout(packet, QUOTED_MIN - 4, padding)).toBe('icmp-unsolicited');
  });
});
