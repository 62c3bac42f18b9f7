/** A module that always has something on its way: time must pass all the same, and a run end. */
import { beforeEach, expect, it } from 'vitest';
import { GENERATION_MAX, HOLD_NS } from '../../firmware/boot/table-layout.ts';
import { type BoardUnderTest, boot } from '../firmware/board-under-test.ts';
import { OPEN, routerYaml } from '../firmware/configuration.ts';
import { icmpFrame } from '../firmware/frames.ts';
import { frameEntry } from '../firmware/puppet.ts';
import { eachRow, FRAMES, fill, verdict } from './crime.ts';
import { hostileFirmware } from './hostile-system.ts';

const VICTIM = 'udp 10.1.0.20:4000 > 10.2.0.7:502';
const ping = icmpFrame('10.1.0.1', '10.1.0.20', { type: 8 });
const own = fill(FRAMES, frameEntry(ping, { row: null, egress: 1 }));

let board: BoardUnderTest;
beforeEach(async () => {
  const firmware = await hostileFirmware({
    keys: `places:
  hold: { accepts: ip, outputs: { out: ip }, holds: true }
  make:
    accepts: udp
    outputs: { out: icmp }
    originates: { match: icmp, ports: any, per-second: 10 }`,
    links: {
      wire: '{ arp: arp, ip and to-router: local, udp: liar.hold, ip: route }',
      'liar.out': '',
      'liar.hold.out': 'route',
      'liar.make.out': 'liar.hold',
    },
    code: {
      process: eachRow(verdict(255)),
      more: `(func (export "tick") ${own.process}) ${own.more}`,
    },
  });
  board = await boot(routerYaml(OPEN), { firmware });
});

it('a run ends, though a module makes at every tick what it then holds', () => {
  const SENT_NS = 1_000_000_000n;
  board.send(VICTIM, { at: 1 });
  const { delta } = board.finish();
  expect(delta).toMatchObject({ 'drops.violation': expect.any(Number) });
  expect(board.counters.held).toBeGreaterThan(0);
  // All that can follow from what has arrived is over long before.
  expect(board.board.kernel.now()).toBe(SENT_NS + BigInt((GENERATION_MAX + 1) * HOLD_NS));
});

it('time jumps, though a module makes at every tick what it then holds', () => {
  board.send(VICTIM);
  const YEAR = 31_536_000;
  const before = board.counters.originated;
  board.advance(YEAR);
  expect(board.counters.originated - before).toBeLessThan(1000);
  board.send(VICTIM, { at: 2 * YEAR });
  board.send(VICTIM, { at: 3 * YEAR });
  expect(board.counters.originated - before).toBeLessThan(2000);
});
