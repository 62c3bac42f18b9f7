import { expect, test } from 'vitest';
import { openCapture } from '../../drivers/capture-reader.ts';
import { readFile } from './pcap-bytes.ts';
import {
  expectedEnd,
  hasSharedCaptures,
  isReadable,
  NO_SHARED_CAPTURES,
  sharedCapture,
  sharedFacts,
} from './shared-captures.ts';

test('every Ethernet capture yields what tshark found in it', ({ skip }) => {
  if (!hasSharedCaptures) skip(NO_SHARED_CAPTURES);
  const readable = sharedFacts().filter(isReadable);
  expect(readable.length).toBeGreaterThan(70);
  for (const facts of readable) {
    const { records, error } = readFile(sharedCapture(facts));
    const sum = (size: (record: (typeof records)[0]) => number) =>
      records.reduce((total, record) => total + size(record), 0);
    const isCut = (record: (typeof records)[0]) => record.bytes.length < record.wireLength;
    expect(
      {
        packets: records.length,
        captured_bytes: sum((record) => record.bytes.length),
        wire_bytes: sum((record) => record.wireLength),
        truncated_packets: records.filter(isCut).length,
        isDamaged: error !== undefined,
      },
      facts.path,
    ).toEqual({
      packets: facts.packets,
      captured_bytes: facts.captured_bytes,
      wire_bytes: facts.wire_bytes,
      truncated_packets: facts.truncated_packets,
      isDamaged: facts.tshark.rc !== 0,
    });
  }
});

test('stamps have the precision that tshark found', ({ skip }) => {
  if (!hasSharedCaptures) skip(NO_SHARED_CAPTURES);
  for (const facts of sharedFacts().filter((one) => isReadable(one) && one.packets > 0)) {
    const reader = openCapture(sharedCapture(facts));
    expect(reader.isNanosecond, facts.path).toBe(facts.ts_precision !== 'us');
    reader.close();
  }
});

test('the first and last stamps are those that capinfos found', ({ skip }) => {
  if (!hasSharedCaptures) skip(NO_SHARED_CAPTURES);
  for (const facts of sharedFacts().filter(isReadable)) {
    const { first_time, last_time } = facts.capinfos;
    if (first_time === null || last_time === null) continue;
    const { records } = readFile(sharedCapture(facts));
    const times = records.map(({ seconds, nanoseconds }) => seconds + nanoseconds / 1e9);
    // capinfos prints microseconds; a sum of doubles near 2^31 seconds is good to 0.5 of one.
    const first = times.reduce((least, time) => Math.min(least, time), Infinity);
    const last = times.reduce((most, time) => Math.max(most, time), 0);
    expect(Math.abs(first - first_time), facts.path).toBeLessThan(2e-6);
    expect(Math.abs(last - last_time), facts.path).toBeLessThan(2e-6);
  }
});

test('every file has the records that tshark found, or the documented end', ({ skip }) => {
  if (!hasSharedCaptures) skip(NO_SHARED_CAPTURES);
  const ends = sharedFacts().map((facts) => {
    const { records, error } = readFile(sharedCapture(facts));
    return { path: facts.path, records: records.length, code: error?.code ?? null };
  });
  expect(ends).toEqual(sharedFacts().map((one) => ({ path: one.path, ...expectedEnd(one) })));
});
