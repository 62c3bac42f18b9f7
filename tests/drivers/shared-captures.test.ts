import { expect, test } from 'vitest';
import { openCapture } from '../../drivers/capture-reader.ts';
import { readFile } from './pcap-bytes.ts';
import {
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

test('every other file is refused with the reason that the facts give', ({ skip }) => {
  if (!hasSharedCaptures) skip(NO_SHARED_CAPTURES);
  const others = sharedFacts().filter((facts) => !isReadable(facts) && facts.format !== 'pcapng');
  expect(others.length).toBeGreaterThan(10);
  for (const facts of others) {
    const { records, error } = readFile(sharedCapture(facts));
    expect(records, facts.path).toEqual([]);
    const isUnknown = facts.category === 'malformed' && facts.format === 'unknown';
    let code = 'CAPTURE_UNSUPPORTED_FORMAT';
    if (facts.format === 'pcap') {
      const isVersion = facts.version === '2.4';
      code = isVersion ? 'CAPTURE_UNSUPPORTED_LINK_TYPE' : 'CAPTURE_UNSUPPORTED_VERSION';
    } else if (isUnknown) code = 'CAPTURE_NOT_A_CAPTURE';
    expect(error?.code, facts.path).toBe(code);
  }
});
