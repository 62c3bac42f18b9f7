import { expect, test } from 'vitest';
import {
  FRAME_OVERSIZE,
  FRAME_SIZE_MAX,
  FRAME_TRUNCATED,
  FRAME_UNCOUNTED,
  RING_CAPACITY,
} from '../../drivers/nic-ring.ts';
import { KernelSide } from './kernel-side.ts';
import { someBytes } from './pcap-bytes.ts';

const ZERO = {
  rxFrames: 0,
  rxBytes: 0,
  rxNoBuffer: 0,
  rxLinkDown: 0,
  txFrames: 0,
  txBytes: 0,
  txLinkDown: 0,
};

test('a received frame stands in its slot, described, in the order of arrival', () => {
  const kernel = new KernelSide();
  const chunk = someBytes(3000);
  const isTaken = kernel.nic.receive(chunk, 7, 67, 60, 0, 0xffff_ffff, 999_999_999);
  expect(isTaken).toBe(true);
  expect(kernel.take()).toEqual({
    port: 5,
    bytes: chunk.slice(7, 67),
    length: 60,
    flags: 0,
    seconds: 0xffff_ffff,
    nanoseconds: 999_999_999,
  });
  expect(kernel.take()).toBeNull();
  expect(kernel.nic.counters).toEqual({ ...ZERO, rxFrames: 1, rxBytes: 60 });
});

test('frames of every length up to the largest arrive byte for byte', () => {
  const kernel = new KernelSide();
  for (let length = 0; length <= FRAME_SIZE_MAX; length++) {
    const frame = someBytes(length, length);
    expect(kernel.nic.send(frame)).toBe(true);
    expect(Buffer.compare(kernel.take()!.bytes, frame)).toBe(0);
  }
});

test('the rings go on past 2^32 frames, in both directions', () => {
  const kernel = new KernelSide({}, 0xffff_ffff - 100);
  for (let round = 0; round < 3 * RING_CAPACITY; round++) {
    const frame = someBytes(60, round);
    expect(kernel.nic.send(frame, round, 0)).toBe(true);
    const taken = kernel.take()!;
    expect(taken.seconds).toBe(round);
    expect(Buffer.compare(taken.bytes, frame)).toBe(0);
    kernel.transmit(frame);
    expect(kernel.nic.transmitPending()).toBe(1);
    expect(Buffer.compare(kernel.nic.recv()!, frame)).toBe(0);
    expect(kernel.nic.recv()).toBeNull();
  }
});

test('a full ring refuses and counts, and takes again once there is room', () => {
  const kernel = new KernelSide({}, 0xffff_fff0);
  for (let index = 0; index < RING_CAPACITY; index++) {
    expect(kernel.nic.send(someBytes(60, index))).toBe(true);
  }
  expect(kernel.nic.send(someBytes(60))).toBe(false);
  const full = { ...ZERO, rxFrames: RING_CAPACITY, rxBytes: 60 * RING_CAPACITY, rxNoBuffer: 1 };
  expect(kernel.nic.counters).toEqual(full);
  expect(Buffer.compare(kernel.take()!.bytes, someBytes(60, 0))).toBe(0);
  expect(kernel.nic.send(someBytes(61))).toBe(true);
  expect(kernel.nic.send(someBytes(61))).toBe(false);
});

test('a descriptor without a slot refuses and counts until one is posted', () => {
  const kernel = new KernelSide();
  kernel.post(0, 0);
  expect(kernel.nic.send(someBytes(60))).toBe(false);
  expect(kernel.take()).toBeNull();
  expect(kernel.nic.counters).toEqual({ ...ZERO, rxNoBuffer: 1 });
  kernel.post(0);
  expect(kernel.nic.send(someBytes(60))).toBe(true);
});

test('an order of arrival that is full refuses and counts', () => {
  const kernel = new KernelSide();
  kernel.fillArrivals();
  expect(kernel.nic.send(someBytes(60))).toBe(false);
  expect(kernel.nic.counters).toEqual({ ...ZERO, rxNoBuffer: 1 });
});

test('a longer frame than the largest is announced without its bytes', () => {
  const kernel = new KernelSide();
  kernel.nic.send(someBytes(FRAME_SIZE_MAX).fill(0x11));
  const slotBefore = kernel.take()!.bytes;
  for (let index = 1; index < RING_CAPACITY; index++) {
    kernel.nic.send(someBytes(60));
    kernel.take();
  }
  expect(kernel.nic.send(someBytes(FRAME_SIZE_MAX + 1))).toBe(true);
  const taken = kernel.take()!;
  expect(taken.length).toBe(FRAME_SIZE_MAX + 1);
  expect(taken.flags).toBe(FRAME_OVERSIZE);
  expect(Buffer.compare(taken.bytes.subarray(0, FRAME_SIZE_MAX), slotBefore)).toBe(0);
});

test('the length of an oversize frame stops at 65,535', () => {
  const kernel = new KernelSide();
  for (const length of [65_535, 65_536, 262_144]) {
    kernel.nic.send(new Uint8Array(length));
    expect(kernel.take()).toMatchObject({ length: 65_535, flags: FRAME_OVERSIZE });
  }
  expect(kernel.nic.counters.rxBytes).toBe(65_535 + 65_536 + 262_144);
});

