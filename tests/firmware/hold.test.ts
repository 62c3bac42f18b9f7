/** What modules hold: how much, how long, and what comes of it. */
import { describe, expect, it } from 'vitest';
import { HELD_PER_MODULE_MAX } from '../../firmware/boot/table-layout.ts';
import { eachRow, FRAMES, fill, type HostileSystem, READS, verdict } from '../hostile/crime.ts';
import { AFTER_POLICY, hostileFirmware } from '../hostile/hostile-system.ts';
import { type BoardSetup, type BoardUnderTest, boot } from './board-under-test.ts';
import { BOARD, OPEN, routerYaml } from './configuration.ts';
import { icmpFrame, linesOf } from './frames.ts';
import { frameEntry } from './puppet.ts';

const PACKET = 'udp 10.1.0.20:4000 > 10.2.0.7:502';
const HELD = `(i32.load8_u offset=${READS} (local.get $row))`;
/** Holds what is new, and what a message has released; gives up what is timed out. */
const HOLDER: HostileSystem = {
  keys: 'accepts: udp\nreads: [meta.held]\noutputs: { out: udp }\nholds: true',
  code: {
    process: eachRow(`(if (i32.lt_u ${HELD} (i32.const 2)) (then ${verdict(255)}))`),
  },
};

/** A board with that module, the first of the system, otherwise than told. */
async function bootHolder({
  frameSlots = 4096,
  board = BOARD,
  isTraced = false,
  ...system
}: Partial<HostileSystem> & Omit<BoardSetup, 'firmware'> = {}): Promise<BoardUnderTest> {
  const firmware = await hostileFirmware({ ...HOLDER, ...system });
  return boot(routerYaml(OPEN), { firmware, frameSlots, board, isTraced });
}

/** As if a message had reached the holder. */
function release(board: BoardUnderTest, generation = 0) {
  board.board.kernel.release(0, generation);
  return board.run();
}

describe('a held packet', () => {
  it('times out three seconds after it was first held, however often it is held again', async () => {
    const board = await bootHolder();
    board.send(PACKET, { at: 1 });
    board.advance(3);
    expect(release(board).delta).toEqual({ 'modules.liar.packets': 1 });
    expect(board.advance(3.9).delta).toEqual({});
    expect(board.advance(4).delta).toMatchObject({ held: -1, 'drops.by-module': 1 });
  });

  it('has its own three seconds, whatever was held in its row before it', async () => {
    const board = await bootHolder();
    for (const at of [1, 2, 3]) board.send(PACKET, { at });
    const gone = [4, 5, 6].map((second) => board.advance(second).delta['drops.by-module']);
    expect(gone).toEqual([1, 1, 1]);
  });

  it('counts only if it counted as it came', async () => {
    // What a far side answers is the emulation's own.
    const code = { process: eachRow(verdict(255)) };
    const keys = 'accepts: arp\noutputs: { out: arp }\nholds: true';
    const board = await bootHolder({
      ...{ keys, code },
      links: { wire: '{ arp: liar, ip: route }', 'liar.out': 'arp' },
    });
    expect(board.send(PACKET).delta).toMatchObject({ received: 1, held: 1 });
    const { delta } = board.finish();
    expect(delta).toMatchObject({ held: -1, 'drops.host-unreachable': 2 });
  });

  it('has no flow to lose where the policy has not seen it', async () => {
    const process = eachRow(`(if ${HELD} (then ${verdict(1)}) (else ${verdict(255)}))`);
    const board = await bootHolder({
      code: { process },
      board: BOARD.replace('eth2: {}', 'eth2: {}, eth3: {}'),
    });
    board.send(PACKET);
    // Meanwhile others come and go by all ports.
    board.send('tcp 10.1.0.30:4000 > 198.51.100.9:80');
    board.send('tcp 10.1.0.30:4000 > 10.2.0.9:80', { in: 'eth3' });
    expect(linesOf(release(board))).toEqual([expect.stringContaining(PACKET)]);
  });

  it('goes no further once its flow has had to make room for others', async () => {
    const board = await bootHolder({ links: AFTER_POLICY, isTraced: true });
    board.send(PACKET);
    const others = (_: unknown, i: number) => `udp 10.1.0.20:${5000 + i} > 10.2.0.7:502`;
    board.send(Array.from({ length: 3000 }, others));
    const first = { arrival: 0, reason: 'flow-table-full', by: 'liar' };
    expect(release(board).outcomes).toContainEqual(expect.objectContaining(first));
  });

  it('that a late message has released leaves nothing of that to the next', async () => {
    const ping = icmpFrame('10.1.0.1', '10.1.0.20', { type: 8 });
    const own = fill(FRAMES, frameEntry(ping, { row: null, egress: 1 }));
    const board = await bootHolder({
      keys: `accepts: udp\nreads: [meta.held]\noutputs: { out: icmp }\nholds: true
originates: { match: icmp, ports: any, per-second: 100 }`,
      links: { 'liar.out': 'tx' },
      code: {
        process: `(if (i32.load8_u (i32.const ${READS})) (then ${own.process})
          (else ${eachRow(verdict(255))}))`,
        more: own.more ?? '',
      },
    });
    board.send(PACKET);
    expect(release(board, 4).delta).toMatchObject({ 'drops.loop': 1 });
    board.send(PACKET);
    expect(linesOf(release(board, 3))).toEqual([expect.stringContaining('icmp')]);
  });
});

it('a module holds so many packets, and all of them no more than a quarter of the arena', async () => {
  const board = await bootHolder({
    accomplice: HOLDER,
    links: {
      wire: '{ arp: arp, udp and src net 10.2.0.0/24: accomplice, udp: liar, ip: route }',
      'accomplice.out': 'route',
    },
    frameSlots: 500,
  });
  const others = Array(64).fill('udp 10.2.0.7:4000 > 198.51.100.9:502');
  const mine = board.send(Array(HELD_PER_MODULE_MAX + 2).fill(PACKET));
  expect(mine.delta).toMatchObject({ held: HELD_PER_MODULE_MAX, 'drops.hold-full': 2 });
  expect(board.send(others).delta).toMatchObject({ held: 125 - 64, 'drops.hold-full': 3 });
});
