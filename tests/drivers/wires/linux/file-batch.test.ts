import { createRequire } from 'node:module';
import { afterAll, describe, expect, it } from 'vitest';
import {
  CallByCall,
  FILE_BATCH_CAPACITY,
  type FileBatch,
} from '../../../../drivers/wires/linux/file-batch.ts';
import { openUring, Uring } from '../../../../drivers/wires/linux/io-uring.ts';
import { libcIfThere } from '../../../../drivers/wires/linux/libc.ts';

const AF_UNIX = 1;
const SOCK_DGRAM_NONBLOCK = 0o4002;

const opened: number[] = [];
const libc = libcIfThere();
afterAll(() => {
  for (const fd of opened.splice(0)) libc?.close(fd);
});

/** Two ends of which each call moves one datagram, as it does one frame of a TAP device. */
function ends(): [number, number] {
  const koffi = createRequire(import.meta.url)('koffi');
  const pair = new Int32Array(2);
  koffi.load('libc.so.6').func('int socketpair(int, int, int, void *)')(
    AF_UNIX,
    SOCK_DGRAM_NONBLOCK,
    0,
    pair,
  );
  opened.push(...pair);
  return [pair[0], pair[1]];
}

function uring(): Uring | null {
  const [file] = libc === null ? [0] : ends();
  const ring = libc && openUring(libc, file);
  if (ring !== null) opened.push(ring.fd);
  return ring && Uring.of(libc!, ring);
}

const kinds: [string, FileBatch | null, string][] = [
  ['call by call', libc && new CallByCall(libc), 'no koffi, or not on Linux'],
  ['by io_uring', uring(), 'Linux has no io_uring here, or does not allow it'],
];

for (const [how, batch, why] of kinds) {
  const isHere = batch !== null;
  describe.skipIf(!isHere)(
    `many reads and writes of files ${how}${isHere ? '' : ` (${why})`}`,
    () => check(batch as FileBatch),
  );
}

function check(batch: FileBatch): void {
  /** Writes these bytes, a datagram each; what became of each. */
  const write = (fd: number, frames: readonly Uint8Array[]) => {
    for (const frame of frames) batch.write(fd, libc!.addressOf(frame), frame.length);
    batch.run();
    return [...batch.results.subarray(0, frames.length)];
  };
  /** Asks for `count` datagrams; those that there were. */
  const read = (fd: number, count: number, size = 64) => {
    const slots = new Uint8Array(count * size);
    const address = libc!.addressOf(slots);
    for (let i = 0; i < count; i++) batch.read(fd, address + i * size, size);
    batch.run();
    return [...batch.results.subarray(0, count)].flatMap((length, i) =>
      length < 0 ? [] : [[...slots.subarray(i * size, i * size + length)]],
    );
  };

  it('move each frame whole, in order, and say that there are no more', () => {
    const [near, far] = ends();
    const frames = [1, 2, 3].map((value) => new Uint8Array(value).fill(value));
    expect(write(near, frames)).toEqual([1, 2, 3]);
    expect(read(far, 5)).toEqual([[1], [2, 2], [3, 3, 3]]);
    expect(read(far, 5)).toEqual([]);
  });

  it('do what is full, and more than once round', () => {
    const [near, far] = ends();
    for (let turn = 0; turn < 100; turn++) {
      const frames = Array.from({ length: 7 }, (_each, i) => Uint8Array.of(turn, i));
      expect(write(near, frames)).toEqual(frames.map(() => 2));
      expect(read(far, 8)).toEqual(frames.map((frame) => [...frame]));
    }
    for (let i = 0; i < FILE_BATCH_CAPACITY; i++) batch.read(far, 0, 0);
    batch.run();
    expect(new Set(batch.results)).toEqual(new Set([0]));
  });

  it('lose what finds no room, and do not wait for it', () => {
    const [near, far] = ends();
    const frames = Array.from({ length: FILE_BATCH_CAPACITY }, () => new Uint8Array(4000));
    const became = write(near, frames);
    const sent = became.filter((size) => size === 4000).length;
    expect(became.filter((size) => size < 0)).toHaveLength(FILE_BATCH_CAPACITY - sent);
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThan(FILE_BATCH_CAPACITY);
    expect(read(far, FILE_BATCH_CAPACITY)).toHaveLength(sent);
  });

  it('are refused for a file that is not open', () => {
    expect(write(-1, [new Uint8Array(1)])[0]).toBeLessThan(0);
  });
}

describe('a ring whose thread was ended in the middle', () => {
  it('forgets what that had asked for', (context) => {
    const [near, far] = libc === null ? [0, 0] : ends();
    const file = libc && openUring(libc, near);
    if (file === null) return context.skip('Linux has no io_uring here, or does not allow it');
    opened.push(file.fd);
    const before = Uring.of(libc!, file)!;
    const frame = Uint8Array.of(1);
    before.write(near, libc!.addressOf(frame), 1);
    // As `run` does before it calls Linux.
    const { ring, submissionTail } = before as unknown as {
      ring: Uint32Array;
      submissionTail: number;
    };
    ring[submissionTail]++;
    const after = Uring.of(libc!, file)!;
    const [one, two] = [Uint8Array.of(2), new Uint8Array(8)];
    after.write(near, libc!.addressOf(one), 1);
    after.run();
    after.read(far, libc!.addressOf(two), 8);
    after.run();
    expect([after.results[0], two[0]]).toEqual([1, 2]);
  });
});
