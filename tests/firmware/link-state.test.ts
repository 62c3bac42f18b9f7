import { describe, expect, it } from 'vitest';
import { readCounters } from '../../firmware/report/counters.ts';
import { tellModules } from '../../scripts/boot/live/machine-messages.ts';
import { boot, type SentFrame } from './board-under-test.ts';
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

/** Two uplinks: the default route takes over what the first one loses. */
const TWO_UPLINKS = `board: board.yaml
interfaces:
  second0: { port: eth0, zone: internet, address: 203.0.114.2/30 }
  office0: { port: eth1, zone: office, address: 10.1.0.1/24 }
  uplink0: { port: eth2, zone: internet, address: 203.0.113.2/30 }
routes:
  - { to: 198.51.100.0/24, via: 203.0.113.1 }
  - { to: 0.0.0.0/0, via: 203.0.114.1 }
`;

describe('a flow that has carried traffic for a while', () => {
  it.each([false, true])(
    'goes by the other uplink and back with its link; traced: %s',
    async (on) => {
      const flows = 'flows:\n  - { name: ask, from: office, to: internet, match: udp }\n';
      const { board, ...test } = await withFlow(`${TWO_UPLINKS}${flows}`, on);
      const setUplink = (isUp: boolean) => {
        board.nics[2]?.setLink(isUp);
        tellModules(board, '$links', { port: 2, up: isUp ? 1 : 0 });
      };
      for (let second = 2; second < 6; second++) expect(test.ask(second)).toEqual(['eth2', 'eth1']);
      setUplink(false);
      for (let second = 6; second < 9; second++) expect(test.ask(second)).toEqual(['eth0', 'eth1']);
      setUplink(true);
      for (let second = 9; second < 12; second++)
        expect(test.ask(second)).toEqual(['eth2', 'eth1']);
    },
  );
});

/** A board on which one host of the office asks, and is answered where its question left. */
async function withFlow(yaml: string, isTraced: boolean) {
  const under = await boot(routerYaml(yaml, ''), { isTraced });
  /** Three questions in one breath, then an answer: by which ports packets left. */
  const ask = (at: number): string[] => {
    const question = 'udp 10.1.0.20:4000 > 198.51.100.9:53';
    const asked = leftBy(under.send([question, question, question], { at }).sent);
    const answer = 'udp 198.51.100.9:53 > 10.1.0.20:4000';
    const answered = leftBy(under.send(answer, { at, in: asked[0] }).sent);
    return [...asked, ...answered];
  };
  ask(1); // next hops are known from here on
  return { board: under.board, ask };
}

/** The ports that IPv4 packets left by, each once. */
function leftBy(sent: readonly SentFrame[]): string[] {
  const packets = sent.filter(({ frame }) => frame[12] === 8 && frame[13] === 0);
  return [...new Set(packets.map(({ port }) => port))];
}
