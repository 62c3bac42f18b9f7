/** Frames that modules make, to the byte: what leaves of them, and what is refused. */
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { writeU16, writeU48 } from '../../netstack/byte-order.ts';
import { dataAt, FRAMES, READS } from '../hostile/crime.ts';
import { writeHostileSystem } from '../hostile/hostile-system.ts';
import { type BoardUnderTest, boot, type Step } from './board-under-test.ts';
import { firmwareOf, OPEN, routerYaml } from './configuration.ts';
import { udpFrame } from './frames.ts';
import { frameEntry } from './puppet.ts';
import type { Links } from './router-system.ts';

const FROM = '10.1.0.20';
const OFFICE = 1;
const PER_SECOND = 100;
const KEYS = `accepts: ip or arp
reads: [l4.dport]
outputs: { out: ip or arp }
answers: ip or arp
originates: { match: ip or arp, ports: [eth1], per-second: ${PER_SECOND} }`;
/** What the module has in store, so many bytes each. */
const STORE_SIZE = 4096;
const COPY = `(memory.copy (i32.const ${FRAMES})
  (i32.mul (i32.load16_u (i32.const ${READS})) (i32.const ${STORE_SIZE}))
  (i32.const ${STORE_SIZE}))`;

interface MakerSetup {
  /** What the frames region says of its size, if not the truth. */
  readonly used?: number;
  readonly links?: Links;
  readonly vectorRows?: number;
  readonly frameSlots?: number;
  /** It makes them at its tick, and no other module is handed anything in between. */
  readonly isAtTick?: boolean;
}

const ALONE = 'modules: { liar: liar }\nlinks: { wire: { ip: liar }, liar.out: tx }\n';

/**
 * A board with a module that makes what its call's first packet asks for: its port is a number of
 * `stores`, 0 where it has no port. The packet goes no further, and nobody else answers.
 */
async function bootMaker(
  stores: readonly (readonly Uint8Array[])[],
  { used, links, isAtTick = false, ...setup }: MakerSetup = {},
): Promise<BoardUnderTest> {
  const data = stores.map((entries, i) => {
    const bytes = Buffer.concat([Buffer.alloc(8), ...entries]);
    bytes.writeUInt32LE(used ?? bytes.length - 8);
    return dataAt(i * STORE_SIZE, bytes);
  });
  const system = await writeHostileSystem({
    keys: KEYS,
    links: { wire: '{ ip: liar, arp: liar }', 'liar.out': 'tx', ...links },
    code: isAtTick
      ? { more: `(func (export "tick") ${COPY}) ${data.join('\n')}` }
      : { process: COPY, more: data.join('\n') },
  });
  if (isAtTick) writeFileSync(system, ALONE);
  const firmware = await firmwareOf(system);
  return boot(routerYaml(OPEN), { firmware, farSides: [], ...setup });
}

/** All that is told of what was made: violations with their values, drop reasons, frames. */
function told({ audit, delta, sent }: Step): string[] {
  const drops = Object.keys(delta).filter((path) => path.startsWith('drops.'));
  return [
    ...audit.map(({ violation, value, repeated }) => `${violation} ${value ?? `+${repeated}`}`),
    ...drops.filter((path) => path !== 'drops.by-module'),
    ...sent.map(({ port, frame }) => `${port} ${frame.length}`),
  ];
}

/** An IPv4 frame of the router's own with so many bytes in all. */
function ipv4Of(size: number, protocol = 17): Uint8Array {
  const frame = new Uint8Array(Math.max(34, size));
  frame.set(udpFrame(`udp 10.1.0.1:1000 > ${FROM}:9`, new Uint8Array(0)).subarray(0, 34));
  frame[14 + 9] = protocol;
  return frame.slice(0, size);
}

function withOptions(frame: Uint8Array): Uint8Array {
  frame[14] = 0x46;
  return frame;
}

