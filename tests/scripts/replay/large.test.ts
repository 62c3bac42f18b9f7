/**
 * Large captures are replayed another way: frames are moved many a call, and a thread writes and
 * hashes. What comes of it is the same to the bit.
 */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { buildPacket } from '../../../netstack/build-packet.ts';
import { writeU16 } from '../../../netstack/byte-order.ts';
import { parsePacketText } from '../../../netstack/packet-text.ts';
import { type PcapOptions, type PcapRecord, pcapBytes } from '../../drivers/pcap-bytes.ts';
import { Random } from '../../firmware/random.ts';
import { randomFrame } from '../../firmware/random-frames.ts';
import { plantRouter, replayJson, sluice, temporaryFolder, timeless } from '../sluice.ts';

const folder = temporaryFolder();
const FRAMES = 12_000;
/** From here on a capture is large. */
const LARGE = 8 * 1024 * 1024;
/** No limit, but one: nothing is moved then, and there is no thread. */
const GENERAL = ['--limit', '100000000'];

const packet = (text: string) => buildPacket(parsePacketText(text));

/** A frame with a VLAN tag. */
function tagged(frame: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(frame.length + 4);
  bytes.set(frame.subarray(0, 12));
  writeU16(bytes, 12, 0x8100);
  writeU16(bytes, 14, 7);
  bytes.set(frame.subarray(12), 16);
  return bytes;
}

/** Frames that the mover takes, with all in between that it must leave alone. */
function frameOf(random: Random, index: number): Uint8Array {
  const port = 4000 + random.below(500);
  const long = packet(`tcp 10.1.0.20:${port} > 10.2.0.7:502 size 1514`);
  switch (random.below(16)) {
    case 0:
      return randomFrame(random);
    case 1:
      return tagged(packet(`tcp 10.1.0.20:${port} > 10.2.0.7:502`));
    case 2:
      return long.subarray(0, random.below(60));
    case 3:
      return new Uint8Array(2040 + random.below(20)).fill(index);
    case 4:
      return packet(`udp 10.2.0.9:${port} > 198.51.100.9:123`);
    case 5:
      return packet(`icmp 10.1.0.20 > 10.1.0.1`);
    default:
      return long;
  }
}

function recordsOf(perSecond: number): PcapRecord[] {
  const random = new Random(20261127);
  return Array.from({ length: FRAMES }, (_, index) => {
    const bytes = frameOf(random, index);
    const kind = random.below(40);
    // Now and then back in time, with a fraction that is none, or cut by the snap length.
    const seconds = 1_700_000_000 + (index >> 4) - (kind === 0 ? 3 : 0);
    const fraction = kind === 1 ? perSecond + 5 : random.below(perSecond);
    return kind === 2
      ? { seconds, fraction, bytes, wireLength: bytes.length + 10 }
      : { seconds, fraction, bytes };
  });
}

function captureOf(name: string, perSecond: number, options: PcapOptions): string {
  const file = join(folder, name);
  writeFileSync(file, pcapBytes(recordsOf(perSecond), options));
  return file;
}

const microseconds = captureOf('micro.pcap', 1_000_000, {});
const nanoseconds = captureOf('nano.pcap', 1_000_000_000, {
  magic: 0xa1b23c4d,
  isLittleEndian: false,
});

it('the captures are large', () => {
  for (const file of [microseconds, nanoseconds]) {
    expect(statSync(file).size).toBeGreaterThan(LARGE);
  }
});

/** All files that a replay has written. */
function written(out: string): Record<string, string> {
  const names = readdirSync(out).sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(out, name), 'latin1')]));
}

it.each([
  ['as it is', microseconds, []],
  ['in big endian and nanoseconds, MACs as captured', nanoseconds, ['--as-captured']],
  ['with all frames on one port, filled up', microseconds, ['--in', 'eth1', '--pad-truncated']],
])('a capture %s gives the same report, receipt and files', async (name, capture, words) => {
  const runs = [];
  for (const way of [[], GENERAL]) {
    const out = join(folder, `${name} ${way.length}`);
    const line = [capture, '--config', plantRouter, '--out', out, '--pickup', ...words, ...way];
    runs.push({ report: timeless(await replayJson(line)), files: written(out) });
  }
  const [moved, general] = runs;
  expect(moved.report).toEqual(general.report);
  expect(Object.keys(moved.files)).toEqual(Object.keys(general.files));
  for (const [file, bytes] of Object.entries(moved.files)) {
    expect(bytes === general.files[file], file).toBe(true);
  }
});

it('a large capture that is cut is told of, and what was whole is reported', async () => {
  const whole = readFileSync(microseconds);
  const cut = join(folder, 'cut.pcap');
  writeFileSync(cut, whole.subarray(0, whole.length - 7));
  const line = ['replay', cut, '--config', plantRouter, '--json'];
  const [moved, general] = [await sluice(...line), await sluice(...line, ...GENERAL)];
  expect(moved.code).toBe(2);
  expect(moved.stderr).toMatch(/cut.pcap: byte \d+: the file ends/);
  expect(moved.stderr).toBe(general.stderr);
  expect(timeless(JSON.parse(moved.stdout))).toEqual(timeless(JSON.parse(general.stdout)));
});
