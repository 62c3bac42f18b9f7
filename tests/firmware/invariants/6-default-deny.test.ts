import { describe, expect, it } from 'vitest';
import { dropReasonNames } from '../../../config/drop-reasons.ts';
import type { Counters } from '../../../firmware/report/counters.ts';
import type { CaptureFacts } from '../../drivers/shared-captures.ts';
import { boot } from '../board-under-test.ts';
import { firmwareOf, routerOf, routerYaml } from '../configuration.ts';
import { linesOf } from '../frames.ts';
import { Random } from '../random.ts';
import { randomFrame } from '../random-frames.ts';
import { replay } from '../replay.ts';
import {
  capturedFrames,
  hasSharedCaptures,
  NO_SHARED_CAPTURES,
  sharedCaptures,
} from '../shared-frames.ts';

const total = (values: Iterable<number>): number =>
  [...values].reduce((sum, value) => sum + value, 0);

describe('invariant 6: default deny; every drop has a reason; the counters add up', () => {
  it.each([
    'tcp 10.1.0.20:4000 > 10.2.0.7:502',
    'udp 10.2.0.7:53 > 198.51.100.53:53',
    'icmp 10.1.0.20 > 10.2.0.7',
    'icmp 10.1.0.20 > 10.1.0.1',
    'ip proto 47 10.1.0.20 > 10.2.0.7',
  ])('invariant 6: without flows nothing passes: %s', async (text) => {
    const board = await boot(routerYaml('flows: []'));
    const step = board.send(text);
    expect(linesOf(step)).toEqual([]);
    expect(step.delta).toMatchObject({ received: 1, dropped: 1, 'drops.denied': 1, denied: 1 });
    expect(step.audit).toMatchObject([{ event: 'denied', reason: 'denied' }]);
  });

  it('invariant 6: a denial is audited once a tuple, and counted each time', async () => {
    const board = await boot(routerYaml('flows: []'));
    const texts = Array.from({ length: 5 }, () => 'tcp 10.1.0.20:4000 > 10.2.0.7:502');
    const step = board.send([
      ...texts,
      'tcp 10.1.0.20:4001 > 10.2.0.7:502',
      'tcp 10.1.0.20:4001 > 10.2.0.7:80',
    ]);
    expect(step.audit.map(({ event }) => event)).toEqual(['denied', 'denied']);
    expect(board.counters.denied.map(({ packets, port }) => [port, packets])).toEqual([
      [502, 6],
      [80, 1],
    ]);
  });

  it('invariant 6: every received frame has exactly one outcome, with a reason that has a name', async () => {
    const board = await boot(
      routerYaml('flows: [{ name: all, from: office, to: plant, match: ip }]'),
      { isTraced: true },
    );
    const random = new Random(0x5eed0006);
    const known = new Set([...dropReasonNames, ...board.board.tables.namedDrops]);
    let arrivals = 0;
    for (let batch = 0; batch < 40; batch++) {
      const frames = Array.from({ length: 100 }, () => randomFrame(random));
      board.time += 5_000_000_000;
      const step = board.sendFrames(frames, random.pick(['eth0', 'eth1', 'eth2']));
      const late = board.finish();
      const outcomes = [...step.outcomes, ...late.outcomes].filter(
        ({ arrival }) => arrival !== null,
      );
      const order = outcomes.map(({ arrival }) => arrival as number).sort((a, b) => a - b);
      expect(order).toEqual(frames.map((_, i) => arrivals + i));
      for (const { kind, reason } of outcomes) {
        if (kind === 'dropped') expect(known.has(reason ?? '')).toBe(true);
      }
      arrivals += frames.length;
    }
  });

  describe.skipIf(!hasSharedCaptures)(`shared captures (else: ${NO_SHARED_CAPTURES})`, () => {
    const TOPOLOGY = `
board: board.yaml
interfaces:
  low0: { port: eth0, zone: low, address: 10.255.0.1/24 }
  high0: { port: eth1, zone: high, address: 203.0.113.1/24 }
routes:
  - { to: 0.0.0.0/1, via: 10.255.0.2 }
  - { to: 128.0.0.0/1, via: 203.0.113.2 }
`;
    const FLOWS = `
flows:
  - { name: up, from: low, to: high, match: ip }
  - { name: down, from: high, to: low, match: ip }
options: { tcp-pickup: true }
`;

    const captures = sharedCaptures().map((facts) => [facts.path, facts] as const);

    async function account(facts: CaptureFacts, flows: string): Promise<Counters> {
      const frames = [...capturedFrames(facts)];
      const { counters } = replay(await firmwareOf(), routerOf(TOPOLOGY + flows), frames);
      expect(counters).toMatchObject({ received: frames.length, held: 0, eventsLost: 0 });
      const nameless = Object.keys(counters.drops).filter((name) => name.startsWith('reason-'));
      expect(nameless).toEqual([]);
      const violations = Object.values(counters.modules).map((module) => module.violations);
      expect(total(violations)).toBe(0);
      return counters;
    }

    it.each(captures)(
      'invariant 6: %s is received whole, and each frame accounted for',
      async (_, facts) => {
        await account(facts, FLOWS);
      },
    );

    it.each(captures.filter((_, i) => i % 8 === 0))(
      'invariant 6: nothing of %s passes without flows',
      async (_, facts) => {
        const { flows, transmitted, originated } = await account(facts, 'flows: []');
        expect(flows).toEqual({});
        expect(transmitted).toBeLessThanOrEqual(originated);
      },
    );
  });
});