test('a frame that the capture cut is flagged, an oversize one too', () => {
  const kernel = new KernelSide();
  kernel.nic.receive(someBytes(100), 0, 96, 1514, 0, 0, 0);
  expect(kernel.take()).toMatchObject({ length: 96, flags: FRAME_TRUNCATED });
  kernel.nic.receive(someBytes(100), 0, 96, 9000, 0, 0, 0);
  expect(kernel.take()).toMatchObject({ length: 96, flags: FRAME_TRUNCATED });
  kernel.nic.receive(someBytes(3000), 0, 3000, 9000, 0, 0, 0);
  expect(kernel.take()).toMatchObject({ flags: FRAME_TRUNCATED | FRAME_OVERSIZE });
});

test('uncounted frames arrive by the priority ring and count nowhere', () => {
  const kernel = new KernelSide({}, 0, true);
  expect(kernel.nic.receive(someBytes(60), 0, 60, 60, FRAME_UNCOUNTED, 1, 2)).toBe(true);
  expect(kernel.take()).toMatchObject({ flags: FRAME_UNCOUNTED, seconds: 1, nanoseconds: 2 });
  kernel.nic.send(someBytes(60));
  expect(kernel.take()).toBeNull();
  kernel.post(1, 0);
  expect(kernel.nic.receive(someBytes(60), 0, 60, 60, FRAME_UNCOUNTED, 1, 2)).toBe(false);
  kernel.nic.setLink(false);
  expect(kernel.nic.receive(someBytes(60), 0, 60, 60, FRAME_UNCOUNTED, 1, 2)).toBe(false);
  expect(kernel.nic.counters).toEqual({ ...ZERO, rxFrames: 1, rxBytes: 60 });
});

test('without a priority ring uncounted frames arrive among the others', () => {
  const kernel = new KernelSide();
  kernel.nic.receive(someBytes(60), 0, 60, 60, FRAME_UNCOUNTED, 0, 0);
  expect(kernel.take()!.flags).toBe(FRAME_UNCOUNTED);
  expect(kernel.nic.counters).toEqual(ZERO);
});

test('drain hands over every queued frame with its stamp and flags, oldest first', () => {
  const kernel = new KernelSide();
  const frames = [someBytes(60, 1), someBytes(1514, 2), someBytes(42, 3)];
  kernel.transmit(frames[0]!, 1, 2);
  kernel.transmit(frames[1]!, 0xffff_ffff, 999_999_999);
  kernel.transmit(frames[2]!, 3, 4, FRAME_UNCOUNTED);
  expect(kernel.nic.transmitPending()).toBe(3);
  const seen: unknown[] = [];
  kernel.nic.drain((address, length, seconds, nanoseconds, flags) => {
    const bytes = kernel.nic.bytes.slice(address, address + length);
    seen.push({ bytes, seconds, nanoseconds, flags, pending: kernel.nic.transmitPending() });
  });
  expect(seen).toEqual([
    { bytes: frames[0], seconds: 1, nanoseconds: 2, flags: 0, pending: 3 },
    { bytes: frames[1], seconds: 0xffff_ffff, nanoseconds: 999_999_999, flags: 0, pending: 2 },
    { bytes: frames[2], seconds: 3, nanoseconds: 4, flags: FRAME_UNCOUNTED, pending: 1 },
  ]);
  expect(kernel.nic.transmitPending()).toBe(0);
  expect(kernel.nic.counters).toEqual({ ...ZERO, txFrames: 2, txBytes: 1574 });
});

test('while the link is down nothing passes, and both directions count it', () => {
  const kernel = new KernelSide();
  kernel.nic.setLink(false);
  expect(kernel.nic.isUp).toBe(false);
  expect(kernel.nic.send(someBytes(60))).toBe(false);
  kernel.transmit(someBytes(60));
  kernel.transmit(someBytes(61));
  expect(kernel.nic.recv()).toBeNull();
  expect(kernel.nic.transmitPending()).toBe(0);
  expect(kernel.take()).toBeNull();
  expect(kernel.nic.counters).toEqual({ ...ZERO, rxLinkDown: 1, txLinkDown: 2 });
  kernel.nic.setLink(true);
  expect(kernel.nic.send(someBytes(60))).toBe(true);
});

test('listeners hear each change of the link once, until they leave', () => {
  const { nic } = new KernelSide();
  const heard: boolean[] = [];
  const leave = nic.on('link', (isUp) => heard.push(isUp));
  nic.setLink(true);
  nic.setLink(false);
  nic.setLink(false);
  nic.setLink(true);
  leave();
  nic.setLink(false);
  expect(heard).toEqual([false, true]);
});

test('a ring outside the memory is a mistake of ours', () => {
  expect(() => new KernelSide({ tx: 2 })).toThrow(/ring/);
  expect(() => new KernelSide({ rx: 1 << 30 })).toThrow(/ring/);
});
