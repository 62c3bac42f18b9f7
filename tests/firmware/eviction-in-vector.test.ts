// A new flow must not evict the entry of a packet that stands in the same vector, between policy
// and tx: that packet still leaves, and its reply has to find its flow.
import { expect, it } from 'vitest';
import { type BoardUnderTest, boot } from './board-under-test.ts';
import { routerYaml } from './configuration.ts';

const FLOWS = `flows:
  - { name: old, from: office, to: plant, match: dst port 53 }
  - { name: new, from: office, to: plant, match: dst port 54 }
  - { name: greet, from: office, to: plant, match: icmp }
`;
const count = (length: number, text: (port: number) => string): string[] =>
  Array.from({ length }, (_, i) => text(1000 + i));
const old = (kind: string) => (port: number) => `${kind} 10.1.0.20:${port} > 10.2.0.7:53`;
const renewed = (text: string) => text.replace(/:53$/, ':54');
/** Packets of old flows, each followed by one of a new flow; of all, none is older than another. */
const mixed = count(700, old('udp')).flatMap((text) => [text, renewed(text)]);

/** The neighbor that packets have waited for is there. */
function answer(board: BoardUnderTest): void {
  board.send('arp who-has 10.2.0.1 tell 10.2.0.7', { in: 'eth0' });
}

/** From here on packets leave at once. */
function meet(board: BoardUnderTest): void {
  board.send('icmp 10.1.0.20 > 10.2.0.7', { at: 1 });
  answer(board);
  expect(board.counters.flows.greet.packets).toBe(1);
}

it.each<[string, (board: BoardUnderTest) => void]>([
  [
    'of flows that all carry traffic',
    (board) => {
      meet(board);
      board.send(count(3000, old('udp')));
    },
  ],
  [
    'of connections that are half open',
    (board) => {
      meet(board);
      const opened = count(900, old('tcp'));
      board.send(opened);
      for (let first = 0; first < 720; first += 60) {
        const some = opened.slice(first, first + 60);
        const again = some.map((text, i) => (i % 2 === 0 ? text : `${text} flags ack`));
        board.send([...again, ...some.map(renewed)]);
      }
    },
  ],
  [
    'of flows of which nothing has left',
    (board) => {
      board.send(count(900, old('udp')), { at: 1 });
      answer(board);
      board.send(mixed);
    },
  ],
])('a flow table full %s gives the same result for vectors of 1 and of 256', async (_, play) => {
  const run = async (vectorRows: number) => {
    const board = await boot(routerYaml(FLOWS), { vectorRows, farSides: ['eth1'] });
    play(board);
    return board.counters;
  };
  expect(await run(256)).toEqual(await run(1));
});
