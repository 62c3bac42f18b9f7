/**
 * Packets of a flow that carries traffic go a quick way, by what is known of their flow: where it
 * leads must be where the general way leads.
 */
import { describe, expect, it } from 'vitest';
import { type BoardUnderTest, boot } from './board-under-test.ts';
import { routerYaml } from './configuration.ts';
import { fateOf } from './fate.ts';
import { sentBy, tagged } from './frames.ts';
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

  it('leaves as by the general way, and is counted so, from its first packet on', async () => {
    const texts = [ASK, `${ASK.replace('5353', '5354')} size 60`, ...OPENING, `${ASK} ttl 2`];
    const [quick, general] = await Promise.all(
      [false, true].map((isTraced) => boot(routerYaml(FLOWS), { isTraced })),
    );
    for (const text of texts) {
      const sent = sentBy(quick.send(text, { at: 1 }));
      expect(sent).toHaveLength(1);
      expect(sent).toEqual(sentBy(general.send(text, { at: 1 })));
    }
    expect(quick.counters.flows).toEqual(general.counters.flows);
  });

  it('has an outcome for each of its packets, where somebody asks', async () => {
    const board = await boot(routerYaml(FLOWS), { isTraced: true });
    const steps = thrice(ASK, TOLD).map((text) => board.send(text, { at: 1 }));
    const kinds = steps.slice(-2).map(({ outcomes }) => outcomes.map(({ kind }) => kind));
    expect(kinds).toEqual([['transmitted'], ['transmitted']]);
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

  it.each([OUT, BACK])('ends with a reset for what comes after it at once: %s', async (text) => {
    const board = await boot(routerYaml(FLOWS));
    carry(board, [...OPENING, ...thrice(`${OUT} flags ack`, `${BACK} flags ack`)]);
    const step = board.send([`${BACK} flags rst-ack`, `${text} flags psh-ack`]);
    expect(step.delta).toMatchObject({ transmitted: 1, 'drops.tcp-invalid': 1 });
  });

  it('carries any number of answers at once, to a host that nothing was sent to yet', async () => {
    const board = await boot(routerYaml(FLOWS));
    carry(board, [ASK]);
    const step = board.send(Array.from({ length: 200 }, () => TOLD));
    expect(step.delta).toMatchObject({ received: 200, 'flows.ask.packets': 200 });
  });

  it.each([
    [200, 1],
    [20, 10],
  ])(
    'lends nothing to the flows beside it in the table: %d hosts, %d ports',
    async (hosts, ports) => {
      const halves = ['0/25', '128/25'];
      const ranges = ['5000-5004', '5005-5009'];
      const flows = halves.flatMap((half) =>
        ranges.map(
          (range) =>
            `  - { name: ${half} ${range}, from: internet, to: plant, match: udp src portrange ${range} and src net 198.51.100.${half} }`,
        ),
      );
      const board = await boot(routerYaml(`flows:\n${flows.join('\n')}`));
      const asks = Array.from({ length: 200 }, (_, i) => {
        const [host, port] = [
          128 - hosts / 2 + (i % hosts),
          5000 + (Math.floor(i / hosts) % ports),
        ];
        return `udp 198.51.100.${host}:${port} > 10.2.0.7:53`;
      });
      const answers = asks.map((ask) => ask.replace(/udp (\S+) > (\S+)/, 'udp $2 > $1'));
      for (let i = 0; i < 4 * 200; i += 40) {
        board.send(asks.slice(i % 200, (i % 200) + 40), { at: 1 });
        board.send(answers.slice(i % 200, (i % 200) + 40), { at: 1 });
      }
      const used = Object.values(board.counters.flows).filter(({ packets }) => packets > 0);
      expect(used).toHaveLength(ports === 1 ? 2 : 4);
      for (const flow of used) {
        expect(flow).toMatchObject({ packets: 1600 / used.length, connections: 200 / used.length });
      }
    },
  );

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

  it.each([1, 2, 255, 256, 257, 512])(
    'vouches for them however many breaths ago it changed: %d',
    async (breaths) => {
      const board = await boot(ROUTER.replace('tcp }', 'udp }'));
      const out = 'udp 10.2.0.7:4000 > 10.1.0.20:53';
      carry(board, [out]);
      const { kernel } = board.board;
      for (let breath = 1; breath < breaths; breath++) {
        kernel.beginBreath(0n);
        kernel.endBreath();
      }
      expect(fateOf(board.send(out, { in: 'eth2', at: 2 }))).toBe('carried');
    },
  );

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
