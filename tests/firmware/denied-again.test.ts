/**
 * What the policy has denied once is denied again without being looked at anew: it has to be what
 * it was, on the way that it went, and nothing may have begun that it answers.
 */
import { describe, expect, it } from 'vitest';
import { tellModules } from '../../scripts/boot/live/machine-messages.ts';
import { type BoardUnderTest, boot } from './board-under-test.ts';
import { routerYaml } from './configuration.ts';
import { fateOf } from './fate.ts';
import { tagged, udpFrame } from './frames.ts';
import { puppetSystem, scriptOf } from './puppet.ts';

const FLOWS = `flows:
  - { name: ask, from: office, to: plant, match: udp dst port 53 }
  - { name: poll, from: office, to: plant, match: tcp dst port 502 }
  - { name: tell, from: plant, to: office, match: udp dst port 514 }
`;
const ASK = 'udp 10.1.0.20:5353 > 10.2.0.7:53';
const TOLD = 'udp 10.2.0.7:53 > 10.1.0.20:5353';

/** A zone of two ports. */
const TWO_PLANTS = `board: board.yaml
interfaces:
  plant0: { port: eth0, zone: plant, address: 10.2.0.1/24 }
  plant1: { port: eth2, zone: plant, address: 10.3.0.1/24 }
  office0: { port: eth1, zone: office, address: 10.1.0.1/24 }
`;

/** Denied packets of as many tuples. */
function deniedTexts(count: number, port = 7): string[] {
  return Array.from({ length: count }, (_, i) => `udp 10.1.0.20:${1000 + i} > 10.2.0.7:${port}`);
}

function fates(board: BoardUnderTest, ...texts: string[]): string[] {
  return texts.map((text) => fateOf(board.send(text)));
}

/** A board, and how many of denied packets the breath took in that took in the most of them. */
async function bootCounting(flows: string) {
  const board = await boot(routerYaml(flows));
  const { kernel } = board.board;
  const drain = board.board.onBreath;
  let most = 0;
  board.board.onBreath = () => {
    most = Math.max(most, kernel.breathTook());
    drain();
  };
  const took = (texts: string[]) => {
    most = 0;
    expect(board.send(texts).delta).toMatchObject({ 'drops.denied': texts.length });
    return most;
  };
  return { board, took };
}

