/**
 * The tuple of a connection that is over may be used again, from its other end too: what is left of
 * the old connection is no part of the new one.
 */
import { describe, expect, it } from 'vitest';
import { type BoardSetup, type BoardUnderTest, boot } from './board-under-test.ts';
import { routerYaml } from './configuration.ts';
import { fateOf } from './fate.ts';

const FLOWS = `flows:
  - { name: out, from: office, to: plant, match: tcp dst port 502 }
  - { name: in, from: plant, to: office, match: tcp dst port 4000 }
`;
const UP = 'tcp 10.1.0.20:4000 > 10.2.0.7:502';
const DOWN = 'tcp 10.2.0.7:502 > 10.1.0.20:4000';
/** What ends a connection, and what may still come of it. */
const ENDS = {
  'a reset': { texts: [`${UP} flags rst`], late: `${UP} flags rst` },
  'both FINs': {
    texts: [`${UP} flags fin-ack`, `${DOWN} flags fin-ack`],
    late: `${UP} flags ack`,
  },
} as const;
type End = keyof typeof ENDS;

/** A board on which a connection has been opened, and ended so. */
async function bootEnded(end: End, setup: BoardSetup = {}): Promise<BoardUnderTest> {
  const board = await boot(routerYaml(FLOWS), setup);
  const opening = [UP, `${DOWN} flags syn-ack`, `${UP} flags ack`];
  for (const text of [...opening, ...ENDS[end].texts]) {
    expect(fateOf(board.send(text, { at: 1 }))).toBe('carried');
  }
  return board;
}

describe.each(Object.keys(ENDS) as End[])('after %s', (end) => {
  it('a connection the other way is one of its own', async () => {
    const board = await bootEnded(end);
    const before = board.counters.flows.out;
    expect(fateOf(board.send(DOWN, { at: 2 }))).toBe('carried');
    expect(board.counters.flows.in).toMatchObject({ packets: 1, connections: 1 });
    expect(board.counters.flows.out).toEqual(before);
  });

  it.each([256, 1])(
    'it has to wait until no packet of the old one is under way, in vectors of %d',
    async (vectorRows) => {
      const board = await bootEnded(end, { vectorRows });
      const { packets, connections } = board.counters.flows.out;
      const step = board.send([ENDS[end].late, DOWN], { at: 2 });
      expect(step.delta).toMatchObject({ transmitted: 1, 'drops.flow-table-full': 1 });
      expect(board.counters.flows).toMatchObject({
        out: { packets: packets + 1, connections },
        in: { packets: 0, connections: 0 },
      });
      expect(fateOf(board.send(DOWN, { at: 3 }))).toBe('carried');
    },
  );
});