/** An ARP reply of the router's own, to nobody, with so many bytes in all. */
function arpOf(size: number): Uint8Array {
  const frame = new Uint8Array(size);
  frame.set([0x02, 0, 0, 0, 0, 9, 0x02, 0, 0, 0, 0, 9, 8, 6, 0, 1, 8, 0, 6, 4, 0, 2]);
  frame.set([10, 1, 0, 1], 28);
  return frame;
}

function ofType(frame: Uint8Array, type: number): Uint8Array {
  writeU16(frame, 12, type);
  return frame;
}

const GROUP = 0x01005e000001;

function addressed(frame: Uint8Array, mac: number): Uint8Array {
  writeU48(frame, 0, mac);
  return frame;
}

const IPV4 = 0x0800;
const ARP = 0x0806;
const LLDP = 0x88cc;

const ORIGINATIONS: readonly (readonly [string, Uint8Array, string])[] = [
  ['13 bytes', new Uint8Array(13), 'frame 13'],
  [
    'a header of a type that no module may make',
    ofType(new Uint8Array(14), LLDP),
    `frame-class ${LLDP}`,
  ],
  ['an IPv4 header cut short', ipv4Of(33), `frame ${IPV4}`],
  ['an IPv4 header with options', withOptions(ipv4Of(48)), `frame ${IPV4}`],
  ['no more than an IPv4 header', ipv4Of(34, 47), 'eth1 34'],
  ['as many bytes as its entry', ipv4Of(48), 'eth1 48'],
  ['an ICMP header cut short', ipv4Of(41, 1), `frame ${IPV4}`],
  ['no more than an ICMP header', ipv4Of(42, 1), 'eth1 42'],
  ['an ARP packet cut short', arpOf(41), `frame-class ${ARP}`],
  ['no more than an ARP packet', arpOf(42), 'eth1 42'],
  ['as much as the port takes', ipv4Of(1514), 'eth1 1514'],
  ['more than the port takes', ipv4Of(1515), 'drops.too-big'],
  ['as much as a slot takes', ipv4Of(2048), 'drops.too-big'],
  ['more than a slot takes', ipv4Of(2049), 'frame 2049'],
];

const own = (frame: Uint8Array) => frameEntry(frame, { row: null, egress: OFFICE });
const answer = (frame: Uint8Array, row: number) => frameEntry(frame, { row });
const asks = (store: number) => `udp ${FROM}:4000 > 10.2.0.7:${store}`;
const QUESTION = `arp who-has 10.1.0.1 tell ${FROM}`;