describe('a packet like one that was denied', () => {
  it('is denied as often as it comes, counted and told each time', async () => {
    const board = await boot(routerYaml(FLOWS), { isTraced: true });
    const [text] = deniedTexts(1);
    for (let time = 0; time < 3; time++) {
      const { delta, outcomes } = board.send([text, text]);
      expect(delta).toMatchObject({ received: 2, dropped: 2, 'drops.denied': 2 });
      expect(outcomes.map(({ kind }) => kind)).toEqual(['dropped', 'dropped']);
    }
  });

  it('begins no flow: a breath takes in as many as come', async () => {
    const { took } = await bootCounting(FLOWS);
    expect([took(deniedTexts(250)), took(deniedTexts(250))]).toEqual([64, 250]);
    took(deniedTexts(1500, 9)); // more than the table has room for: the last are kept
    expect([took(deniedTexts(90, 11)), took(deniedTexts(90, 11))]).toEqual([64, 90]);
  });

  it('is known again after a link has gone and come back', async () => {
    const { board, took } = await bootCounting(FLOWS);
    took(deniedTexts(250));
    for (const isUp of [false, true]) board.board.nics[2].setLink(isUp);
    expect([took(deniedTexts(250)), took(deniedTexts(250))]).toEqual([64, 250]);
  });

  it('is known where it would have answered a flow that is over', async () => {
    const { board, took } = await bootCounting(FLOWS);
    const asks = Array.from({ length: 90 }, (_, i) => ASK.replace('5353', `${4000 + i}`));
    const answers = asks.map((ask) => ask.replace(/udp (\S+) > (\S+)/, 'udp $2 > $1'));
    board.send(asks, { at: 1 });
    board.setTime(400);
    expect([took(answers), took(answers)]).toEqual([64, 90]);
  });

  it('is carried once it answers a packet that has left', async () => {
    const board = await boot(routerYaml(FLOWS));
    expect(fates(board, TOLD, TOLD, ASK, TOLD)).toEqual(['denied', 'denied', 'carried', 'carried']);
  });

  it('is carried where it answers a packet of the same breath', async () => {
    const board = await boot(routerYaml(FLOWS));
    fates(board, TOLD, TOLD);
    const { delta } = board.send([TOLD, ASK, TOLD]);
    expect(delta).toMatchObject({ 'flows.ask.packets': 2, 'drops.denied': 1 });
  });

  it('says nothing of the answers to it', async () => {
    const board = await boot(routerYaml(FLOWS));
    const out = 'udp 10.1.0.20:514 > 10.2.0.7:514';
    const back = 'udp 10.2.0.7:514 > 10.1.0.20:514';
    expect(fates(board, out, out, back, back)).toEqual(['denied', 'denied', 'carried', 'carried']);
  });

  it('says nothing of what has its addresses the other way round', async () => {
    const board = await boot(routerYaml(FLOWS));
    fates(board, TOLD, TOLD);
    expect(fateOf(board.send(ASK, { in: 'eth0' }))).toBe('spoofed');
  });

  it('says nothing of them either where all are of one zone', async () => {
    const board = await boot(`${TWO_PLANTS}${FLOWS}`);
    const there = 'udp 10.2.0.7:53 > 10.3.0.7:53';
    expect(fates(board, there, there)).toEqual(['denied', 'denied']);
    expect(fateOf(board.send('udp 10.3.0.7:53 > 10.2.0.7:53', { in: 'eth0' }))).toBe('spoofed');
  });

  it.each([
    ['plain', 'tagged', 'vlan and udp dst port 53'],
    ['tagged', 'plain', 'udp dst port 53 and not vlan'],
  ])('says nothing, being %s, of what is %s', async (first, then, match) => {
    const flows = `flows: [{ name: ask, from: office, to: plant, match: ${match} }]`;
    const board = await boot(routerYaml(flows));
    const { frame: plain } = board.build(ASK);
    const frames: Record<string, Uint8Array> = { plain, tagged: tagged(plain, 7) };
    const fate = (kind: string) => fateOf(board.sendFrames([frames[kind]], 'eth1'));
    expect([first, first, then].map(fate)).toEqual(['denied', 'denied', 'carried']);
  });

  it('says nothing of segments of other kinds', async () => {
    const board = await boot(routerYaml(FLOWS));
    const text = 'tcp 10.2.0.7:502 > 10.1.0.20:4000';
    const kinds = ['', '', ' flags ack', ' flags syn-fin', ' flags syn-ack', ''];
    expect(fates(board, ...kinds.map((kind) => text + kind))).toEqual([
      'denied',
      'denied',
      'tcp-not-syn',
      'tcp-invalid',
      'tcp-not-syn',
      'denied',
    ]);
  });

  it('is spoofed all the same if it comes in by another port', async () => {
    const board = await boot(`${TWO_PLANTS}${FLOWS}`);
    const by = (port: string) => fateOf(board.send(TOLD, { in: port }));
    expect(['eth0', 'eth0', 'eth2', 'eth0'].map(by)).toEqual([
      'denied',
      'denied',
      'spoofed',
      'denied',
    ]);
  });

  it('is denied to the router as it was before', async () => {
    const board = await boot(routerYaml(FLOWS));
    const text = 'udp 10.1.0.20:5353 > 10.1.0.1:161';
    expect(fates(board, text, text, text)).toEqual(['denied', 'denied', 'denied']);
  });
});

describe('a packet like one that was denied goes another way', () => {
  const TWO_UPLINKS = `board: board.yaml
interfaces:
  second0: { port: eth0, zone: second, address: 203.0.114.2/30 }
  office0: { port: eth1, zone: office, address: 10.1.0.1/24 }
  uplink0: { port: eth2, zone: internet, address: 203.0.113.2/30 }
routes:
  - { to: 198.51.100.0/24, via: 203.0.113.1 }
  - { to: 0.0.0.0/0, via: 203.0.114.1 }
flows: [{ name: second, from: office, to: second, match: udp }]
`;
  const ABROAD = 'udp 10.1.0.20:5353 > 198.51.100.7:53';
  const HOME = 'udp 198.51.100.7:53 > 10.1.0.20:5353';

  it('with its link, and is asked about there', async () => {
    const board = await boot(TWO_UPLINKS);
    const setUplink = (isUp: boolean) => {
      board.board.nics[2].setLink(isUp);
      tellModules(board.board, '$links', { port: 2, up: isUp ? 1 : 0 });
    };
    expect(fates(board, ABROAD, ABROAD)).toEqual(['denied', 'denied']);
    setUplink(false);
    const { delta } = board.send([ABROAD, ABROAD]);
    expect(delta).toMatchObject({ 'flows.second.packets': 2, 'flows.second.connections': 1 });
    setUplink(true);
    const other = ABROAD.replace('5353', '5354');
    expect(fates(board, other, other)).toEqual(['denied', 'denied']);
  });

  it('as `route` alone has been told, and is asked about there', async () => {
    const board = await boot(TWO_UPLINKS);
    expect(fates(board, ABROAD, ABROAD)).toEqual(['denied', 'denied']);
    tellModules(board.board, '$links', { port: 2, up: 0 });
    expect(fates(board, ABROAD, ABROAD)).toEqual(['carried', 'carried']);
    expect(fateOf(board.send(HOME, { in: 'eth2' }))).toBe('denied');
  });
});

