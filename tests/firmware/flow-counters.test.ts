/**
 * What leaves the board counts for its flow; what does not leave, or is not the flow's, does not.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { FRAME_UNCOUNTED } from '../../drivers/nic-ring.ts';
import { type BoardUnderTest, boot } from './board-under-test.ts';
import { routerYaml } from './configuration.ts';
import { fateOf } from './fate.ts';
import { sentBy } from './frames.ts';

const FLOWS = `flows:
  - { name: ask, from: office, to: plant, match: udp dst port 53 }
  - { name: tell, from: plant, to: office, match: udp dst port 54 }
`;
const ASK = 'udp 10.1.0.20:4000 > 10.2.0.7:53';
const TELL = 'udp 10.2.0.7:4000 > 10.1.0.20:54';

describe('an ICMP error about a packet whose neighbor does not answer', () => {
  let board: BoardUnderTest;
  beforeEach(async () => {
    board = await boot(routerYaml(FLOWS), { farSides: ['eth1'] });
  });

  /** A packet waits in vain, and the error about it leaves at once for a host that is known. */
  function askInVain(at: number): void {
    board.send(TELL, { at });
    board.send(ASK);
    const step = board.advance(at + 5);
    expect(fateOf(step)).toBe('host-unreachable');
    expect(sentBy(step, 'eth1')).toHaveLength(1);
  }

  it('begins no flow if nothing of it has left', () => {
    askInVain(1);
    expect(board.counters.flows.ask).toEqual({ packets: 0, bytes: 0, connections: 0 });
    expect(fateOf(board.send('udp 10.2.0.7:53 > 10.1.0.20:4000'))).toBe('denied');
  });

  it('counts for a flow that has carried traffic', () => {
    board.send(ASK, { at: 1 });
    board.send('arp who-has 10.2.0.1 tell 10.2.0.7', { in: 'eth0' });
    expect(board.counters.flows.ask).toMatchObject({ packets: 1, connections: 1 });
    // The neighbor has been silent for so long that it is asked for again, and gone soon after.
    board.send(ASK, { at: 100 });
    expect(board.counters.flows.ask).toMatchObject({ packets: 2, connections: 1 });
    board.advance(106);
    askInVain(106);
    expect(board.counters.flows.ask).toMatchObject({ packets: 3, connections: 1 });
  });
});

it("a frame of the emulation's own that leaves is in no count of frames", async () => {
  const board = await boot(routerYaml(FLOWS));
  board.send(ASK);
  board.put(board.build(ASK).frame, 'eth1', FRAME_UNCOUNTED);
  const { sent, delta } = board.run();
  expect(sent.map(({ port, uncounted }) => [port, uncounted])).toEqual([['eth0', true]]);
  expect(delta).not.toHaveProperty('transmitted');
  expect(delta).not.toHaveProperty('ports.eth0.transmitted');
});
