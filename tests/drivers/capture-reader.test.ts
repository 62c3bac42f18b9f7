import * as fs from 'node:fs';
import { expect, test } from 'vitest';
import { openCapture } from '../../drivers/capture-reader.ts';
import { pcapBytes, readAll, readFile, someBytes, temporaryFile } from './pcap-bytes.ts';

const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;

test.each([
  { isLittleEndian: true, magic: MICROSECONDS },
  { isLittleEndian: false, magic: MICROSECONDS },
  { isLittleEndian: true, magic: NANOSECONDS },
  { isLittleEndian: false, magic: NANOSECONDS },
])('reads both byte orders and both precisions: $isLittleEndian $magic', (options) => {
  const isNanosecond = options.magic === NANOSECONDS;
  const fraction = isNanosecond ? 999_999_999 : 999_999;
  const file = pcapBytes(
    [
      { seconds: 0xffff_ffff, fraction, bytes: someBytes(60) },
      { seconds: 1, fraction: 2, bytes: someBytes(61, 1), wireLength: 1514 },
      { seconds: 3, fraction: 0, bytes: someBytes(0) },
    ],
    options,
  );
  const reader = openCapture(temporaryFile(file));
  expect(reader.isNanosecond).toBe(isNanosecond);
  expect(readAll(reader)).toEqual({
    records: [
      {
        bytes: someBytes(60),
        wireLength: 60,
        seconds: 0xffff_ffff,
        nanoseconds: isNanosecond ? 999_999_999 : 999_999_000,
        hasTime: true,
      },
      {
        bytes: someBytes(61, 1),
        wireLength: 1514,
        seconds: 1,
        nanoseconds: isNanosecond ? 2 : 2000,
        hasTime: true,
      },
      { bytes: someBytes(0), wireLength: 0, seconds: 3, nanoseconds: 0, hasTime: true },
    ],
  });
});

test('records that cross the chunks of a long file arrive whole', () => {
  const sizes = [60, 1514, 9000, 262_144, 1, 200_000, 777, 262_144, 262_144, 262_144, 61, 262_144];
  const records = sizes.map((size, seconds) => ({
    seconds,
    fraction: 0,
    bytes: someBytes(size, seconds),
  }));
  const { records: read, error } = readFile(temporaryFile(pcapBytes(records)));
  expect(error).toBeUndefined();
  expect(read.map((record) => record.bytes.length)).toEqual(sizes);
  for (const [index, record] of read.entries()) {
    expect(Buffer.compare(record.bytes, records[index]!.bytes)).toBe(0);
  }
});

test('reading takes no memory beyond the one chunk: the same array for every record', () => {
  const records = Array.from({ length: 3000 }, (_, seconds) => ({
    seconds,
    fraction: 0,
    bytes: someBytes(1000),
  }));
  const reader = openCapture(temporaryFile(pcapBytes(records)));
  const chunk = reader.data;
  let count = 0;
  while (reader.next()) {
    count++;
    expect(reader.data).toBe(chunk);
  }
  expect(count).toBe(3000);
  expect(chunk.length).toBe(1 << 20);
});

test('an FCS that the link type announces is taken off every frame', () => {
  const fcsOfFourBytes = (2 << 28) | (1 << 26) | 1;
  const file = pcapBytes(
    [
      { seconds: 0, fraction: 0, bytes: someBytes(64) }, // 60 and the FCS
      { seconds: 0, fraction: 0, bytes: someBytes(62), wireLength: 64 }, // cut within the FCS
      { seconds: 0, fraction: 0, bytes: someBytes(20), wireLength: 64 }, // cut within the frame
      { seconds: 0, fraction: 0, bytes: someBytes(3) }, // shorter than an FCS
    ],
    { linkType: fcsOfFourBytes >>> 0 },
  );
  const { records } = readFile(temporaryFile(file));
  const lengths = records.map(({ bytes, wireLength }) => [bytes.length, wireLength]);
  expect(lengths).toEqual([
    [60, 60],
    [60, 60],
    [20, 60],
    [0, 0],
  ]);
});

test('FCS bits without the bit that says they count change nothing', () => {
  const file = pcapBytes([{ seconds: 0, fraction: 0, bytes: someBytes(64) }], {
    linkType: ((2 << 28) | 1) >>> 0,
  });
  expect(readFile(temporaryFile(file)).records[0]!.bytes.length).toBe(64);
});

test('a captured length beyond the wire length is the wire length', () => {
  const record = { seconds: 0, fraction: 0, bytes: someBytes(100), wireLength: 60 };
  const next = { seconds: 1, fraction: 0, bytes: someBytes(70) };
  const { records } = readFile(temporaryFile(pcapBytes([record, next])));
  expect(records.map(({ bytes }) => bytes.length)).toEqual([60, 70]);
});

test('a fraction of a second or more counts into the seconds', () => {
  const file = pcapBytes([{ seconds: 7, fraction: 2_000_001, bytes: someBytes(60) }]);
  const { seconds, nanoseconds, hasTime } = readFile(temporaryFile(file)).records[0]!;
  expect({ seconds, nanoseconds, hasTime }).toEqual({
    seconds: 9,
    nanoseconds: 1000,
    hasTime: true,
  });
});

test('a stamp that no u32 of seconds holds is no stamp', () => {
  const file = pcapBytes([{ seconds: 0xffff_ffff, fraction: 1_000_000, bytes: someBytes(60) }]);
  expect(readFile(temporaryFile(file)).records[0]!.hasTime).toBe(false);
});

test('the snap length in the header does not matter', () => {
  for (const snapLength of [0, 1, 0x7fff_ffff, 0xffff_ffff]) {
    const file = pcapBytes([{ seconds: 0, fraction: 0, bytes: someBytes(60) }], { snapLength });
    expect(readFile(temporaryFile(file)).records.length).toBe(1);
  }
});

test('a closed reader has no more records and may be closed again', () => {
  const record = { seconds: 0, fraction: 0, bytes: someBytes(60) };
  const reader = openCapture(temporaryFile(pcapBytes([record, record])));
  expect(reader.next()).toBe(true);
  reader.close();
  reader.close();
  expect(reader.next()).toBe(false);
});

test('every file is closed: at its end, at an error, when refused', ({ skip }) => {
  if (!fs.existsSync('/proc/self/fd')) skip('this system does not list open files');
  // The process has files of other workers as well, which come and go.
  const isOpen = (path: string) =>
    fs.readdirSync('/proc/self/fd').some((fd) => {
      try {
        return fs.readlinkSync(`/proc/self/fd/${fd}`) === path;
      } catch {
        return false;
      }
    });
  const record = { seconds: 0, fraction: 0, bytes: someBytes(60) };
  const whole = pcapBytes([record]);
  const files = [whole, whole.subarray(0, 50), whole.subarray(0, 10), pcapBytes([], { major: 3 })];
  const paths = files.map(temporaryFile);
  const held = fs.openSync(paths[0], 'r');
  expect(isOpen(paths[0])).toBe(true);
  fs.closeSync(held);
  for (const file of paths) {
    const errors: unknown[] = [];
    try {
      const reader = openCapture(file);
      while (reader.next());
    } catch (error) {
      errors.push(error);
    }
    expect(errors.length).toBe(file === paths[0] ? 0 : 1);
    expect(isOpen(file)).toBe(false);
  }
});
