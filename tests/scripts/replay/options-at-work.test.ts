import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildPacket } from '../../../netstack/build-packet.ts';
import { parsePacketText } from '../../../netstack/packet-text.ts';
import { type PcapRecord, pcapBytes } from '../../drivers/pcap-bytes.ts';
import {
  framesOf,
  inProject,
  plantBoard,
  plantCapture,
  plantRouter,
  replayJson,
  sluice,
  temporaryFolder,
} from '../sluice.ts';

const folder = temporaryFolder();
const example = [plantCapture, '--config', plantRouter];
let files = 0;

function captureOf(texts: readonly string[], change: (record: PcapRecord) => void = () => {}) {
  const records = texts.map((text, index) => {
    const bytes = buildPacket(parsePacketText(text));
    const record = { seconds: 1_000, fraction: index, bytes };
    change(record);
    return record;
  });
  const file = join(folder, `${++files}.pcap`);
  writeFileSync(file, pcapBytes(records));
  return file;
}

const POLL = 'tcp 10.1.0.20:4000 > 10.2.0.7:502';

describe('--as-captured', () => {
  it('leaves frames to other hosts than the port, which drop as other-host', async () => {
    const report = await replayJson([...example, '--as-captured']);
    // Two hosts ask for the router by a broadcast, and it answers.
    expect(report).toMatchObject({ transmitted: 2, originated: 2, consumed: 2 });
    expect(report.drops['other-host']).toBeGreaterThan(250);
  });
});

describe('--fix-checksums', () => {
  const file = captureOf([POLL], ({ bytes }) => {
    bytes[24] ^= 0xff;
    bytes[50] ^= 0xff;
  });
  it('is needed for a wrong header checksum to pass', async () => {
    const words = [file, '--config', plantRouter];
    expect((await replayJson(words)).drops).toEqual({ 'ipv4-checksum': 1 });
    const fixed = await replayJson([...words, '--fix-checksums']);
    expect(fixed.drops).toEqual({});
    expect(fixed.flows['historian polls PLCs']!.packets).toBe(1);
  });
});

describe('--pickup', () => {
  const file = captureOf([`${POLL} flags ack`]);
  it('takes a connection up in its middle, else it drops as tcp-not-syn', async () => {
    const words = [file, '--config', plantRouter];
    expect((await replayJson(words)).drops).toEqual({ 'tcp-not-syn': 1 });
    expect((await replayJson([...words, '--pickup'])).drops).toEqual({});
  });
});

describe('where frames arrive', () => {
  const file = captureOf([POLL]);
  it('is by their source, unless --in or PORT= say otherwise', async () => {
    const config = ['--config', plantRouter];
    const at = async (...words: string[]) => {
      const { ports } = await replayJson([...words, ...config]);
      return Object.entries(ports).find(([, { received }]) => received > 0)?.[0];
    };
    expect(await at(file)).toBe('eth1');
    expect(await at(file, '--in', 'eth2')).toBe('eth2');
    expect(await at(`eth0=${file}`)).toBe('eth0');
    expect(await at(`eth0=${file}`, '--in', 'eth2')).toBe('eth0');
  });

  it.each([
    [['--in', 'eth7'], 'board three-port has no port "eth7"'],
    [[`ethO=${plantCapture}`], 'board three-port has no port "ethO"'],
  ])('%j names no port of the board', async (words, message) => {
    const run = await sluice('replay', ...example, ...words);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain(message);
  });
});

describe('several captures', () => {
  it('are one by time', async () => {
    const request = captureOf([POLL]);
    const reply = captureOf(['tcp 10.2.0.7:502 > 10.1.0.20:4000 flags syn-ack'], (record) => {
      record.fraction = 5;
    });
    const forward = await replayJson([request, reply, '--config', plantRouter]);
    const backward = await replayJson([reply, request, '--config', plantRouter]);
    expect(forward.flows['historian polls PLCs']).toMatchObject({ packets: 2, connections: 1 });
    expect(backward.receipt).toBe(forward.receipt);
  });
});