describe('of frames that modules make', () => {
  it('those leave that have all of what they are', async () => {
    const board = await bootMaker([[], ...ORIGINATIONS.map(([, frame]) => [own(frame)])]);
    const found = ORIGINATIONS.map(([name], i) => [
      name,
      told(board.send(asks(i + 1), { at: i + 1 })),
    ]);
    expect(found).toEqual(ORIGINATIONS.map(([name, , result]) => [name, [result]]));
  });

  it('none answers what has no sender that it could go to', async () => {
    const board = await bootMaker([
      [answer(ipv4Of(42), 0), answer(arpOf(42), 1)],
      [answer(arpOf(42), 0)],
    ]);
    const question = board.build(QUESTION).frame;
    const ask = (...frames: Uint8Array[]) => told(board.sendFrames(frames, 'eth1'));
    expect(ask(question, question)).toEqual([`frame-class ${IPV4}`, 'eth1 42']);
    expect(ask(question, question.subarray(0, 41))).toEqual([
      `frame-class ${IPV4}`,
      'frame-class +1',
    ]);
    expect(told(board.send(asks(1)))).toEqual([`frame-class ${ARP}`]);
  });

  it.each([
    ['nobody', 0],
    ['the port that it leaves by', 0x02534c000002],
    ['a group of hosts', GROUP],
  ])('none goes to %s', async (_, mac) => {
    const board = await bootMaker([[answer(arpOf(42), 0)], [own(addressed(ipv4Of(48), mac))]]);
    const refused = [`range ${mac}`, 'drops.violation'];
    expect(told(board.send(asks(1)))).toEqual(refused);
    const question = board.build(QUESTION).frame;
    writeU48(question, 6, mac);
    expect(told(board.sendFrames([question], 'eth1'))).toEqual(refused);
  });

  it('ARP packets that nobody asked for go to a group of hosts', async () => {
    const board = await bootMaker([[], [own(addressed(arpOf(42), GROUP))]]);
    expect(told(board.send(asks(1)))).toEqual(['eth1 42']);
  });

  it('one answers a packet, and no other', async () => {
    const twice = [answer(ipv4Of(60), 0), answer(ipv4Of(60), 0)];
    const board = await bootMaker([[], twice]);
    expect(told(board.send(asks(1)))).toEqual(['frame-row 0', 'eth1 60']);
  });

  it.each([2, 3, 33, 255])('none leaves by port %d, which is not declared', async (egress) => {
    const board = await bootMaker([[], [frameEntry(ipv4Of(48), { row: null, egress })]]);
    expect(told(board.send(asks(1)))).toEqual([`frame-port ${egress}`]);
  });

  it('none answers what the router itself has made', async () => {
    const links = { wire: '{ arp: arp, ip: route }', 'icmp.errors.error': 'liar' };
    const board = await bootMaker([[answer(ipv4Of(60), 0)]], { links });
    expect(told(board.send(`udp ${FROM}:4000 > 192.0.2.7:502`))).toEqual([
      'frame-port 255',
      'drops.no-route',
    ]);
  });

  it('none answers what was handed over in another call', async () => {
    const board = await bootMaker([[], [answer(ipv4Of(60), 0)]], { isAtTick: true });
    board.send(asks(1));
    expect(told(board.advance(2))).toEqual(['frame-row 0']);
  });

  it('all are read in a region that is full to its last byte', async () => {
    const board = await bootMaker([[], [own(ipv4Of(48))]], { used: 65_528 });
    expect(told(board.send(asks(1)))).toEqual(['frame 0', 'eth1 48']);
  });

  it('so many leave in a second, and as many in the next', async () => {
    const board = await bootMaker([[], Array(PER_SECOND / 2).fill(own(ipv4Of(48)))]);
    const half = Array(PER_SECOND / 2).fill('eth1 48');
    for (const at of [1, 2]) {
      expect(told(board.send(asks(1), { at }))).toEqual(half);
      expect(told(board.send(asks(1)))).toEqual(half);
    }
    expect(told(board.send(asks(1)))).toContain(`frame-rate ${PER_SECOND}`);
  });

  it('none takes the last slots of the arena, which others need', async () => {
    const frames = Array(PER_SECOND / 2).fill(own(ipv4Of(48)));
    const board = await bootMaker([[], [...frames, answer(ipv4Of(60), 0)]], { frameSlots: 1040 });
    const spare = board.board.kernel.slotsFree() - 63;
    expect(spare).toBeGreaterThan(1);
    const made = Array(spare).fill('eth1 48');
    expect(told(board.send(asks(1)))).toEqual(['drops.arena-full', ...made]);
  });

  it('none that is dropped has an outcome where nobody asks', async () => {
    const frames = Array(PER_SECOND / 2).fill(own(ipv4Of(48)));
    const board = await bootMaker([[], [...frames, answer(ipv4Of(60), 0)]], { frameSlots: 1040 });
    const { delta, outcomes } = board.send(asks(1));
    expect(delta).toMatchObject({ 'drops.arena-full': expect.any(Number) });
    expect(outcomes).toEqual([]);
  });

  it('those come first whose cause did, whatever they are', async () => {
    const stores = [[], [answer(ipv4Of(60), 0)], [own(ipv4Of(48))]];
    const board = await bootMaker(stores, { vectorRows: 1 });
    board.send(asks(2)); // the first packet of all is number 0
    expect(told(board.send([asks(1), asks(2)]))).toEqual(['eth1 60', 'eth1 48']);
  });
});
