import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { expect, it } from 'vitest';
import { CaptureError } from '../../drivers/capture-error.ts';
import { LINK_TYPE_ETHERNET } from '../../drivers/link-type.ts';
import { OutputThread } from '../../drivers/output-thread.ts';
import { PcapngWriter } from '../../drivers/pcapng-writer.ts';
import type { KernelExports } from '../../firmware/board/kernel.ts';
import { buildBlockMaker, buildKernel } from '../../scripts/toolchain/build-firmware.ts';
import { shareMemory } from '../../scripts/toolchain/share-memory.ts';
import { someBytes, temporaryPath } from './pcap-bytes.ts';

const FRAME = someBytes(1514);
const FRAMES = 4000; // 6 MB: more than the thread may be behind
const face = { name: 'eth0', mac: 1, linkType: LINK_TYPE_ETHERNET };

function write(file: string, thread: OutputThread | null): void {
  const writer = new PcapngWriter(file, { nanosecond: true, interfaces: [face], thread });
  try {
    for (let i = 0; i < FRAMES; i++) writer.write(FRAME, 0, FRAME.length, i, i);
  } finally {
    writer.close();
  }
}

/** What writing there ends with. */
function errorOf(file: string, thread: OutputThread | null): unknown {
  try {
    write(file, thread);
  } catch (error) {
    return error;
  }
  return null;
}

it('a thread writes the same file', () => {
  const thread = new OutputThread();
  const [own, other] = [temporaryPath(), temporaryPath()];
  write(own, null);
  write(other, thread);
  expect(fs.readFileSync(other).equals(fs.readFileSync(own))).toBe(true);
  thread.close();
});

it('a thread hashes the same bytes, several hashes beside one another', () => {
  const thread = new OutputThread();
  const inputs = [someBytes(0), someBytes(1), someBytes(3_000_000, 2)];
  const hashes = inputs.map(() => thread.openHash());
  for (const [i, bytes] of inputs.entries()) {
    thread.update(hashes[i], bytes.subarray(0, 1000));
    thread.update(hashes[i], bytes.subarray(1000));
  }
  for (const [i, bytes] of inputs.entries()) {
    expect(thread.digest(hashes[i])).toBe(createHash('sha256').update(bytes).digest('hex'));
  }
  thread.close();
});

/** Memory that threads share: a kernel's; and room in it, once all that is wanted is taken. */
async function lend(thread: OutputThread, size: number, isNanosecond = false) {
  const code = new WebAssembly.Module(shareMemory(await buildKernel()));
  const kernel = new WebAssembly.Instance(code).exports as unknown as KernelExports;
  const [start, to] = [kernel.allocate(size), kernel.allocate(size)];
  const maker = new WebAssembly.Module(await buildBlockMaker());
  thread.lend(kernel.memory, { code: maker, to, isNanosecond });
  return new Uint8Array(kernel.memory.buffer, start, size);
}

it('bytes that are lent are written and hashed as they are until the thread has done so', async () => {
  const thread = new OutputThread();
  const memory = await lend(thread, 3_000_000);
  const hash = thread.openHash();
  const whole = createHash('sha256');
  const file = temporaryPath();
  const descriptor = fs.openSync(file, 'w');
  for (const fill of [1, 2, 3]) {
    memory.fill(fill);
    // Bytes of one's own in between keep their place.
    for (const bytes of [memory.subarray(5), someBytes(700_000, fill)]) {
      thread.update(hash, bytes);
      thread.write(descriptor, bytes);
      whole.update(bytes);
    }
    thread.waitFor(thread.given);
  }
  const digest = whole.digest('hex');
  expect(thread.digest(hash)).toBe(digest);
  expect(thread.settle(descriptor)).toEqual({ written: 11_099_985, why: null });
  fs.closeSync(descriptor);
  expect(createHash('sha256').update(fs.readFileSync(file)).digest('hex')).toBe(digest);
  thread.close();
});

it.each([true, false])(
  'packets made of lent records are those that are written (ns: %s)',
  async (nanosecond) => {
    const thread = new OutputThread();
    const memory = await lend(thread, 1 << 16, nanosecond);
    const [own, other] = [temporaryPath(), temporaryPath()];
    const options = { nanosecond, interfaces: [face] };
    const writers = [
      new PcapngWriter(own, options),
      new PcapngWriter(other, { ...options, thread }),
    ];
    const view = new DataView(memory.buffer, memory.byteOffset);
    let at = 0;
    for (let length = 42; length < 90; length++) {
      const [seconds, ns] = [2 ** 32 - length, 999_999_999 - length * 777];
      const frame = someBytes(length, length);
      writers[0].write(frame, 0, length, seconds, ns);
      const header = [seconds, ns, 3, length, length];
      for (const [word, value] of header.entries()) view.setUint32(at + 4 * word, value, true);
      memory.set(frame, at + 20);
      at += 20 + length;
    }
    writers[1].writeMade(memory.subarray(0, at));
    for (const writer of writers) writer.close();
    expect(fs.readFileSync(other).equals(fs.readFileSync(own))).toBe(true);
    thread.close();
  },
);

it('a disk that refuses is told as it is without a thread, once', ({ skip }) => {
  if (!fs.existsSync('/dev/full')) skip('this system has no /dev/full');
  const thread = new OutputThread();
  const own = errorOf('/dev/full', null);
  const other = errorOf('/dev/full', thread);
  expect(own).toBeInstanceOf(CaptureError);
  expect(other).toEqual(own);
  const file = temporaryPath();
  write(file, thread);
  expect(fs.statSync(file).size).toBeGreaterThan(FRAMES * FRAME.length);
  thread.close();
});
