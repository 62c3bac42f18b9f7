import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as net from 'node:net';
import { fileURLToPath } from 'node:url';
import * as zlib from 'node:zlib';
import { expect, test } from 'vitest';
import { openCapture } from '../../drivers/capture-reader.ts';
import { pcapBytes, readFile, someBytes, temporaryFile, temporaryPath } from './pcap-bytes.ts';
import { PcapngBytes } from './pcapng-bytes.ts';
import {
  hasSharedCaptures,
  NO_SHARED_CAPTURES,
  sharedCapture,
  sharedFacts,
} from './shared-captures.ts';

const RECORDS = Array.from({ length: 2000 }, (_, index) => ({
  seconds: index,
  fraction: 0,
  bytes: someBytes(60 + (index % 1455), index),
}));
const plain = pcapBytes(RECORDS);
const hasZstd = 'createZstdDecompress' in zlib;

test('a gzip file is read as what is in it: pcap, and pcapng', () => {
  const { records, error } = readFile(temporaryFile(zlib.gzipSync(plain)));
  expect(error).toBeUndefined();
  expect(records.length).toBe(RECORDS.length);
  for (const [index, { bytes }] of records.entries()) {
    expect(Buffer.compare(bytes, RECORDS[index].bytes)).toBe(0);
  }
  const ng = new PcapngBytes();
  const blocks = Buffer.concat([ng.section(), ng.face(1), ng.packet(someBytes(60))]);
  expect(readFile(temporaryFile(zlib.gzipSync(blocks))).records.length).toBe(1);
});

test('gzip members behind one another are one capture', () => {
  const cut = 1_000_001;
  const members = [plain.subarray(0, cut), plain.subarray(cut), new Uint8Array(0)];
  const file = temporaryFile(Buffer.concat(members.map((part) => zlib.gzipSync(part))));
  const { records, error } = readFile(file);
  expect(error).toBeUndefined();
  expect(records.length).toBe(RECORDS.length);
});

test('a cut or damaged gzip file delivers what is whole, then one error with its offset', () => {
  const whole = zlib.gzipSync(plain);
  const cut = readFile(temporaryFile(whole.subarray(0, whole.length / 2)));
  expect(cut.records.length).toBeGreaterThan(100);
  expect(cut.error).toMatchObject({ code: 'CAPTURE_BAD_COMPRESSION' });
  expect(cut.error!.offset).toBeLessThanOrEqual(whole.length / 2);
  const damaged = Buffer.from(whole);
  damaged.fill(0xff, whole.length / 2, whole.length / 2 + 16);
  const { records, error } = readFile(temporaryFile(damaged));
  expect(records.length).toBeGreaterThan(100);
  expect(error?.code).toMatch(/CAPTURE_BAD_COMPRESSION|CAPTURE_RECORD_TOO_LONG/);
  const header = readFile(temporaryFile(whole.subarray(0, 6)));
  expect(header).toMatchObject({ records: [], error: { code: 'CAPTURE_BAD_COMPRESSION' } });
});

test('damage within what is compressed has its own offset, and says so', () => {
  const cut = plain.subarray(0, 24 + 76 + 20);
  const { records, error } = readFile(temporaryFile(zlib.gzipSync(cut)));
  expect(records.length).toBe(1);
  expect(error).toMatchObject({
    code: 'CAPTURE_TRUNCATED_RECORD',
    offset: 24 + 76,
    message: expect.stringMatching(/once it is decompressed$/),
  });
  const twice = zlib.gzipSync(zlib.gzipSync(plain));
  expect(readFile(temporaryFile(twice)).error).toMatchObject({
    code: 'CAPTURE_UNSUPPORTED_FORMAT',
    message: expect.stringContaining('a gzip file within another'),
  });
});

test('a capture that is closed half way lets its file go', () => {
  const source = openCapture(temporaryFile(zlib.gzipSync(plain)));
  expect(source.next()).toBe(true);
  source.close();
  source.close();
  expect(source.next()).toBe(false);
});

test('a bomb is a long file: memory stays what it is', { timeout: 60_000 }, () => {
  // 100 MiB of one block that is passed over.
  const ng = new PcapngBytes();
  const size = 100 * 2 ** 20;
  const block = Buffer.alloc(size);
  block.writeUInt32LE(0x0bad, 0);
  block.writeUInt32LE(size, 4);
  block.writeUInt32LE(size, size - 4);
  const bomb = zlib.gzipSync(
    Buffer.concat([ng.section(), ng.face(1), block, ng.packet(someBytes(60))]),
    { level: 1 },
  );
  const before = process.memoryUsage();
  const source = openCapture(temporaryFile(bomb));
  expect(source.next()).toBe(true);
  const { arrayBuffers } = process.memoryUsage();
  expect(arrayBuffers - before.arrayBuffers).toBeLessThan(8 * 2 ** 20);
  expect(source.next()).toBe(false);
  source.close();
});

test('Zstandard is read where the runtime has it, and else refused by its name', ({ skip }) => {
  const path = temporaryPath();
  const made = spawnSync('zstd', ['-q', '-o', path], { input: plain });
  if (made.status !== 0) {
    if (hasZstd) skip('zstd is not installed');
    fs.writeFileSync(path, Buffer.from('28b52ffd0000', 'hex'));
  }
  const { records, error } = readFile(path);
  if (hasZstd) expect({ count: records.length, error }).toEqual({ count: 2000 });
  else {
    expect(error).toMatchObject({
      code: 'CAPTURE_UNSUPPORTED_FORMAT',
      message: expect.stringContaining('read by Node 22.15 and later'),
    });
  }
});

test('the shared gzip file has the frames that tshark found', ({ skip }) => {
  if (!hasSharedCaptures) skip(NO_SHARED_CAPTURES);
  const facts = sharedFacts().find(({ path }) => path.endsWith('.gz'));
  const { records, error } = readFile(sharedCapture(facts!));
  expect(error).toBeUndefined();
  expect(records.length).toBe(facts!.packets);
});

/**
 * How many frames a process of its own reads from its standard input, which gets the bytes bit by
 * bit: a socket, which unlike a shell's pipe does not block who reads from it.
 */
async function countOfInput(bytes: Uint8Array): Promise<string> {
  const server = net.createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const input = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
  const [stdin] = await once(server, 'connection');
  const reader = fileURLToPath(new URL('../../dist/drivers/capture-reader.js', import.meta.url));
  const code = `import { openCapture } from ${JSON.stringify(reader)};
    const source = openCapture('-');
    let count = 0;
    while (source.next()) count++;
    console.log(count);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: [stdin, 'pipe', 'pipe'],
  });
  let told = '';
  child.stdout!.on('data', (text) => (told += text));
  child.stderr!.on('data', (text) => (told += text));
  for (let at = 0; at < bytes.length; at += 500_000) {
    input.write(bytes.subarray(at, at + 500_000));
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  input.end();
  await once(child, 'close');
  stdin.destroy();
  server.close();
  return told.trim();
}

test.each([
  ['as it is', plain],
  ['gzip', zlib.gzipSync(plain)],
])('the standard input may be slow, and need not block: %s', async (_name, bytes) => {
  expect(await countOfInput(bytes)).toBe('2000');
});
