import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { imbalance } from '../../../scripts/report/report.ts';
import {
  framesOf,
  plantCapture,
  plantRouter,
  replayJson,
  sluice,
  temporaryFolder,
  timeless,
} from '../sluice.ts';

const folder = temporaryFolder();
const words = [plantCapture, '--config', plantRouter];

it('reports the example exactly: counted by hand from its story', async () => {
  const report = await replayJson(words);
  expect(imbalance(report)).toBe(0);
  expect(report).toMatchObject({
    received: 280,
    // 3 time exceeded, 2 ARP replies, 8 ARP requests: 7 hosts and the uplink's gateway.
    originated: 13,
    consumed: 2,
    held: 0,
    drops: {
      denied: 36, // 24 of the scanner, 6 of the workstation, 6 of a controller
      'ttl-expired': 3,
      martian: 2,
      broadcast: 1,
      multicast: 1,
      'same-segment': 1,
      'not-for-router': 1,
      'tcp-not-syn': 1,
    },
    flows: {
      // 4 polls: 3 of the handshake, 3 for each of 15 requests, 3 at the end.
      'historian polls PLCs': { packets: 4 * 51, connections: 4 },
      'historian pings PLCs': { packets: 8, connections: 1 },
      'office pings the router': { packets: 4, connections: 1 },
      'office resolves names': { packets: 8, connections: 4 },
      'plant sets its clocks': { packets: 8, connections: 4 },
    },
  });
  const denied = report.denied.reduce((sum, { packets }) => sum + packets, 0);
  expect(denied).toBe(report.drops['denied']);
});

it('gives the same report and receipt again, with and without --out', async () => {
  const [first, second] = [await replayJson(words), await replayJson(words)];
  const third = await replayJson([...words, '--out', join(folder, 'sent')]);
  expect(timeless(second)).toEqual(timeless(first));
  expect(timeless(third)).toEqual(timeless(first));
});

it('writes what each port sent, in capture time, and the audit log', async () => {
  const out = join(folder, 'a', 'b');
  const report = await replayJson([...words, '--out', out]);
  const files = ['eth0', 'eth1', 'eth2'].flatMap((port) => [`${port}.pcap`, `${port}.pcapng`]);
  expect(readdirSync(out).sort()).toEqual(['audit.jsonl', ...files]);
  for (const [port, { transmitted }] of Object.entries(report.ports)) {
    const frames = framesOf(join(out, `${port}.pcapng`));
    expect(frames).toHaveLength(transmitted);
    const seconds = frames.map((frame) => frame.seconds - 1_768_197_600);
    expect(Math.min(...seconds)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...seconds)).toBeLessThan(5);
  }
  const lines = readFileSync(join(out, 'audit.jsonl'), 'utf8').trimEnd().split('\n');
  const events = lines.map((line) => JSON.parse(line) as { event: string });
  expect(new Set(events.map(({ event }) => event))).toEqual(new Set(['boot', 'denied']));
  expect(events).toHaveLength(report.audit.lines);
  // The first of each tuple in full; one line more for those that had others.
  const several = report.denied.filter(({ packets }) => packets > 1);
  expect(events).toHaveLength(1 + report.denied.length + several.length);
});

it('changes its receipt with anything that may change the result', async () => {
  const variants = [
    words,
    [...words, '--fix-checksums'],
    [...words, '--pickup'],
    [...words, '--as-captured'],
    [...words, '--limit', '279'],
    [...words, '--in', 'eth1'],
  ];
  const receipts = [];
  for (const variant of variants) receipts.push((await replayJson(variant)).receipt);
  expect(new Set(receipts).size).toBe(variants.length);
});

it('prints the report that the golden file shows', async () => {
  const { code, stdout, stderr } = await sluice('replay', ...words);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const text = stdout
    .replace(plantRouter, 'config/routers/plant.yaml')
    .replace(/^(\d+ frames) in .*$/m, '$1 in … s')
    .replace(/^audit [0-9a-f]{64}/m, 'audit …')
    .replace(/^receipt [0-9a-f]{64}$/m, 'receipt …');
  await expect(text).toMatchFileSnapshot('../../golden/report/example.txt');
  expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
});

it('leaves nothing behind without --out', () => {
  expect(existsSync('eth0.pcap')).toBe(false);
});
