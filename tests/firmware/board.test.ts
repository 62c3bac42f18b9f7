/** How time passes on a board: with its frames, from tick to tick, and not of itself. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FRAME_UNCOUNTED } from '../../drivers/nic-ring.ts';
import { HOLD_NS } from '../../firmware/boot/table-layout.ts';
import { type BoardUnderTest, boot } from './board-under-test.ts';
import { OPEN, routerYaml } from './configuration.ts';
import { linesOf, udpFrame } from './frames.ts';
import { puppetSystem, scriptOf } from './puppet.ts';
import { watModule } from './wat.ts';

const SECOND = 1_000_000_000n;
const TEXT = 'udp 10.1.0.20:4000 > 10.2.0.7:502';
const KEYS = 'accepts: ip\nreads: ["payload[128]"]\noutputs: { out: ip }';

it('its NICs have the MTU of their interfaces', async () => {
  const narrow = routerYaml(OPEN).replace('port: eth1,', 'port: eth1, mtu: 1400,');
  const { board } = await boot(narrow);
  expect(board.nics.map(({ mtu }) => mtu).slice(0, 3)).toEqual([1500, 1400, 1500]);
});

describe('time', () => {
  let board: BoardUnderTest;
  const now = () => board.board.kernel.now();
  beforeEach(async () => {
    board = await boot(routerYaml(OPEN));
  });

  it('is that of the last arrival, whatever came of it', () => {
    board.send(TEXT, { at: 1.05 });
    expect(now()).toBe(1_050_000_000n);
    // More than a breath takes in, and all of them at once.
    board.send(Array<string>(300).fill(TEXT), { at: 2.05 });
    expect(now()).toBe(2_050_000_000n);
  });

  it('passes from each of the frames that are there to the next', () => {
    for (const at of [1, 2.5, 4]) {
      board.setTime(at);
      board.put(board.build(TEXT).frame, 'eth1');
    }
    expect(linesOf(board.run())).toHaveLength(3);
    expect(now()).toBe(4n * SECOND);
  });

  it("passes to the emulation's own frames too", () => {
    board.setTime(7.05);
    const { frame, port } = board.build('arp who-has 10.2.0.1 tell 10.2.0.7', { in: 'eth0' });
    board.put(frame, port, FRAME_UNCOUNTED);
    board.run();
    expect(now()).toBe(7_050_000_000n);
  });

  it('does not pass at the end if nothing is held', () => {
    board.send(TEXT, { at: 1.05 });
    board.finish();
    expect(now()).toBe(1_050_000_000n);
  });
});

it('modules are told the time at each tenth of a second, or once after a leap', async () => {
  const ticking = await watModule({ more: '(func (export "tick"))' });
  const { firmware } = await puppetSystem(KEYS, {}, ticking);
  const board = await boot(routerYaml(OPEN), { firmware });
  const slot = board.board.slots.find(({ loaded }) => loaded.name === 'puppet')!;
  const call = vi.spyOn(slot, 'call');
  const ticks = [0.05, 0.1, 0.15, 0.2, 5.25, 5.29, 5.3].filter((at) => {
    call.mockClear();
    board.advance(at);
    return call.mock.calls.length > 0;
  });
  expect(ticks).toEqual([0.1, 0.2, 5.25, 5.3]);
});

it.each([1, 1000])('what arrives after %i s is held for as long', async (at) => {
  const { firmware } = await puppetSystem(`${KEYS}\nholds: true`);
  const board = await boot(routerYaml(OPEN), { firmware });
  board.sendFrames([udpFrame(TEXT, scriptOf({ verdict: 255 }))], 'eth1', { at });
  expect(board.counters.held).toBe(1);
  board.finish();
  expect(board.board.kernel.now()).toBe(BigInt(at) * SECOND + BigInt(HOLD_NS));
  expect(board.counters.held).toBe(0);
});
