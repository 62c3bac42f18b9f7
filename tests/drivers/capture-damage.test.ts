import * as os from 'node:os';
import * as path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openCapture } from '../../drivers/capture-reader.ts';
import { pcapBytes, readFile, someBytes, temporaryFile } from './pcap-bytes.ts';

const small = pcapBytes([
  { seconds: 1, fraction: 1, bytes: someBytes(60) },
  { seconds: 2, fraction: 2, bytes: someBytes(61) },
  { seconds: 3, fraction: 3, bytes: someBytes(14) },
]);
/** Where the records end. */
const ENDS = [24 + 76, 24 + 76 + 77, 24 + 76 + 77 + 30];

test('cut at every byte: each whole record first, then one error with the offset', () => {
  for (let size = 0; size < small.length; size++) {
    const { records, error } = readFile(temporaryFile(small.subarray(0, size)));
    const whole = ENDS.filter((end) => end <= size).length;
    expect(records.length).toBe(whole);
    if (size === 0) expect(error).toMatchObject({ code: 'CAPTURE_EMPTY', offset: 0 });
    else if (size < 24) {
      expect(error).toMatchObject({ code: 'CAPTURE_TRUNCATED_HEADER', offset: size });
    } else if (size === 24 || ENDS.includes(size)) expect(error).toBeUndefined();
    else {
      const offset = whole === 0 ? 24 : ENDS[whole - 1];
      expect(error).toMatchObject({ code: 'CAPTURE_TRUNCATED_RECORD', offset });
    }
  }
});

test('after an error the reader gives the same error again', () => {
  const reader = openCapture(temporaryFile(small.subarray(0, 110)));
  expect(reader.next()).toBe(true);
  for (let times = 0; times < 3; times++) {
    expect(() => reader.next()).toThrow(/: byte 100: the file ends 10 bytes into a record/);
  }
});

test('the offset is right beyond the first chunk', () => {
  const record = { seconds: 0, fraction: 0, bytes: someBytes(9984) }; // 10,000 with its header
  const file = pcapBytes(Array.from({ length: 300 }, () => record));
  const { records, error } = readFile(temporaryFile(file.subarray(0, 24 + 250 * 10_000 + 5000)));
  expect(records.length).toBe(250);
  expect(error).toMatchObject({ code: 'CAPTURE_TRUNCATED_RECORD', offset: 24 + 250 * 10_000 });
});

test('a record of 262,144 bytes is read, one of 262,145 is damage', () => {
  const longest = { seconds: 0, fraction: 0, bytes: someBytes(262_144) };
  const tooLong = { seconds: 0, fraction: 0, bytes: someBytes(262_145) };
  const { records, error } = readFile(temporaryFile(pcapBytes([longest, tooLong])));
  expect(records.length).toBe(1);
  expect(error).toMatchObject({
    code: 'CAPTURE_RECORD_TOO_LONG',
    offset: 24 + 16 + 262_144,
    message: expect.stringContaining('a record of 262145 bytes, more than 262144'),
  });
});

test.each([
  ['modified', [0x34, 0xcd, 0xb2, 0xa1], 'CAPTURE_UNSUPPORTED_FORMAT', 'modified pcap'],
  ['modified, big', [0xa1, 0xb2, 0xcd, 0x34], 'CAPTURE_UNSUPPORTED_FORMAT', 'modified pcap'],
  ['snoop', [0x73, 0x6e, 0x6f, 0x6f], 'CAPTURE_UNSUPPORTED_FORMAT', 'snoop'],
  ['text', [0x68, 0x65, 0x6c, 0x6c], 'CAPTURE_NOT_A_CAPTURE', 'not a capture'],
])('another format is refused by name: %s', (_name, magic, code, word) => {
  const bytes = new Uint8Array(100);
  bytes.set(magic);
  const { error } = readFile(temporaryFile(bytes));
  expect(error).toMatchObject({ code, offset: 0, message: expect.stringContaining(word) });
});

test('versions other than 2.4 are refused with their number', () => {
  for (const [major, minor] of [
    [1, 4],
    [2, 3],
    [2, 5],
    [3, 0],
  ] as const) {
    const { error } = readFile(temporaryFile(pcapBytes([], { major, minor })));
    expect(error).toMatchObject({ code: 'CAPTURE_UNSUPPORTED_VERSION', offset: 4 });
    expect(error!.message).toContain(`${major}.${minor}`);
  }
});

test('link types that are not read are refused with their number', () => {
  for (const linkType of [9, 104, 127, 65535]) {
    const { error } = readFile(temporaryFile(pcapBytes([], { linkType })));
    expect(error).toMatchObject({ code: 'CAPTURE_UNSUPPORTED_LINK_TYPE', offset: 20 });
    expect(error!.message).toContain(`link type ${linkType}`);
  }
});

test('a file that is missing, or no file, is one line', () => {
  const missing = path.join(os.tmpdir(), 'no-such-capture.pcap');
  expect(readFile(missing).error).toMatchObject({
    code: 'CAPTURE_MISSING',
    file: missing,
    message: `${missing}: byte 0: there is no such file`,
  });
  expect(readFile(os.tmpdir()).error).toMatchObject({ code: 'CAPTURE_UNREADABLE', offset: 0 });
});

test('flipped bytes never crash, hang or yield a frame beyond the file', () => {
  const flips = fc.array(fc.tuple(fc.nat(small.length - 1), fc.integer({ min: 1, max: 255 })), {
    minLength: 1,
    maxLength: 6,
  });
  const promise = fc.property(flips, fc.nat(small.length), (changes, size) => {
    const damaged = small.slice();
    for (const [at, bits] of changes) damaged[at]! ^= bits;
    const { records, error } = readFile(temporaryFile(damaged.subarray(0, size)));
    const captured = records.reduce((sum, record) => sum + 16 + record.bytes.length, 24);
    // A flipped link type has Ethernet headers made, of 14 bytes.
    expect(records.length === 0 || captured <= size + 14 * records.length).toBe(true);
    for (const { bytes, wireLength, nanoseconds } of records) {
      expect(bytes.length).toBeLessThanOrEqual(wireLength);
      expect(nanoseconds).toBeLessThan(1_000_000_000);
    }
    if (error !== undefined) {
      expect(error.offset).toBeLessThanOrEqual(size);
      expect(error.message).not.toContain('\n');
    }
  });
  fc.assert(promise, { seed: 20_240_601, numRuns: 1500 });
});
