import { execFileSync, spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import { CaptureError } from '../../drivers/capture-error.ts';
import { openCapture } from '../../drivers/capture-reader.ts';
import { CaptureWriter } from '../../drivers/capture-writer.ts';
import { hasProgram } from '../project/has-program.ts';
import { readFile, someBytes, temporaryPath } from './pcap-bytes.ts';

const STAMPS = [
  { seconds: 0, nanoseconds: 0 },
  { seconds: 1, nanoseconds: 1 },
  { seconds: 1_700_000_000, nanoseconds: 123_456_789 },
  { seconds: 1_700_000_000, nanoseconds: 999_999_999 },
];

function writeStamps(nanosecond: boolean): string {
  const file = temporaryPath();
  const writer = new CaptureWriter(file, { nanosecond });
  for (const [index, { seconds, nanoseconds }] of STAMPS.entries()) {
    const source = someBytes(200, index);
    writer.write(source, 3, 63 + index, seconds, nanoseconds);
  }
  writer.close();
  return file;
}

test('what is written is read back: bytes, and stamps cut to the precision', () => {
  for (const nanosecond of [false, true]) {
    const { records, error } = readFile(writeStamps(nanosecond));
    expect(error).toBeUndefined();
    const expected = STAMPS.map(({ seconds, nanoseconds }, index) => ({
      bytes: someBytes(200, index).slice(3, 63 + index),
      wireLength: 60 + index,
      seconds,
      nanoseconds: nanosecond ? nanoseconds : nanoseconds - (nanoseconds % 1000),
      hasTime: true,
    }));
    expect(records).toEqual(expected);
  }
});

test('an empty capture is a header of 24 bytes, little endian', () => {
  const file = temporaryPath();
  const writer = new CaptureWriter(file, { nanosecond: false });
  writer.close();
  writer.close();
  expect([...fs.readFileSync(file)]).toEqual([
    ...[0xd4, 0xc3, 0xb2, 0xa1], // microseconds
    ...[2, 0, 4, 0], // version
    ...[0, 0, 0, 0, 0, 0, 0, 0],
    ...[0, 0, 4, 0], // snap length 262,144
    ...[1, 0, 0, 0], // Ethernet
  ]);
});

test('seconds beyond 2^32 are written modulo 2^32', () => {
  const file = temporaryPath();
  const writer = new CaptureWriter(file, { nanosecond: true });
  writer.write(someBytes(60), 0, 60, 2 ** 32 + 2, 5);
  writer.close();
  expect(readFile(file).records[0]).toMatchObject({ seconds: 2, nanoseconds: 5 });
});

test('a file longer than the buffer is complete', () => {
  const file = temporaryPath();
  const writer = new CaptureWriter(file, { nanosecond: false });
  for (let index = 0; index < 3000; index++) {
    const length = 60 + (index % 1455);
    writer.write(someBytes(length, index), 0, length, index, 0);
  }
  writer.close();
  const reader = openCapture(file);
  let count = 0;
  for (; reader.next(); count++) {
    const bytes = reader.data.slice(reader.start, reader.end);
    expect(reader.seconds).toBe(count);
    expect(Buffer.compare(bytes, someBytes(60 + (count % 1455), count))).toBe(0);
  }
  expect(count).toBe(3000);
});

test('tshark and capinfos read the files, with the exact stamps', ({ skip }) => {
  if (!hasProgram('tshark')) skip('tshark is not installed');
  for (const nanosecond of [false, true]) {
    const file = writeStamps(nanosecond);
    const fields = ['-T', 'fields', '-e', 'frame.time_epoch', '-e', 'frame.len'];
    const lines = execFileSync('tshark', ['-r', file, ...fields], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const expected = STAMPS.map(({ seconds, nanoseconds }, index) => {
      const kept = nanosecond ? nanoseconds : nanoseconds - (nanoseconds % 1000);
      return `${seconds}.${String(kept).padStart(9, '0')}\t${60 + index}`;
    });
    expect(lines.trim().split('\n')).toEqual(expected);
    const type = execFileSync('capinfos', ['-t', '-E', '-c', file], { encoding: 'utf8' });
    expect(type).toContain(nanosecond ? '... - nanosecond pcap' : '... - pcap');
    expect(type).toMatch(/encapsulation:\s+Ethernet/);
    expect(type).toMatch(/packets:\s+4/);
  }
});

test('a path that cannot be created is one line with its reason', () => {
  const file = path.join(os.tmpdir(), 'no-such-folder', 'out.pcap');
  expect(() => new CaptureWriter(file, { nanosecond: false })).toThrow(
    `${file}: byte 0: the file cannot be written (ENOENT)`,
  );
});

test('a full disk is a CaptureError, and the file is released', ({ skip }) => {
  if (!fs.existsSync('/dev/full')) skip('this system has no /dev/full');
  const writer = new CaptureWriter('/dev/full', { nanosecond: false });
  writer.write(someBytes(60), 0, 60, 0, 0);
  let error: unknown;
  try {
    writer.close();
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(CaptureError);
  expect(error).toMatchObject({ code: 'CAPTURE_UNWRITABLE', file: '/dev/full', offset: 0 });
  writer.close();
});

test('an error far into the file has the offset of what could not be written', ({ skip }) => {
  const file = temporaryPath();
  if (spawnSync('mkfifo', [file]).status !== 0) skip('this system has no named pipes');
  // A pipe whose reader leaves after one and a half buffers.
  const reader = spawn('head', ['-c', '1500000', file], { stdio: 'ignore' });
  const writer = new CaptureWriter(file, { nanosecond: false });
  const frame = someBytes(1984); // 2,000 with its header
  const writeOn = () => {
    for (let count = 0; count < 10_000; count++) writer.write(frame, 0, 1984, 0, 0);
  };
  let error: unknown;
  try {
    writeOn();
  } catch (thrown) {
    error = thrown;
  }
  reader.kill();
  expect(error).toMatchObject({ code: 'CAPTURE_UNWRITABLE', file });
  expect((error as CaptureError).message).toContain('EPIPE');
  expect((error as CaptureError).offset).toBeGreaterThanOrEqual(1_500_000);
  expect((error as CaptureError).offset).toBeLessThan(10_000 * 2000);
  writer.close();
});
