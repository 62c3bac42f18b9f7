import { expect, it } from 'vitest';
import { whyMartian } from '../../../config/address-range.ts';
import type { Route } from '../../../config/router.ts';
import {
  DESCRIPTOR_SIZE,
  RING_CAPACITY,
  RING_DESCRIPTORS_OFFSET,
  RING_HEAD_OFFSET,
  RING_SIZE,
  RING_TX,
} from '../../../drivers/nic-ring.ts';
import { readCounters } from '../../../firmware/report/counters.ts';
import { flowsWithoutRoom } from '../../../scripts/bench/bench-counts.ts';
import { benchReportSchema } from '../../../scripts/bench/bench-report.ts';
import { chainFirmware } from '../../../scripts/bench/chain-firmware.ts';
import { planOf } from '../../../scripts/bench/experiment.ts';
import { ForwardingRig } from '../../../scripts/bench/forwarding-rig.ts';
import { parseFrameSizes } from '../../../scripts/bench/frame-size.ts';
import { type BenchOptions, TESTS } from '../../../scripts/bench/options.ts';
import { runBench } from '../../../scripts/bench/run-bench.ts';
import { median, percentile } from '../../../scripts/bench/statistics.ts';
import { DENIED, HALF_IPV6, MALFORMED } from '../../../scripts/bench/traffic-kind.ts';
import { workloadOf } from '../../../scripts/bench/workload.ts';
import { createHostLog } from '../../../scripts/host-log.ts';
import { defaultSystemPath, loadFirmware } from '../../../scripts/toolchain/load-firmware.ts';
import { sluice } from '../sluice.ts';

const size = { flows: 300, routes: 50, rules: 20 };
const [short] = parseFrameSizes('64');
const loadRouterFirmware = () => loadFirmware(defaultSystemPath());

async function rigOf(workload = workloadOf(size)): Promise<ForwardingRig> {
  return ForwardingRig.start(await loadRouterFirmware(), workload);
}

it('every byte that leaves is as RFC 1812 has it, at all sizes of a mix', async () => {
  const rig = await rigOf();
  rig.prepare(parseFrameSizes('imix')[0]);
  const { packets, vectorNs } = rig.run(0.01);
  expect(packets).toBe(vectorNs.length * 256);
  rig.check();
});

it.each([DENIED, MALFORMED, HALF_IPV6])('all of a flood is accounted for: $name', async (kind) => {
  const rig = await rigOf(workloadOf({ ...size, flows: 301 }));
  rig.prepare(short, kind);
  expect(rig.run(0.01).packets).toBeGreaterThan(0);
  rig.check();
});

it('a flood that is dropped for another reason fails the run', async () => {
  const rig = await rigOf();
  expect(() => rig.prepare(short, { ...MALFORMED, reason: 'denied' })).toThrow(/dropped otherwise/);
});

it('a frame that leaves for the wrong next hop fails the run', async () => {
  const workload = workloadOf(size);
  const connections = workload.connections.map((connection, index) =>
    index === 299 ? { ...connection, gateway: connection.gateway ^ 1 } : connection,
  );
  const rig = await rigOf({ ...workload, connections });
  expect(() => rig.prepare(short)).toThrow(/frame 299 left the board/);
});

it('connections that a full flow table does not keep are opened from other ports', async () => {
  const workload = workloadOf({ ...size, flows: 400 });
  const board = { ...workload.router.board, flowCapacity: 512 };
  const rig = await rigOf({ ...workload, router: { ...workload.router, board } });
  rig.prepare(short);
  expect(flowsWithoutRoom(rig.board)).toBeGreaterThan(0);
  rig.run(0.01);
  rig.check();
});

it('more connections than the flow table has entries fail the run', async () => {
  const workload = workloadOf(size);
  const board = { ...workload.router.board, flowCapacity: 256 };
  const rig = await rigOf({ ...workload, router: { ...workload.router, board } });
  expect(() => rig.prepare(short)).toThrow(/no room for so many connections/);
});

it('a reply that is lost fails the run', async () => {
  const rig = await rigOf();
  const { kernel } = rig.board;
  const { transmitStage } = kernel;
  let calls = 0;
  const broken = { ...kernel, transmitStage: () => void (++calls % 5 === 0 ? 0 : transmitStage()) };
  Object.assign(rig.board, { kernel: broken });
  expect(() => rig.prepare(short)).toThrow(/replies that should have left/);
});

it('a frame that is lost fails the run', async () => {
  const rig = await rigOf();
  rig.prepare(short);
  const { kernel } = rig.board;
  const { transmitStage } = kernel;
  let calls = 0;
  // Now and then a vector is not sent.
  const broken = { ...kernel, transmitStage: () => void (++calls === 3 ? 0 : transmitStage()) };
  Object.assign(rig.board, { kernel: broken });
  expect(() => rig.run(0.01)).toThrow(/should have left/);
});

it('a frame that leaves with its old TTL fails the check', async () => {
  const rig = await rigOf();
  rig.prepare(short);
  const { board } = rig;
  const { transmitStage, ringAddress, memory } = board.kernel;
  const ring = new Uint32Array(memory.buffer, ringAddress(1, RING_TX), RING_SIZE / 4);
  const spoilLast = () => {
    transmitStage();
    const last = (ring[RING_HEAD_OFFSET / 4] - 1) & (RING_CAPACITY - 1);
    const frame = ring[(RING_DESCRIPTORS_OFFSET + last * DESCRIPTOR_SIZE) / 4];
    new Uint8Array(memory.buffer)[frame + 14 + 8]++;
  };
  Object.assign(board, { kernel: { ...board.kernel, transmitStage: spoilLast } });
  expect(() => rig.check()).toThrow(/left the board as it should not/);
});

