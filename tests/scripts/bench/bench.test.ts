import { expect, it } from 'vitest';
import { ForwardingRig } from '../../../scripts/bench/forwarding-rig.ts';
import { parseFrameSizes } from '../../../scripts/bench/frame-size.ts';
import { median, percentile } from '../../../scripts/bench/statistics.ts';
import { workloadOf } from '../../../scripts/bench/workload.ts';
import { runCommandLine } from '../../../scripts/command-line.ts';
import { defaultSystemPath, loadFirmware } from '../../../scripts/toolchain/load-firmware.ts';

const size = { flows: 300, routes: 50, rules: 20 };

it('every byte that leaves is as RFC 1812 has it, at all sizes of a mix', async () => {
  const rig = await ForwardingRig.start(await loadFirmware(defaultSystemPath()), workloadOf(size));
  rig.prepare(parseFrameSizes('imix')[0]);
  const { packets, vectorNs } = rig.run(0.01);
  expect(packets).toBe(vectorNs.length * 256);
  rig.check();
});

it('a frame that leaves for the wrong next hop fails the run', async () => {
  const workload = workloadOf(size);
  const connections = workload.connections.map((connection, index) =>
    index === 299 ? { ...connection, gateway: connection.gateway ^ 1 } : connection,
  );
  const firmware = await loadFirmware(defaultSystemPath());
  const rig = await ForwardingRig.start(firmware, { ...workload, connections });
  expect(() => rig.prepare(parseFrameSizes('64')[0])).toThrow(/frame 299 left the board/);
});

it('the same size gives the same workload', () => {
  expect(workloadOf(size).connections).toEqual(workloadOf(size).connections);
});

it('prints one object with a figure a frame size', async () => {
  let text = '';
  const line =
    'bench throughput --frame 64,1518 --flows 64 --routes 10 --rules 3 --seconds 1 --json';
  const code = await runCommandLine(line.split(' '), {
    stdout: { write: (part: string) => (text += part) },
    stderr: { write: () => {} },
    environment: {},
  });
  expect(code).toBe(0);
  const { machine, results } = JSON.parse(text);
  expect(machine).toMatch(/cores, .* Node \d+/);
  expect(results).toMatchObject([
    { test: 'throughput', frameBytes: 64, flows: 64, routes: 10, rules: 3, modules: 4 },
    { test: 'throughput', frameBytes: 1518 },
  ]);
  for (const { mpps, gbps, nsPerPacket, min, max, frameBytes } of results) {
    expect(mpps).toBeCloseTo(1000 / nsPerPacket, 6);
    expect(gbps).toBeCloseTo((mpps * frameBytes * 8) / 1000, 6);
    expect(min <= nsPerPacket && nsPerPacket <= max).toBe(true);
  }
});

it('a median and a percentile are values that were measured', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(percentile([4, 1, 3, 2], 0.99)).toBe(4);
  expect(percentile([5], 1)).toBe(5);
});
