/** An ICMP error goes where its flow came from, by the port that leads there, and nowhere else. */
import { describe, expect, it } from 'vitest';
import { type BoardUnderTest, boot } from '../board-under-test.ts';
import { fateOf } from '../fate.ts';
import { icmpFrame, quoteOf } from '../frames.ts';
import { rewritingSystem } from '../lying-modules.ts';

/** The office has two ports, of which one is a host's link. */
const ROUTER = `
board: board.yaml
interfaces:
  plant0: { port: eth0, zone: plant, address: 10.2.0.1/24 }
  office0: { port: eth1, zone: office, address: 10.1.0.1/24 }
  office1: { port: eth2, zone: ZONE, address: 203.0.113.2/30 }
flows: [{ name: ask, from: office, to: plant, match: udp dst port 53 }]
`;
const ASK = 'udp 10.1.0.20:4000 > 10.2.0.7:53';

/** A board on which a module sends every ICMP message towards a port. */
async function bootTowards(port: number, zone = 'office'): Promise<BoardUnderTest> {
  const keys = 'accepts: icmp\nwrites: { meta.egress: any }\noutputs: { out: icmp }';
  const links = { wire: '{ arp: arp, icmp: liar, ip: route }', 'liar.out': 'policy' };
  const firmware = await rewritingSystem(keys, ['MetaEgress', port], links);
  return boot(ROUTER.replace('ZONE', zone), { firmware });
}

function errorAbout(board: BoardUnderTest, text: string, from: string, to: string, port: string) {
  const payload = quoteOf(board.build(text).frame);
  const error = icmpFrame(from, to, { type: 3, code: 3, payload });
  return fateOf(board.sendFrames([error], port));
}

describe('an ICMP error', () => {
  it.each([
    ['by the port of its destination', 1, 'office', 'carried'],
    ['by another port of the same zone', 2, 'office', 'wrong-port'],
    ['towards another zone', 2, 'internet', 'icmp-unsolicited'],
  ] as const)('%s', async (_, port, zone, fate) => {
    const board = await bootTowards(port, zone);
    board.send(ASK);
    expect(errorAbout(board, ASK, '10.2.0.7', '10.1.0.20', 'eth0')).toBe(fate);
  });

  it.each([
    ['the plant', 0, '10.1.0.20', '10.2.0.7', 'eth1'],
    ['the office', 1, '10.2.0.7', '10.1.0.20', 'eth0'],
  ] as const)('about no flow does not go to %s', async (_, port, from, to, by) => {
    const board = await bootTowards(port);
    const text = `udp ${to}:9 > ${from}:9`;
    expect(errorAbout(board, text, from, to, by)).toBe('icmp-unsolicited');
  });
});
