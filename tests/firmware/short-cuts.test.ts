/** The kernel's short cuts show nowhere: not in frames, nor in counters, nor in the audit. */
import { isDeepStrictEqual } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Router } from '../../config/router.ts';
import type { Firmware } from '../../firmware/boot/assemble.ts';
import type { Rewrite } from '../../scripts/bench/tax/variant-kernel.ts';
import { tellModules } from '../../scripts/boot/live/machine-messages.ts';
import { isLong } from '../project/is-long.ts';
import { BoardUnderTest } from './board-under-test.ts';
import { routerOf } from './configuration.ts';
import { CROWDED_BOARD, CROWDED_INTERFACES, CrowdedTraffic, UPLINK } from './crowded-traffic.ts';
import { SHORT_CUTS, withKernel } from './general-kernel.ts';
import { type PuppetSystem, puppetSystem } from './puppet.ts';
import { Random } from './random.ts';

const SEEDS = Array.from({ length: isLong ? 40 : 2 }, (_, index) => index + 1);
const BURSTS = 60;
const KEYS = `accepts: ip
reads: ["payload[128]"]
writes: { ipv4.src: any, ipv4.dst: any, l4.sport: any, l4.dport: any }
outputs: { out: ip }
consumes: true`;
const FLOWS = `flows:
  - { name: up, from: office, to: plant, match: udp dst port 53 }
  - { name: tcp, from: office, to: plant, match: tcp dst port 502 }
  - { name: down, from: plant, to: office, match: udp dst port 54 }
  - { name: ping, from: office, to: plant, match: icmp }
  - { name: tagged, from: office, to: plant, match: vlan and udp dst port 54 }
  - { name: out, from: office, to: internet, match: icmp or dst port 54 or src port 502 }
  - { name: me, from: office, to: router, match: icmp or udp dst port 53 }
`;
/** Mistakes that short cuts could make. */
const MISTAKES: readonly (Rewrite & { readonly name: string })[] = [
  {
    name: 'a flow that has begun in the same breath is not seen',
    path: 'firmware/kernel/flow-table.ts',
    from: 'return load<u8>(begunOf(hash)) != breath;',
    to: 'return true;',
  },
  {
    name: 'an address stands for all others',
    path: 'firmware/kernel/tables.ts',
    from: 'if (load<u32>(slot) != address) ask',
    to: 'if (!load<u32>(slot)) ask',
  },
  {
    name: 'what was denied at one port is like what comes in by another',
    path: 'firmware/kernel/arrival.ts',
    from: 'if ((<u32>(ways >> 40) & 0xff) != load<u8>(row, metaIngress)) break;',
    to: '',
  },
  {
    name: 'what was denied is denied on the way that it goes without a link',
    path: 'firmware/kernel/denials.ts',
    from: '(<u64>linkAge << 16)',
    to: '(<u64>(linkAge & 0) << 16)',
  },
  {
    name: 'a segment that ends a connection is like one that does not',
    path: 'firmware/kernel/arrival.ts',
    from: 'if (control != load<u8>(steadyFlags + state)) break;',
    to: '',
  },
];

const MUST_MOVE = [
  'transmitted',
  'consumed',
  'drops.denied',
  'drops.icmp-unsolicited',
  'drops.spoofed',
  'drops.tcp-invalid',
  'drops.tcp-not-syn',
  'drops.ttl-expired',
  'flows.tagged.packets',
  'flows.tcp.connections',
  'flows.down.connections',
];

/** With a flow table that fills up. */
function crowdedRouter(hasPickup: boolean): Router {
  const options = `options: { tcp-pickup: ${hasPickup} }`;
  const router = routerOf(`${CROWDED_INTERFACES}${FLOWS}${options}`, CROWDED_BOARD);
  return { ...router, board: { ...router.board, flowCapacity: 256 } };
}

let system: PuppetSystem;
let general: Firmware;
beforeAll(async () => {
  system = await puppetSystem(KEYS);
  general = await withKernel(system.firmware, SHORT_CUTS);
});

/** As the machine does it: the NIC knows first, and then the modules. */
function setUplink(board: BoardUnderTest, isUp: boolean): void {
  const port = board.port(UPLINK);
  board.board.nics[port].setLink(isUp);
  tellModules(board.board, '$links', { port, up: isUp ? 1 : 0 });
}

/** What each burst of a seed's traffic brings. */
function* steps(firmware: Firmware, seed: number, vectorRows: number) {
  const board = new BoardUnderTest(firmware, crowdedRouter(seed % 2 === 1), { vectorRows });
  const columns = ['ipv4.src', 'ipv4.dst', 'l4.sport', 'l4.dport'] as const;
  const traffic = new CrowdedTraffic(new Random(seed), board, columns.map(system.offsetOf));
  for (let burst = 0; burst < BURSTS; burst++) {
    const { at, hasUplink, frames } = traffic.burst();
    board.setTime(at);
    if (hasUplink !== null) setUplink(board, hasUplink);
    for (const { frame, port } of frames) board.put(board.addressed(frame, port), port);
    const { sent, delta, audit } = board.run();
    yield { seed, burst, at, sent, delta, audit };
  }
}

/** Whether a seed's traffic brings anything else than without short cuts. */
function isOtherwise(firmware: Firmware, seed: number): boolean {
  const right = steps(general, seed, 256);
  for (const step of steps(firmware, seed, 256)) {
    if (!isDeepStrictEqual(step, right.next().value)) return true;
  }
  return false;
}

describe('without its short cuts the kernel does the same', () => {
  for (const vectorRows of [7, 256]) {
    it(`in vectors of ${vectorRows}`, () => {
      const moved = new Set<string>();
      for (const seed of SEEDS) {
        const quick = steps(system.firmware, seed, vectorRows);
        for (const step of steps(general, seed, vectorRows)) {
          expect(quick.next().value).toEqual(step);
          for (const counter of Object.keys(step.delta)) moved.add(counter);
        }
      }
      for (const counter of MUST_MOVE) expect(moved).toContain(counter);
    });
  }
});

describe('a mistake of a short cut shows', () => {
  for (const { name, ...rewrite } of MISTAKES) {
    it(name, async () => {
      const mistaken = await withKernel(system.firmware, [rewrite]);
      const shows = SEEDS.some((seed) => isOtherwise(mistaken, seed));
      expect(shows).toBe(true);
    });
  }
});
