import { expect, test } from 'vitest';
import { CaptureMerge } from '../../drivers/capture-merge.ts';
import { openCapture } from '../../drivers/capture-reader.ts';
import type { CaptureSource } from '../../drivers/capture-source.ts';
import { pcapBytes, someBytes, temporaryFile } from './pcap-bytes.ts';

/** A capture whose frames are single bytes, at these microseconds. */
function capture(times: readonly number[], options = {}): Uint8Array {
  const records = times.map((time) => ({
    seconds: Math.floor(time / 1e6),
    fraction: time % 1e6,
    bytes: someBytes(60, time),
  }));
  return pcapBytes(records, options);
}

function open(bytes: Uint8Array): CaptureSource {
  return openCapture(temporaryFile(bytes));
}

/** Each record as "source:microseconds", with its bytes checked to be those of that time. */
function order(merge: CaptureMerge): string[] {
  const seen: string[] = [];
  while (merge.next()) {
    const time = merge.seconds * 1e6 + merge.nanoseconds / 1000;
    seen.push(`${merge.source}:${merge.hasTime ? time : `(${time})`}`);
    if (!merge.hasTime) continue;
    const bytes = merge.data.slice(merge.start, merge.end);
    expect(Buffer.compare(bytes, someBytes(60, time))).toBe(0);
  }
  return seen;
}

test('records come by time; at equal times in the order of the files', () => {
  const merge = new CaptureMerge([
    open(capture([10, 20, 30, 2_000_000])),
    open(capture([5, 20, 20, 31])),
    open(capture([20])),
  ]);
  expect(order(merge)).toEqual([
    '1:5',
    '0:10',
    '0:20',
    '1:20',
    '1:20',
    '2:20',
    '0:30',
    '1:31',
    '0:2000000',
  ]);
  expect(merge.next()).toBe(false);
  expect(merge.errors).toEqual([]);
});

test('a record that goes back keeps its place in its own file', () => {
  const merge = new CaptureMerge([open(capture([10, 5, 6])), open(capture([8, 10, 11]))]);
  expect(order(merge)).toEqual(['1:8', '0:10', '0:5', '0:6', '1:10', '1:11']);
});

test('a record without a stamp takes the current time and comes next', () => {
  // The one stamp of a classic pcap that is none: beyond a u32 of seconds.
  const record = (seconds: number, fraction: number) => ({
    seconds,
    fraction,
    bytes: someBytes(60, seconds * 1e6 + fraction),
  });
  const unstamped = record(0xffff_ffff, 1_000_000);
  const merge = new CaptureMerge([
    open(capture([10, 30])),
    open(pcapBytes([unstamped, record(0, 20), unstamped, record(0, 40)])),
  ]);
  expect(order(merge)).toEqual(['1:(0)', '0:10', '1:20', '1:(20)', '0:30', '1:40']);
});

test('a damaged file delivers what is whole, leaves its error, and the others go on', () => {
  const cut = capture([10, 20, 30]).subarray(0, -1);
  const merge = new CaptureMerge([open(cut), open(capture([15, 25, 35])), open(capture([]))]);
  expect(order(merge)).toEqual(['0:10', '1:15', '0:20', '1:25', '1:35']);
  expect(merge.errors.map((error) => error.code)).toEqual(['CAPTURE_TRUNCATED_RECORD']);
  expect(merge.next()).toBe(false);
  expect(merge.errors.length).toBe(1);
});

test('a merge has nanoseconds if any of its files has', () => {
  const nanosecond = capture([], { magic: 0xa1b23c4d });
  expect(new CaptureMerge([open(capture([]))]).isNanosecond).toBe(false);
  expect(new CaptureMerge([open(capture([])), open(nanosecond)]).isNanosecond).toBe(true);
});

test('a closed merge has no more records; one of nothing has none', () => {
  const merge = new CaptureMerge([open(capture([10, 20]))]);
  expect(merge.next()).toBe(true);
  merge.close();
  merge.close();
  expect(merge.next()).toBe(false);
  expect(new CaptureMerge([]).next()).toBe(false);
});
