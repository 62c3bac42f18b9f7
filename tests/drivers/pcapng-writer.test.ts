import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { expect, test } from 'vitest';
import { openCapture } from '../../drivers/capture-reader.ts';
import { type PacketNotes, PcapngWriter } from '../../drivers/pcapng-writer.ts';
import { hasProgram } from '../project/has-program.ts';
import { readAll, readFile, someBytes, temporaryPath } from './pcap-bytes.ts';

const hasTshark = hasProgram('tshark');
const PLANT = { name: 'plant0', mac: 0x02534c000001, linkType: 1, description: 'the plant' };
const RAW = { name: 'raw', mac: null, linkType: 101, snapLength: 96, fcsSize: 4 };
const STAMPS = [
  [0, 0],
  [1, 1],
  [1_700_000_000, 123_456_789],
  [0xffff_ffff, 999_999_999],
] as const;
const NOTES: PacketNotes = {
  comments: ['denied: no flow permits it', 'ü'.repeat(4000)],
  verdict: Uint8Array.of(1, 2, 0, 0, 0, 0, 0, 0, 0),
  flags: 0x0000_0002,
};

function tshark(file: string, ...fields: string[]): string[][] {
  const args = ['-r', file, '-T', 'fields', ...fields.flatMap((field) => ['-e', field])];
  const told = execFileSync('tshark', args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const lines = told.trimEnd().split('\n');
  return lines.map((line) => line.split('\t'));
}

/** A packet a stamp, of lengths that need each padding there is; the last one has notes. */
function write(nanosecond: boolean): string {
  const file = temporaryPath();
  const writer = new PcapngWriter(file, { nanosecond, interfaces: [PLANT] });
  for (const [index, [seconds, nanoseconds]] of STAMPS.entries()) {
    writer.write(someBytes(200, index), 3, 63 + index, seconds, nanoseconds);
  }
  const face = writer.addInterface(RAW);
  writer.writePacket(face, someBytes(40), 0, 40, 1500, 2, 3, NOTES);
  writer.close();
  writer.close();
  return file;
}

test('what is written is read back: bytes, interfaces, stamps cut to the precision', () => {
  for (const nanosecond of [false, true]) {
    const source = openCapture(write(nanosecond));
    const { records, error } = readAll(source);
    expect(error).toBeUndefined();
    const expected = STAMPS.map(([seconds, nanoseconds], index) => ({
      bytes: someBytes(200, index).slice(3, 63 + index),
      wireLength: 60 + index,
      seconds,
      nanoseconds: nanosecond ? nanoseconds : nanoseconds - (nanoseconds % 1000),
      hasTime: true,
    }));
    expect(records.slice(0, 4)).toEqual(expected);
    const isNanosecond = nanosecond;
    expect(source.interfaces).toEqual([
      { ...PLANT, snapLength: 0, fcsSize: 0, isNanosecond },
      { ...RAW, description: null, isNanosecond },
    ]);
  }
});

test.skipIf(!hasTshark)('tshark reads stamps, lengths, interfaces, comments and verdicts', () => {
  for (const nanosecond of [false, true]) {
    const file = write(nanosecond);
    const rows = tshark(
      file,
      'frame.time_epoch',
      'frame.len',
      'frame.cap_len',
      'frame.interface_name',
    );
    const expected = STAMPS.map(([seconds, nanoseconds], index) => {
      const kept = nanosecond ? nanoseconds : nanoseconds - (nanoseconds % 1000);
      const time = `${seconds}.${String(kept).padStart(9, '0')}`;
      return [time, `${60 + index}`, `${60 + index}`, 'plant0'];
    });
    const last = `2.${nanosecond ? '000000003' : '000000000'}`;
    expect(rows).toEqual([...expected, [last, '1500', '40', 'raw']]);
  }
  const [row] = tshark(write(true), 'frame.comment', 'frame.verdict.ebpf_tc').slice(-1);
  const cut = 'ü'.repeat(2048);
  expect(row).toEqual([`denied: no flow permits it,${cut}`, '2']);
});

test.skipIf(!hasTshark)('capinfos finds the interfaces, and Sluice as their writer', () => {
  const told = execFileSync('capinfos', [write(true)], { encoding: 'utf8' });
  expect(told).toMatch(/Capture application:\s+Sluice/);
  expect(told).toMatch(/Name = plant0/);
  expect(told).toMatch(/Description = the plant/);
  expect(told).toMatch(/Time precision = nanoseconds/);
  expect(told).toMatch(/File type:\s+Wireshark.*pcapng/);
});

test('the same calls give the same bytes, and nothing of the host is in them', () => {
  const [one, two] = [write(true), write(true)].map((file) => fs.readFileSync(file));
  expect(Buffer.compare(one, two)).toBe(0);
  const empty = temporaryPath();
  new PcapngWriter(empty, { nanosecond: false, interfaces: [] }).close();
  expect([...fs.readFileSync(empty)]).toEqual([
    ...[0x0a, 0x0d, 0x0d, 0x0a, 44, 0, 0, 0], // section header
    ...[0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0], // little endian, 1.0
    ...[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], // to the end
    ...[4, 0, 6, 0, ...Buffer.from('Sluice'), 0, 0],
    ...[0, 0, 0, 0, 44, 0, 0, 0],
  ]);
});

test('a file longer than the buffer is complete, notes and all', () => {
  const file = temporaryPath();
  const writer = new PcapngWriter(file, { nanosecond: true, interfaces: [PLANT] });
  const count = 3000;
  for (let index = 0; index < count; index++) {
    const size = 60 + (index % 1455);
    const notes = index % 3 === 0 ? NOTES : null;
    writer.writePacket(0, someBytes(size, index), 0, size, size, index, 0, notes);
  }
  writer.close();
  const { records, error } = readFile(file);
  expect(error).toBeUndefined();
  expect(records.length).toBe(count);
  for (const [index, { bytes, seconds }] of records.entries()) {
    expect(seconds).toBe(index);
    expect(Buffer.compare(bytes, someBytes(60 + (index % 1455), index))).toBe(0);
  }
});