describe('time', () => {
  it('never goes back: an earlier stamp takes the current time', async () => {
    const file = captureOf([POLL, `${POLL}`, 'icmp 10.1.0.20 > 10.2.0.7'], (record) => {
      record.seconds = 1_000 - record.fraction;
    });
    const out = join(folder, 'time');
    await replayJson([file, '--config', plantRouter, '--out', out]);
    const times = framesOf(join(out, 'eth0.pcap')).map(({ seconds }) => seconds);
    expect(times).toEqual([1000, 1000, 1000, 1000]);
  });
});

describe('--limit', () => {
  it('stops after so many frames over all captures', async () => {
    const words = [plantCapture, plantCapture, '--config', plantRouter, '--limit', '300'];
    expect((await replayJson(words)).received).toBe(300);
  });
});

describe('--system', () => {
  it('is marked developer mode in text, in JSON and on stderr', async () => {
    const words = [...example, '--system', inProject('firmware', 'system.yaml')];
    expect((await replayJson(words)).developerMode).toBe(true);
    expect((await sluice('replay', ...words)).stdout).toContain('\ndeveloper mode: ');
    expect((await sluice('replay', ...words, '--json')).stderr).toBe('sluice: developer mode\n');
    expect(await replayJson(example)).not.toHaveProperty('developerMode');
  });
});

describe('--board', () => {
  it('takes another board, as small as there are, and loses no frame', async () => {
    const file = join(folder, 'small.yaml');
    const text = readFileSync(plantBoard, 'utf8');
    const small = `${text.replaceAll(/^(frame-slots|flow-capacity):.*$/gm, '')}\nframe-slots: 3072\n`;
    writeFileSync(file, `${small}flow-capacity: 16384\n`);
    const many = captureOf(
      Array.from({ length: 5000 }, (_, index) => {
        return index % 2 ? `icmp 10.1.0.20 > 10.2.0.7` : `udp 10.1.0.9:${index} > 198.51.100.53:53`;
      }),
    );
    const report = await replayJson([many, '--config', plantRouter, '--board', file]);
    expect(report).toMatchObject({ received: 5000, drops: {}, transmitted: 5002, originated: 2 });
  });
});

describe('--out', () => {
  it('never writes over a capture that it reads, by whatever name', async () => {
    const out = join(folder, 'same');
    mkdirSync(out);
    const file = join(out, 'eth0.pcap');
    writeFileSync(file, readFileSync(plantCapture));
    symlinkSync(file, join(folder, 'other-name.pcap'));
    const words = [join(folder, 'other-name.pcap'), '--config', plantRouter, '--out', out];
    const run = await sluice('replay', ...words);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain('would be written while it is read');
    expect(readFileSync(file).equals(readFileSync(plantCapture))).toBe(true);
  });

  it('is refused in one line where no folder can be made', async () => {
    const run = await sluice('replay', ...example, '--out', join(plantCapture, 'x'));
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toMatch(/^sluice: --out .*: no folder can be made \(ENOTDIR\)\n$/);
  });

  it('has nanoseconds if any capture has them', async () => {
    const nanosecond = join(folder, 'nano.pcap');
    const frame = buildPacket(parsePacketText(POLL));
    const record = { seconds: 1_000, fraction: 123_456_789, bytes: frame };
    writeFileSync(nanosecond, pcapBytes([record], { magic: 0xa1b23c4d }));
    const out = join(folder, 'nano');
    await replayJson([nanosecond, captureOf([POLL]), '--config', plantRouter, '--out', out]);
    const last = framesOf(join(out, 'eth0.pcap')).at(-1)!;
    expect(last.nanoseconds).toBe(123_456_789);
  });
});

it('drops a frame that was cut by the snap length as capture-truncated', async () => {
  const file = captureOf([POLL], (record) => {
    record.wireLength = record.bytes.length + 1;
  });
  const report = await replayJson([file, '--config', plantRouter]);
  expect(report.drops).toEqual({ 'capture-truncated': 1 });
});

it('reads a capture from stdin', { timeout: 120_000 }, () => {
  const words = [inProject('scripts', 'sluice.mjs'), 'replay', '-', '--config', plantRouter];
  const run = spawnSync(process.execPath, words, {
    input: readFileSync(plantCapture),
    encoding: 'utf8',
  });
  expect(run.status).toBe(0);
  expect(run.stdout).toContain('280 frames in');
});
