import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadRouter, type Router } from '../../config/router.ts';
import type { KernelExports } from '../../firmware/board/kernel.ts';
import { findProjectRoot } from '../../scripts/toolchain/project-root.ts';
import { BoardUnderTest } from './board-under-test.ts';
import { BOARD, firmwareOf, routerOf } from './configuration.ts';
import { Random } from './random.ts';
import { randomFrame } from './random-frames.ts';
import { replay } from './replay.ts';
import {
  type CapturedFrame,
  capturedFrames,
  hasSharedCaptures,
  NO_SHARED_CAPTURES,
  sharedCaptureOf,
} from './shared-frames.ts';

const config = join(findProjectRoot(), 'config');

/** Everything is permitted between two halves of the address space. */
const HALVES = `
board: board.yaml
interfaces:
  low0: { port: eth0, zone: low, address: 10.255.0.1/24 }
  high0: { port: eth1, zone: high, address: 203.0.113.1/24 }
routes:
  - { to: 0.0.0.0/1, via: 10.255.0.2 }
  - { to: 128.0.0.0/1, via: 203.0.113.2 }
flows:
  - { name: up, from: low, to: high, match: ip }
  - { name: down, from: high, to: low, match: ip }
  - { name: pings, from: low, to: router, match: icmp }
options: { tcp-pickup: true }
`;

async function expectSameForAllSizes(router: Router, frames: CapturedFrame[]): Promise<number> {
  const firmware = await firmwareOf();
  const copies = () => frames.map((entry) => ({ ...entry, frame: entry.frame.slice() }));
  const whole = replay(firmware, router, copies(), { vectorRows: 256 });
  for (const vectorRows of [1, 7, 64]) {
    expect(replay(firmware, router, copies(), { vectorRows })).toEqual(whole);
  }
  // While somebody asks what becomes of each frame, all rows take the general way to the wire.
  expect(replay(firmware, router, copies(), { observe: traced })).toEqual(whole);
  return whole.counters.transmitted;
}

function traced(kernel: KernelExports): KernelExports {
  new DataView(kernel.memory.buffer, kernel.outcomesAddress()).setUint32(0, 1, true);
  return kernel;
}

describe('neither the size of the vector nor a trace changes frames, counters and audit', () => {
  it('for the example capture', async () => {
    const router = loadRouter(join(config, 'routers', 'plant.yaml'));
    const frames = [...capturedFrames(join(config, 'captures', 'plant.pcap'))];
    expect(await expectSameForAllSizes(router, frames)).toBeGreaterThan(100);
  });

  it('for frames of every kind, close together and far apart', async () => {
    const random = new Random(0x5eed0010);
    let time = 0;
    const frames = Array.from({ length: 3000 }, () => {
      time += random.pick([0, 0, 500, 1_000_000, 40_000_000, 900_000_000]);
      const frame = randomFrame(random);
      const at = { seconds: Math.floor(time / 1e9), nanoseconds: time % 1e9 };
      return { frame, wireLength: frame.length + (random.oneIn(50) ? 9 : 0), ...at };
    });
    await expectSameForAllSizes(routerOf(HALVES), frames);
  });

  // Close together, breaths end at first packets: judged by the flow table as the breath began.
  it.each([
    ['spread out', 20_000],
    ['in a burst', 1000],
  ])('for new connections %s, to hosts that answer and hosts that do not', async (_, apart) => {
    const random = new Random(0x5eed0011);
    const plant = loadRouter(join(config, 'routers', 'plant.yaml'));
    const board = new BoardUnderTest(await firmwareOf(), plant, {});
    const frames = Array.from({ length: 1500 }, (_, i) => {
      const [from, to] = [1 + random.below(254), 2 + random.below(253)];
      const texts = [
        `tcp 10.1.0.20:${4000 + random.below(99)} > 10.2.0.${to}:502`,
        `tcp 10.2.0.${to}:502 > 10.1.0.20:${4000 + random.below(99)} flags syn-ack`,
        `icmp 10.1.0.20 > 10.2.0.${to} ttl ${random.below(4)}`,
        `icmp 10.1.0.${from} > 10.1.0.1`,
        `udp 10.1.0.${from}:5353 > 198.51.100.53:53`,
      ];
      const { frame } = board.build(random.pick(texts));
      return { frame, wireLength: frame.length, seconds: 0, nanoseconds: i * apart };
    });
    expect(await expectSameForAllSizes(plant, frames)).toBeGreaterThan(100);
  });

  const captures = [
    'ics/iti_modbus_test_data_part1.pcap',
    'ics/iti_090813_diverse.pcap',
    'ip/pcappp_ip4_fragments.pcap',
    'ip/zeek_icmp-timeexceeded.pcap',
    'ip/tcpreplay_test.pcap',
    'malformed/ndpi_fuzz-2006-06-26-2594.pcap',
  ];
  describe.skipIf(!hasSharedCaptures)(`for shared captures (else: ${NO_SHARED_CAPTURES})`, () => {
    it.each(captures)('%s', async (path) => {
      const frames = [...capturedFrames(sharedCaptureOf(path))].slice(0, 3000);
      await expectSameForAllSizes(routerOf(HALVES, BOARD), frames);
    });
  });
});