it('a router that asks for its neighbors anew is answered, and its questions are not traffic', async () => {
  const rig = await rigOf();
  rig.prepare(short);
  const { board } = rig;
  const asked = () => readCounters(board).originated;
  const before = asked();
  for (let minute = 0; minute < 3; minute++) {
    board.advance(board.kernel.now() + 61_000_000_000n);
    rig.run(0.01);
  }
  expect(asked()).toBeGreaterThan(before + 2);
  rig.check();
});

it('every packet of a run for new connections opens one', async () => {
  const rig = await rigOf();
  const first = rig.open(short).packets;
  expect(first).toBeGreaterThan(0);
  for (let run = 0; run < 3; run++) expect(rig.open(short).packets).toBe(first);
  rig.check();
});

it('a chain has so many modules more, and each is handed every packet', async () => {
  const rig = await ForwardingRig.start(await chainFirmware(3), workloadOf(size));
  rig.prepare(short);
  const { packets } = rig.run(0.01);
  const counts = rig.board.slots.map(({ loaded }) => loaded.name);
  expect(counts).toEqual(['pass1', 'pass2', 'pass3', 'route', 'neighbor', 'arp', 'icmp', 'ping']);
  const memories = new Set(rig.board.slots.map(({ memory }) => memory));
  expect(memories.size).toBe(8);
  const handed = Object.values(readCounters(rig.board).modules).map((module) => module.packets);
  expect(Math.min(...handed.slice(0, 4))).toBeGreaterThanOrEqual(packets);
});

it('however many routes there are, none leads where no router forwards to', () => {
  const { router } = workloadOf({ flows: 1, routes: 500_000, rules: 1 });
  const isLinkLocal = ({ to }: Route) => to.address >>> 16 === 0xa9fe;
  expect(router.routes.filter(isLinkLocal)).toEqual([]);
  expect(router.routes.filter(({ to }) => whyMartian(to.address) !== undefined)).toEqual([]);
});

it('the same size gives the same workload', () => {
  expect(workloadOf(size).connections).toEqual(workloadOf(size).connections);
});

const asked: BenchOptions = {
  name: 'all',
  tests: TESTS,
  frames: null,
  flows: null,
  routes: null,
  rules: null,
  seconds: 1,
  hasYardstick: false,
  isJson: false,
};

it('prints one object with a figure a frame size', async () => {
  let stdout = '';
  const host = {
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: () => {} },
    environment: {},
    loadFirmware,
    log: await createHostLog('silent', { write: () => {} }),
  };
  const small = { flows: 64, routes: 10, rules: 3, seconds: 0.05, isJson: true };
  const frames = parseFrameSizes('64,1518');
  expect(await runBench({ ...asked, ...small, tests: ['throughput'], frames }, host)).toBe(0);
  const { machine, results, tax } = benchReportSchema.parse(JSON.parse(stdout));
  expect(machine).toMatch(/cores, .* Node \d+/);
  expect(tax).toEqual([]);
  expect(results).toMatchObject([
    { test: 'throughput', frameBytes: 64, flows: 64, routes: 10, rules: 3, modules: 5 },
    { test: 'throughput', frameBytes: 1518 },
  ]);
  for (const { mpps, gbps, nsPerPacket, min, max, frameBytes } of results) {
    expect(mpps).toBeCloseTo(1000 / nsPerPacket, 6);
    expect(gbps).toBeCloseTo((mpps * frameBytes * 8) / 1000, 6);
    expect(min <= nsPerPacket && nsPerPacket <= max).toBe(true);
  }
});

it('goes through the numbers that are promised', () => {
  const numbers = (test: string, key: 'flows' | 'rules' | 'routes' | 'passes') =>
    planOf(asked)
      .filter((experiment) => experiment.test === test)
      .map((experiment) => experiment[key]);
  expect(numbers('flows', 'flows')).toEqual([1000, 65_536, 1_000_000]);
  expect(numbers('rules', 'rules')).toEqual([10, 1000, 10_000]);
  expect(numbers('routes', 'routes')).toEqual([1000, 100_000, 512_000]);
  expect(numbers('modules', 'passes')).toEqual([0, 1, 2, 4, 8, 16]);
  expect(numbers('throughput', 'flows')).toHaveLength(7);
});

it('a number that is given takes the place of those that a test goes through', () => {
  const plan = planOf({ ...asked, tests: ['flows'], flows: 77, frames: parseFrameSizes('64,128') });
  expect(plan.map(({ test, flows, frame }) => [test, flows, frame.name])).toEqual([
    ['flows', 77, '64'],
    ['flows', 77, '128'],
    ['new-flows', 16_384, '64'],
    ['new-flows', 16_384, '128'],
  ]);
});

it.each([
  ['speed', /it measures throughput, flows, rules, routes, modules, tax or all/],
  ['flows --flows 1048577', /--flows is at most 1048576/],
  ['all --rules 16384', /--rules is at most 16383/],
  ['routes --routes 524289', /--routes is at most 524288/],
  ['throughput --frame 63', /sizes from 64 to 1518/],
  ['tax --seconds 0', /--seconds must be a whole number/],
  ['tax --yardstick', /bench tax does not take --yardstick/],
  ['tax --frame 64,1518', /bench tax takes one --frame, not 2/],
])('refuses `bench %s`', async (line, said) => {
  const { code, stderr, stdout } = await sluice('bench', ...line.split(' '));
  expect(code).toBe(2);
  expect(stderr).toMatch(said);
  expect(stdout).toBe('');
});

it('a median and a percentile are values that were measured', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(percentile([4, 1, 3, 2], 0.99)).toBe(4);
  expect(percentile([5], 1)).toBe(5);
});
