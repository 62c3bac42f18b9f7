/**
 * Packets of a flow that carries traffic go a quick way, by what is known of their flow: where it
 * leads must be where the general way leads.
 */
import { describe, expect, it } from 'vitest';
import { type BoardUnderTest, boot } from './board-under-test.ts';
import { routerYaml } from './configuration.ts';
import { fateOf } from './fate.ts';
import { tagged } from './frames.ts';
import { puppetSystem } from './puppet.ts';

const FLOWS = `flows:
  - { name: ask, from: office, to: plant, match: udp dst port 53 }
  - { name: poll, from: office, to: plant, match: tcp dst port 502 }
`;
const ASK = 'udp 10.1.0.20:5353 > 10.2.0.7:53';
const TOLD = 'udp 10.2.0.7:53 > 10.1.0.20:5353';
const OUT = 'tcp 10.1.0.20:4000 > 10.2.0.7:502';
const BACK = 'tcp 10.2.0.7:502 > 10.1.0.20:4000';
const OPENING = [OUT, `${BACK} flags syn-ack`, `${OUT} flags ack`];

/** Sends packets one after the other, each in a breath of its own and all in one second. */
function carry(board: BoardUnderTest, texts: readonly string[], at = 1): void {
  for (const text of texts) expect(fateOf(board.send(text, { at }))).toBe('carried');
}

const thrice = (...texts: string[]): string[] => [...texts, ...texts, ...texts];

