import { describe, expect, it } from 'vitest';
import { BootError } from '../../../firmware/boot/boot-error.ts';
import { loadModule } from '../../../firmware/boot/load-module.ts';
import { type BoardUnderTest, boot } from '../board-under-test.ts';
import { OPEN, routerYaml } from '../configuration.ts';
import { linesOf, udpFrame } from '../frames.ts';
import { manifestOf } from '../plain-manifest.ts';
import { puppetProgram, puppetSystem, scriptOf } from '../puppet.ts';
import { Random } from '../random.ts';
import { randomFrame } from '../random-frames.ts';

const PORTS = ['eth0', 'eth1', 'eth2'];
const TEXT = 'udp 10.1.0.20:4000 > 10.2.0.7:502';

/** Slots that are not free while nothing is under way: those posted on the rx rings. */
function slotsInUse(board: BoardUnderTest): number {
  const { kernel } = board.board;
  kernel.beginBreath(0n);
  kernel.endBreath();
  return kernel.slotsFree();
}

describe('invariant 7: no frame, configuration, image or message makes the kernel throw, hang or grow', () => {
  it('invariant 7: arbitrary bytes, any length, any port, any time', async () => {
    const board = await boot(routerYaml(OPEN));
    const free = slotsInUse(board);
    const random = new Random(0x5eed0007);
    for (let batch = 0; batch < 150; batch++) {
      board.time += random.pick([0, 1000, 2_000_000, 5_000_000_000]);
      for (let i = 0; i < 60; i++) {
        const size = random.oneIn(20) ? random.below(9000) : random.below(120);
        const frame = random.oneIn(2) ? randomFrame(random) : random.bytes(size);
        board.put(random.oneIn(3) ? frame : board.addressed(frame, 'eth0'), random.pick(PORTS));
      }
      board.run();
    }
    board.finish();
    // No slot was lost and none was freed twice.
    expect(slotsInUse(board)).toBe(free);
  });

  it('invariant 7: times that go back, stand still, and jump by years', async () => {
    const board = await boot(routerYaml(OPEN));
    for (const at of [1, 0, 5, 5, 86_400 * 365 * 20, 3, 4_294_967_295, 0]) {
      const step = board.send(TEXT, { at });
      expect(step.delta.received).toBe(1);
      board.finish();
    }
    expect(board.counters.transmitted).toBeGreaterThan(0);
  });

  it('invariant 7: a flood of new flows to a host that is not there', async () => {
    const board = await boot(routerYaml(OPEN), { farSides: ['eth1'] });
    const free = slotsInUse(board);
    for (let second = 1; second <= 4; second++) {
      const texts = Array.from(
        { length: 1500 },
        (_, i) => `udp 10.1.0.${1 + (i % 250)}:${second * 4000 + i} > 10.2.0.${2 + (i % 200)}:53`,
      ).filter((text) => !text.includes('10.1.0.1:'));
      const step = board.send(texts, { at: second * 10 });
      expect(step.delta['drops.hold-full']).toBeGreaterThan(1000);
    }
    board.finish();
    expect(board.counters.held).toBe(0);
    expect(slotsInUse(board)).toBe(free);
  });

  it('invariant 7: rings wrap, and full ones refuse at the NIC', async () => {
    const board = await boot(routerYaml(OPEN));
    board.send([TEXT, 'udp 10.2.0.7:1 > 10.1.0.20:1']);
    const { frame } = board.build(TEXT);
    let carried = 0;
    for (let round = 0; round < 12; round++) {
      while (board.put(frame, 'eth1'));
      const step = board.run();
      carried += step.delta['flows.office to plant.packets'] ?? 0;
      slotsInUse(board);
    }
    expect(carried).toBeGreaterThan(2048);
    expect(board.board.nics[1].counters.rxNoBuffer).toBe(12);
  });

  it('invariant 7: frames that nobody drains are dropped as tx-ring-full', async () => {
    const board = await boot(routerYaml(OPEN));
    board.send([TEXT, 'udp 10.2.0.7:1 > 10.1.0.20:1']);
    const free = slotsInUse(board);
    const { onBreath } = board.board;
    board.board.onBreath = () => {};
    const texts = Array.from({ length: 1500 }, () => TEXT);
    const step = board.send(texts);
    expect(step.delta['drops.tx-ring-full']).toBe(1500 - 1024);
    board.board.onBreath = onBreath;
    board.send(TEXT);
    expect(slotsInUse(board)).toBe(free);
  });

  it('invariant 7: a module that traps is restarted, and takes no bystanders', async () => {
    const { firmware } = await puppetSystem(
      'accepts: ip\nreads: ["payload[128]"]\noutputs: { out: ip }',
    );
    const board = await boot(routerYaml(OPEN), { firmware });
    board.send(TEXT);
    const good = board.build(TEXT).frame;
    const bad = udpFrame(TEXT, scriptOf({ traps: true }));
    const step = board.sendFrames([good, bad, good, bad, good], 'eth1');
    expect(linesOf(step)).toHaveLength(3);
    expect(step.delta).toMatchObject({ received: 5, dropped: 2, 'drops.fault': 2 });
    // Once for all rows, then once for each of the two alone.
    expect(step.delta['modules.puppet.faults']).toBe(3);
    expect(step.audit).toMatchObject([
      { event: 'fault', module: 'puppet', call: 'process', fault: 'trap', remedy: 'restart' },
      { event: 'fault', module: 'puppet', repeated: 2 },
    ]);
    expect(linesOf(board.send(TEXT))).toHaveLength(1);
  });

  it.each([
    ['a type that is not declared', [9, 0, 1, 0, 0, 0, 0, 0], undefined],
    ['records that run past it', [0, 0, 255, 255, 0, 0, 0, 0], undefined],
    ['a header cut short', [0, 0, 1, 0], undefined],
    ['more bytes than there are', [0, 0, 1, 0, 0, 0, 0, 0], 65_537],
    ['a size of 2^32 - 1', [0, 0, 1, 0, 0, 0, 0, 0], 0xffff_ffff],
  ])('invariant 7: an outbox with %s is a violation and no more', async (_, bytes, outboxUsed) => {
    const keys = `accepts: ip
reads: ["payload[128]"]
outputs: { out: ip }
messages: { sends: { hello: [word: u32] } }`;
    const { firmware } = await puppetSystem(keys);
    const board = await boot(routerYaml(OPEN), { firmware });
    board.send(TEXT);
    const outbox = Uint8Array.from(bytes);
    const script = scriptOf({ verdict: 1, outbox, ...(outboxUsed ? { outboxUsed } : {}) });
    const step = board.sendFrames([udpFrame(TEXT, script)], 'eth1');
    expect(step.audit).toMatchObject([{ event: 'violation', by: 'puppet', violation: 'message' }]);
    expect(step.delta['modules.puppet.violations']).toBe(1);
    expect(linesOf(step)).toHaveLength(1);
  });

  it('invariant 7: arbitrary scripts: any verdict, write, message and frame', async () => {
    const keys = `accepts: ip
reads: ["payload[128]"]
writes:
  { ipv4.dst: any, ipv4.src: any, l4.dport: any, vlan.id: any, eth.dst: any, ipv4.ttl: any,
    meta.egress: any, meta.nexthop: any }
outputs: { out: ip, other: ip }
holds: true
consumes: true
drops: [one, two]
messages: { sends: { hello: [word: u32] } }`;
    for (const links of [
      {},
      {
        wire: '{ arp: arp, ip and to-router: local, ip: route }',
        'policy.permitted': 'puppet',
        'puppet.out': 'neighbor',
        'puppet.other': 'tx',
      },
    ]) {
      const { firmware } = await puppetSystem(keys, links);
      const board = await boot(routerYaml(OPEN), { firmware });
      const random = new Random(0x5eed0017);
      const free = slotsInUse(board);
      for (let batch = 0; batch < 60; batch++) {
        board.time += random.pick([0, 1000, 4_000_000_000]);
        const frames = Array.from({ length: 30 }, () => {
          const payload = scriptOf({
            verdict: random.pick([0, 1, 1, 1, 2, 64, 65, 254, 255, random.below(256)]),
            changed: random.oneIn(2) ? random.below(256) : 1 << random.below(8),
            pokes: Array.from({ length: random.below(6) }, () => [
              512 + random.below(9000),
              random.pick([1, 2, 4, 8]),
              random.u32(),
            ]),
            traps: random.oneIn(60),
            outbox: random.bytes(random.below(4) * 4),
            frames: random.bytes(random.below(3) * 8),
          });
          return udpFrame(
            `udp 10.1.0.20:${random.below(9)} > 10.2.0.${2 + random.below(9)}:5`,
            payload,
          );
        });
        board.sendFrames(frames, 'eth1');
      }
      board.finish();
      expect(slotsInUse(board)).toBe(free);
    }
  });

  it('invariant 7: a damaged module binary is refused by name, or loads', async () => {
    const wasm = await puppetProgram();
    const manifest = manifestOf('accepts: ip\nreads: ["payload[128]"]\noutputs: { out: ip }');
    const random = new Random(0x5eed0027);
    const outcomes = { loaded: 0, refused: 0 };
    for (let i = 0; i < 3000; i++) {
      const damaged = random.oneIn(3) ? wasm.slice(0, random.below(wasm.length)) : wasm.slice();
      for (let n = random.below(4); n > 0 && damaged.length > 0; n--) {
        damaged[random.below(damaged.length)] = random.below(256);
      }
      try {
        loadModule('damaged', manifest, damaged);
        outcomes.loaded++;
      } catch (error) {
        if (!(error instanceof BootError)) throw error;
        expect(error.code).toMatch(/^MODULE_/);
        outcomes.refused++;
      }
    }
    expect(outcomes.refused).toBeGreaterThan(1000);
    expect(outcomes.loaded).toBeGreaterThan(100);
  });
});
