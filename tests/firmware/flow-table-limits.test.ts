/** The flow table at its limits: full, flooded, and what makes room. */
import { describe, expect, it } from 'vitest';
import * as layout from '../../firmware/boot/table-layout.ts';
import { type BoardUnderTest, boot } from './board-under-test.ts';
import { routerYaml } from './configuration.ts';
import { icmpFrame, quoteOf } from './frames.ts';

const FLOWS = 'flows: [{ name: all, from: office, to: plant, match: ip }]';
const CAPACITY = 1024;

/** Uncommitted entries that made room for new flows. */
function evicted(board: BoardUnderTest): number {
  const { kernel } = board.board;
  const counters = new BigUint64Array(kernel.memory.buffer, kernel.countersAddress());
  return Number(counters[layout.COUNTER_FLOWS_EVICTED]);
}

/** Distinct UDP flows to a host, `count` from `first` on. */
function flowTexts(first: number, count: number, to: string): string[] {
  return Array.from({ length: count }, (_, i) => `udp 10.1.0.20:${first + i} > ${to}:53`);
}

describe('the flow table at its limits', () => {
  it('refuses new flows when full, and carries those it has', async () => {
    const board = await boot(routerYaml(FLOWS), { vectorRows: 1 });
    board.send('icmp 10.1.0.20 > 10.2.0.7'); // the neighbour is known from here on
    const step = board.send(flowTexts(1000, 3000, '10.2.0.7'), { at: 1 });
    const carried = step.delta['flows.all.connections'];
    expect(step.delta['drops.flow-table-full']).toBe(3000 - carried);
    expect(carried).toBeGreaterThan(CAPACITY * 0.9);
    expect(carried).toBeLessThanOrEqual(CAPACITY);
    // All that were admitted are still known: none was evicted for a new one.
    const again = board.send(flowTexts(1000, 3000, '10.2.0.7'), { at: 2 });
    expect(again.delta['flows.all.packets']).toBe(carried);
    expect(again.delta['flows.all.connections']).toBeUndefined();
    // Address 0 stands for no entry, and nothing was written there.
    const nowhere = new Uint8Array(board.board.kernel.memory.buffer, 0, 32);
    expect(nowhere).toEqual(new Uint8Array(32));
  });

  it('refuses no flow at half load: both sets of a key fill evenly', async () => {
    const board = await boot(routerYaml(FLOWS), { vectorRows: 1 });
    const step = board.send(flowTexts(1000, CAPACITY / 2, '10.2.0.7'), { at: 1 });
    expect(step.delta['flows.all.connections']).toBe(CAPACITY / 2);
    expect(step.delta['drops.flow-table-full']).toBeUndefined();
  });

  it('has room again when flows have expired', async () => {
    const board = await boot(routerYaml(FLOWS));
    const first = board.send(flowTexts(1000, 3000, '10.2.0.7'), { at: 1 });
    const later = board.send(flowTexts(20_000, 3000, '10.2.0.7'), { at: 303 });
    expect(later.delta['flows.all.connections']).toBeGreaterThan(CAPACITY * 0.9);
    expect(first.delta['flows.all.connections']).toBeGreaterThan(CAPACITY * 0.9);
  });

  const REAL_AND_LOST = `flows:
  - { name: real, from: office, to: plant, match: ip }
  - { name: lost, from: office, to: internet, match: udp }`;

  it('a flood of flows that never leave takes no room from those that do', async () => {
    // Nobody is at the far end of eth2.
    const board = await boot(routerYaml(REAL_AND_LOST), { farSides: ['eth0', 'eth1'] });
    board.send('icmp 10.1.0.20 > 10.2.0.7', { at: 1 });
    board.send(flowTexts(1000, 400, '10.2.0.7'), { at: 1 });
    for (let second = 2; second < 7; second++) {
      board.send(flowTexts(second * 4000, 1000, '198.51.100.9'), { at: second });
    }
    expect(evicted(board)).toBeGreaterThan(2000);
    // Hardly a key has both its sets full of real flows, or of flows of the same breath.
    expect(board.counters.drops['flow-table-full'] ?? 0).toBeLessThan(150);
    // New ones find room, and old ones are all still known.
    const fresh = board.send(flowTexts(40_000, 300, '10.2.0.7'), { at: 8 });
    const known = board.send(flowTexts(1000, 400, '10.2.0.7'), { at: 8 });
    expect(fresh.delta['flows.real.connections']).toBeGreaterThan(280);
    expect(known.delta['flows.real.packets']).toBe(400);
    expect(known.delta['flows.real.connections']).toBeUndefined();
  });

  it('what never left is forgotten after 10 s without being pushed out', async () => {
    const setup = { farSides: ['eth0', 'eth1'], vectorRows: 1 };
    const board = await boot(routerYaml(REAL_AND_LOST), setup);
    board.send('icmp 10.1.0.20 > 10.2.0.7');
    board.send(flowTexts(1000, 900, '198.51.100.9'), { at: 1 });
    board.finish();
    const before = evicted(board);
    board.send(flowTexts(1000, 700, '10.2.0.7'), { at: 30 });
    expect(evicted(board)).toBe(before);
  });

  it('a reply is no reply to a packet that never left', async () => {
    const board = await boot(routerYaml(REAL_AND_LOST), { farSides: ['eth1'] });
    board.send('udp 10.1.0.20:4000 > 10.2.0.7:53', { at: 1 });
    const step = board.send('udp 10.2.0.7:53 > 10.1.0.20:4000', { at: 2 });
    expect(step.delta['drops.denied']).toBe(1);
  });

  it('an ICMP error about a known flow is carried when the table is full', async () => {
    const board = await boot(routerYaml(FLOWS));
    const [first] = flowTexts(999, 1, '10.2.0.7');
    board.send(first);
    board.send(flowTexts(1000, 3000, '10.2.0.7'));
    const payload = quoteOf(board.build(first).frame);
    const error = icmpFrame('10.2.0.7', '10.1.0.20', { type: 3, code: 3, payload });
    expect(board.sendFrames([error], 'eth0').delta['flows.all.packets']).toBe(1);
  });

  const TCP = 'flows: [{ name: all, from: office, to: plant, match: tcp }]';
  const syn = (port: number, host = 20) => `tcp 10.1.0.${host}:${port} > 10.2.0.7:502`;

  function establish(board: BoardUnderTest, port: number): void {
    board.send(syn(port));
    board.send(`tcp 10.2.0.7:502 > 10.1.0.20:${port} flags syn-ack`);
    board.send(`${syn(port)} flags ack`);
  }

  it('a flood of half-open connections makes room for itself, and never takes that of others', async () => {
    const board = await boot(routerYaml(TCP));
    board.send(syn(1), { at: 1 });
    const established = Array.from({ length: 40 }, (_, i) => 100 + i);
    for (const port of established) establish(board, port);
    for (let second = 2; second < 40; second++) {
      const flood = Array.from({ length: 200 }, (_, i) => syn(second * 1000 + i, 66));
      board.send(flood, { at: second });
    }
    expect(evicted(board)).toBeGreaterThan(4000);
    expect(board.counters.drops['flow-table-full'] ?? 0).toBeLessThan(50);
    const data = board.send(
      established.map((port) => `${syn(port)} flags ack`),
      { at: 41 },
    );
    expect(data.delta).toMatchObject({ received: 40, transmitted: 40 });
    expect(data.delta.dropped).toBeUndefined();
  });

  it('connections that are answered and never acknowledged make room too', async () => {
    const board = await boot(routerYaml(TCP));
    const flood = Array.from({ length: 1200 }, (_, i) => syn(1000 + i, 66));
    board.send(flood, { at: 1 });
    board.send(
      flood.map((text) => `${text.replace(/tcp (\S+) > (\S+)/, 'tcp $2 > $1')} flags syn-ack`),
      { at: 2 },
    );
    const others = Array.from({ length: 100 }, (_, i) => syn(1000 + i, 67));
    expect(board.send(others, { at: 3 }).delta['flows.all.connections']).toBe(100);
  });

  it('a new connection finds room among those that are half open, the oldest first', async () => {
    const board = await boot(routerYaml(TCP));
    for (let second = 1; second < 30; second++) {
      board.send(
        Array.from({ length: 200 }, (_, i) => syn(second * 1000 + i, 66)),
        { at: second },
      );
    }
    board.setTime(31);
    establish(board, 77);
    const step = board.send(`${syn(77)} flags ack`);
    expect(step.delta).toMatchObject({ transmitted: 1 });
  });
});
