/** What the board takes in at once: how a breath is cut, and that no packet suffers from it. */
import { beforeEach, describe, expect, it } from 'vitest';
import { FRAME_UNCOUNTED } from '../../drivers/nic-ring.ts';
import { BREATH_NS, HELD_PER_MODULE_MAX } from '../../firmware/boot/table-layout.ts';
import { ARP_REPLY, buildArp } from '../../netstack/arp.ts';
import { writeU48 } from '../../netstack/byte-order.ts';
import { buildEthernet } from '../../netstack/ethernet.ts';
import { defaultSystemPath } from '../../scripts/toolchain/load-firmware.ts';
import { type BoardUnderTest, boot } from './board-under-test.ts';
import { OPEN, routerYaml } from './configuration.ts';
import { icmpFrame, quoteOf, udpFrame } from './frames.ts';
import { type KernelUnderTest, startKernelUnderTest } from './kernel-under-test.ts';

const SECOND = 1_000_000_000;
const NOTHING = new Uint8Array(0);

describe('a breath', () => {
  let target: KernelUnderTest;
  let sent = 0;
  beforeEach(async () => {
    target = await startKernelUnderTest(routerYaml(OPEN), defaultSystemPath());
    take(0); // posts slots
  });

  /** A packet of a flow of its own arrives at a time. */
  function arrive(ns: number, flags = 0): void {
    const nic = target.nics[1];
    const frame = udpFrame(`udp 10.1.0.20:${4000 + sent++} > 10.2.0.7:502`, NOTHING);
    writeU48(frame, 0, nic.mac);
    const { length } = frame;
    nic.receive(frame, 0, length, length, flags, Math.floor(ns / SECOND), ns % SECOND);
  }

  /** How many rows the next breath takes in, if it takes in nothing later than `limit`. */
  function take(limit = 1e15): number {
    const { kernel } = target;
    kernel.beginBreath(BigInt(limit));
    const rows = kernel.receive(256);
    target.dropAll();
    kernel.endBreath();
    return rows;
  }

  it('ends a millisecond after its first frame', () => {
    for (const after of [0, Number(BREATH_NS), Number(BREATH_NS) + 1]) arrive(SECOND + after);
    expect([take(), take(), take()]).toEqual([2, 1, 0]);
  });

  it('takes in what arrives at its limit, and nothing later', () => {
    arrive(SECOND);
    arrive(SECOND + 1);
    expect(take(SECOND - 1)).toBe(0);
    expect(target.kernel.now()).toBe(0n);
    expect(take(SECOND)).toBe(1);
    expect(target.kernel.now()).toBe(BigInt(SECOND));
  });

  it('is known ahead: when the next frame arrives, if one does', () => {
    expect(target.kernel.nextArrival()).toBe(-1n);
    arrive(SECOND);
    expect(target.kernel.nextArrival()).toBe(BigInt(SECOND));
    take();
    expect(target.kernel.nextArrival()).toBe(-1n);
  });

  it('takes in no more first packets than a module may hold', () => {
    for (let i = 0; i < HELD_PER_MODULE_MAX + 6; i++) arrive(SECOND);
    expect([take(), take()]).toEqual([HELD_PER_MODULE_MAX, 6]);
  });

  it("takes in the emulation's own frames first, and nothing beside them", () => {
    arrive(SECOND);
    arrive(SECOND, FRAME_UNCOUNTED);
    arrive(SECOND, FRAME_UNCOUNTED);
    expect([take(), take()]).toEqual([2, 1]);
  });
});

const ASK = 'udp 10.1.0.20:4000 > 10.2.0.7:53';
/** After these, each host is known as a neighbour. */
const MEETING = ['icmp 10.1.0.20 > 10.2.0.7', 'udp 10.2.0.7:1 > 10.1.0.20:53'];

describe('a breath of the board', () => {
  const FLOWS = `flows:
  - { name: ask, from: office, to: plant, match: udp dst port 53 or icmp }
  - { name: tell, from: plant, to: office, match: udp dst port 53 }
`;

  /** What each breath takes in from here on; another packet arrives at the end of the first. */
  function breathsOf(board: BoardUnderTest, run: () => void): number[] {
    const { kernel, onBreath } = board.board;
    const sizes: number[] = [];
    board.board.onBreath = () => {
      onBreath();
      if (sizes.length === 0) board.put(board.build(ASK).frame, 'eth1');
      if (kernel.breathTook() > 0) sizes.push(kernel.breathTook());
    };
    run();
    return sizes;
  }

  it('takes in what modules have made, and nothing beside it', async () => {
    const board = await boot(routerYaml(FLOWS));
    board.send(MEETING);
    const sizes = breathsOf(board, () => board.send(`${ASK} ttl 1`));
    expect(sizes).toEqual([1, 1, 1]);
  });

  it('takes in what comes back from the hold, and nothing beside it', async () => {
    const board = await boot(routerYaml(FLOWS), { farSides: ['eth1'] });
    board.send(ASK);
    const payload = buildArp({
      ...{ operation: ARP_REPLY, senderMac: 0x02000000000a, senderAddress: 0x0a020007 },
      ...{ targetMac: 0, targetAddress: 0x0a020001 },
    });
    const reply = { destination: 0, source: 0x02000000000a, tags: [], type: 0x0806, payload };
    const sizes = breathsOf(board, () => board.sendFrames([buildEthernet(reply)], 'eth0'));
    expect(sizes).toEqual([1, 1, 1]);
  });

  it('takes in any number of packets of flows that carry traffic', async () => {
    const board = await boot(routerYaml(FLOWS));
    board.send('icmp 10.1.0.20 > 10.2.0.7');
    const echoes = Array.from(
      { length: HELD_PER_MODULE_MAX + 6 },
      () => 'icmp 10.1.0.20 > 10.2.0.7',
    );
    expect(breathsOf(board, () => board.send(echoes))).toEqual([echoes.length, 1]);
  });

  it.each([
    ['10.1.0.20:4000 > 10.2.0.7:53', '10.2.0.7:53 > 10.1.0.20:4000'],
    ['10.2.0.7:4000 > 10.1.0.20:53', '10.1.0.20:53 > 10.2.0.7:4000'],
  ])('does not take in a question, %s, and its answer', async (ask, answer) => {
    const board = await boot(routerYaml(FLOWS));
    board.send(MEETING);
    const step = board.send([`udp ${ask}`, `udp ${answer}`]);
    expect(step.delta).toMatchObject({ received: 2, transmitted: 2 });
  });

  it('does not take in a packet and the ICMP error about it', async () => {
    const board = await boot(routerYaml(FLOWS));
    board.send(MEETING);
    const { frame } = board.build(ASK);
    const error = icmpFrame('10.2.0.7', '10.1.0.20', { type: 3, code: 3, payload: quoteOf(frame) });
    board.put(frame, 'eth1');
    board.put(board.addressed(error, 'eth0'), 'eth0');
    expect(board.run().delta).toMatchObject({ received: 2, transmitted: 2 });
  });
});