describe('a packet that a module makes another one on its way', () => {
  const LIKE = 'udp 10.1.0.20:5353 > 10.2.0.7:9';

  /** A router, and a packet that is `LIKE` when it comes and `ASK` for the policy. */
  async function bootRewriter(): Promise<{ board: BoardUnderTest; made: Uint8Array }> {
    const keys =
      'accepts: ip\nreads: ["payload[128]"]\nwrites: { l4.dport: any }\noutputs: { out: ip }';
    const system = await puppetSystem(keys);
    const board = await boot(routerYaml(FLOWS), { firmware: system.firmware });
    board.send(ASK.replace('5353', '1')); // the neighbour is known from here on
    const pokes = [[system.offsetOf('l4.dport'), 2, 53]] as const;
    return { board, made: udpFrame(LIKE, scriptOf({ verdict: 1, changed: 1, pokes })) };
  }

  it('is asked about, whatever was denied of what it was', async () => {
    const { board, made } = await bootRewriter();
    expect(fates(board, LIKE, LIKE)).toEqual(['denied', 'denied']);
    expect(fateOf(board.sendFrames([made, made], 'eth1'))).toBe('carried');
  });

  it('has its answers, if one came too early', async () => {
    const { board, made } = await bootRewriter();
    const told = board.build(TOLD).frame;
    board.put(board.addressed(made, 'eth1'), 'eth1');
    board.put(told, 'eth0');
    expect(board.run().delta).toMatchObject({ 'flows.ask.packets': 1, 'drops.denied': 1 });
    expect(fates(board, TOLD, TOLD)).toEqual(['carried', 'carried']);
  });
});

describe('what was denied', () => {
  const ALL = 'flows: [{ name: all, from: office, to: plant, match: udp dst port 53 }]';
  const asks = (count: number) =>
    Array.from({ length: count }, (_, i) => `udp 10.1.0.20:${1000 + i} > 10.2.0.7:53`);
  const answers = (count: number) =>
    Array.from({ length: count }, (_, i) => `udp 10.2.0.7:53 > 10.1.0.20:${1000 + i}`);

  it('takes no room from flows', async () => {
    const board = await boot(routerYaml(ALL));
    fates(board, ...asks(1)); // the neighbour is known from here on
    expect(board.send(asks(500)).delta).toMatchObject({ 'flows.all.connections': 499 });
    expect(board.send(deniedTexts(700)).delta).toMatchObject({ 'drops.denied': 700 });
    expect(board.send(answers(500)).delta).toMatchObject({ 'flows.all.packets': 500 });
  });

  it('has no entry beside that of a flow that it answers', async () => {
    const board = await boot(routerYaml(ALL));
    const { kernel } = board.board;
    board.send(
      asks(500).map((text) => text.replace('.20:', '.21:')),
      { at: 1 },
    );
    board.send(answers(300), { at: 400 }); // all of the flows are over
    board.send(asks(300));
    const table = new DataView(kernel.memory.buffer, kernel.flowEntryAddress(0), 1024 * 32);
    const ports = Array.from({ length: 1024 }, (_, n) => n * 32)
      .filter((entry) => table.getUint8(entry + 12) === 17)
      .filter((entry) => [0x0a010014, 0x0a020007].includes(table.getUint32(entry, true)))
      .map((entry) => table.getUint16(entry + 8, true) + table.getUint16(entry + 10, true));
    expect(board.counters.flows.all.connections).toBe(800);
    expect(new Set(ports).size).toBe(ports.length);
    expect(ports).toHaveLength(300);
  });

  it('leaves a full flow table as it is', async () => {
    const board = await boot(routerYaml(ALL), { vectorRows: 1 });
    const { kernel } = board.board;
    board.send(asks(2000), { at: 1 });
    board.send(deniedTexts(300));
    const table = new Uint8Array(kernel.memory.buffer, kernel.flowEntryAddress(0), 1024 * 32);
    const before = table.slice();
    board.send(deniedTexts(300));
    expect(table).toEqual(before);
    expect(new Uint8Array(kernel.memory.buffer, 0, 32)).toEqual(new Uint8Array(32));
  });
});