describe('a flow that carries traffic', () => {
  it('is marked so in both directions', async () => {
    const board = await boot(routerYaml(FLOWS));
    carry(board, thrice(ASK, TOLD));
    const { kernel } = board.board;
    const table = new DataView(kernel.memory.buffer, kernel.flowEntryAddress(0), 1024 * 32);
    const entries = Array.from({ length: 1024 }, (_, n) => n * 32);
    const used = entries.filter((entry) => table.getUint8(entry + 15) !== 0);
    // BIT_COMMITTED, BIT_SENT and BIT_STEADY, the latter two both ways: see flow-states.ts.
    expect(used.map((entry) => table.getUint8(entry + 18))).toEqual([1 | 4 | 8 | 16 | 32]);
  });

  it.each([
    [301, 'carried'],
    [302, 'denied'],
  ])('runs out all the same: idle until second %d, its reply is %s', async (at, fate) => {
    const board = await boot(routerYaml(FLOWS));
    carry(board, thrice(ASK, TOLD));
    expect(fateOf(board.send(TOLD, { at }))).toBe(fate);
  });

  it('takes no packet past the MTU of its port', async () => {
    const yaml = routerYaml(FLOWS).replace('10.2.0.1/24 }', '10.2.0.1/24, mtu: 1400 }');
    const board = await boot(yaml);
    carry(board, thrice(ASK));
    const fates = [1414, 1415, 1514].map((size) => fateOf(board.send(`${ASK} size ${size}`)));
    expect(fates).toEqual(['carried', 'too-big', 'too-big']);
  });

  it('ends with its connection', async () => {
    const board = await boot(routerYaml(FLOWS));
    carry(board, [...OPENING, ...thrice(`${OUT} flags ack`, `${BACK} flags ack`)]);
    carry(board, [`${OUT} flags fin-ack`, `${BACK} flags fin-ack`]);
    expect(fateOf(board.send(`${OUT} flags ack`, { at: 242 }))).toBe('tcp-not-syn');
  });

  it('ends with a reset for what comes after it in the same breath', async () => {
    const board = await boot(routerYaml(FLOWS));
    carry(board, [...OPENING, ...thrice(`${OUT} flags ack`, `${BACK} flags ack`)]);
    const step = board.send([`${BACK} flags rst-ack`, `${OUT} flags psh-ack`]);
    expect(step.delta).toMatchObject({ transmitted: 1, 'drops.tcp-invalid': 1 });
  });

  it('lends nothing to the flows beside it in the table', async () => {
    const halves = ['0/25', '128/25'];
    const ports = ['5000-5004', '5005-5009'];
    const flows = halves.flatMap((half) =>
      ports.map(
        (range) =>
          `  - { name: ${half} ${range}, from: office, to: plant, match: udp src portrange ${range} and src net 10.1.0.${half} }`,
      ),
    );
    const board = await boot(routerYaml(`flows:\n${flows.join('\n')}`));
    const hosts = Array.from({ length: 20 }, (_, i) => 108 + 2 * i);
    const asks = hosts.flatMap((host) =>
      Array.from({ length: 10 }, (_, i) => `udp 10.1.0.${host}:${5000 + i} > 10.2.0.7:53`),
    );
    const answers = asks.map((ask) => ask.replace(/udp (\S+) > (\S+)/, 'udp $2 > $1'));
    for (let round = 0; round < 4; round++) {
      board.send(asks, { at: 1 });
      board.send(answers, { at: 1 });
    }
    for (const flow of Object.values(board.counters.flows)) {
      expect(flow).toMatchObject({ packets: 50 * 8, connections: 50 });
    }
    expect(Object.keys(board.counters.flows)).toHaveLength(4);
  });

  it('takes no packet past a link that is not there for its class', async () => {
    const { firmware } = await puppetSystem('accepts: ip\noutputs: { out: ip }', {
      wire: '{ arp: arp, ip and to-router: local, ip: route }',
      'puppet.out': '',
      'policy.permitted': '{ vlan: neighbor }',
    });
    const board = await boot(routerYaml(FLOWS), { firmware });
    const { frame } = board.build(ASK);
    const send = (bytes: Uint8Array) => fateOf(board.sendFrames([bytes], 'eth1', { at: 1 }));
    const withTag = tagged(frame, 7);
    expect(thrice('').map(() => send(withTag))).toEqual(thrice('carried'));
    expect(thrice('').map(() => send(frame))).toEqual(thrice('unlinked'));
  });

  it('is counted when its tuple is used again, however late something of it leaves', async () => {
    const board = await boot(routerYaml(FLOWS));
    carry(board, [...OPENING, `${OUT} flags fin-ack`, `${BACK} flags fin-ack`]);
    const [plant, office] = board.board.nics;
    const send = (text: string) => fateOf(board.send(text, { at: 1 }));
    plant.setLink(false);
    expect(send(OUT)).toBe('port-down');
    plant.setLink(true);
    office.setLink(false);
    expect(send(`${BACK} flags syn-ack`)).toBe('port-down');
    office.setLink(true);
    plant.setLink(false);
    expect(thrice(`${OUT} flags ack`).map(send)).toEqual(thrice('port-down'));
    plant.setLink(true);
    expect(send(`${OUT} flags ack`)).toBe('carried');
    expect(board.counters.flows.poll.connections).toBe(2);
  });
});

describe('a flow between zones of several ports', () => {
  const ROUTER = `
board: board.yaml
interfaces:
  a0: { port: eth0, zone: a, address: 10.2.0.1/24 }
  b0: { port: eth1, zone: b, address: 10.1.0.1/24 }
  c0: { port: eth2, zone: a, address: 203.0.113.2/30 }
flows: [{ name: out, from: a, to: b, match: tcp }]
`;

  it('vouches for its packets by any port of their zone, and opens nothing by another', async () => {
    const board = await boot(ROUTER);
    const out = 'tcp 10.2.0.7:4000 > 10.1.0.20:502';
    carry(board, [out, 'tcp 10.1.0.20:502 > 10.2.0.7:4000 flags syn-ack', `${out} flags ack`]);
    const fates = thrice('ack', 'syn').map((flags) =>
      fateOf(board.send(`${out} flags ${flags}`, { in: 'eth2', at: 1 })),
    );
    expect(fates).toEqual(thrice('carried', 'spoofed'));
  });
});
