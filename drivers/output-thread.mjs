/*
 * The thread of `output-thread.ts`: writes files and hashes, one job after another, from memory
 * that both share, and from memory that it was lent. Plain JavaScript, so that it starts as it is
 * wherever the sources run.
 */
import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';

const { layout, memory } = workerData;
const words = new Int32Array(memory, 0, layout.wordCount);
const slots = new Uint8Array(memory, layout.wordCount * 4);
let lent = slots;
/** What makes other bytes of those that were lent, and where it puts them. */
let maker = null;
const hashes = new Map();
/** By descriptor: bytes that were written, and what stopped it. */
const files = new Map();

function fileOf(descriptor) {
  const known = files.get(descriptor) ?? { written: 0, why: null };
  files.set(descriptor, known);
  return known;
}

/** What was refused once is not offered again. */
function write(descriptor, bytes) {
  const file = fileOf(descriptor);
  if (file.why !== null) return;
  let done = 0;
  try {
    while (done < bytes.length) done += writeSync(descriptor, bytes, done, bytes.length - done);
  } catch (error) {
    file.why = error.code ?? String(error);
    Atomics.add(words, layout.failures, 1);
  }
  file.written += done;
}

function update(hash, bytes) {
  if (!hashes.has(hash)) hashes.set(hash, createHash('sha256'));
  hashes.get(hash).update(bytes);
}

/** Puts an answer where the question stood; its size. */
function answer(slot, bytes) {
  slots.set(bytes, slot * layout.slotSize);
  words[layout.sizes + slot] = bytes.length;
}

function digest(hash, slot) {
  update(hash, new Uint8Array(0));
  answer(slot, hashes.get(hash).digest());
  hashes.delete(hash);
}

/** Tells how a file has fared, and forgets it: its number may be another file's soon. */
function settle(descriptor, slot) {
  answer(slot, new TextEncoder().encode(JSON.stringify(fileOf(descriptor))));
  files.delete(descriptor);
}

/** Takes memory over, and the program that works there. */
function takeLent() {
  const { memory, code, to, isNanosecond } = receiveMessageOnPort(parentPort).message;
  const { make } = new WebAssembly.Instance(code, { env: { memory } }).exports;
  lent = new Uint8Array(memory.buffer);
  maker = { to, make: ({ byteOffset, length }) => make(byteOffset, length, to, isNanosecond) };
}

function writeMade(descriptor, bytes) {
  const { to, make } = maker;
  write(descriptor, lent.subarray(to, to + make(bytes)));
}

/** The bytes that a job is about. */
function bytesOf(slot) {
  const place = words[layout.places + slot];
  const size = words[layout.sizes + slot];
  if (place === layout.here) return slots.subarray(slot * layout.slotSize).subarray(0, size);
  return lent.subarray(place >>> 0, (place >>> 0) + size);
}

words[layout.started] = 1;
for (let count = 0; ; count = (count + 1) | 0) {
  while (Atomics.load(words, layout.written) === count) Atomics.wait(words, layout.written, count);
  const slot = count & (layout.slotCount - 1);
  const target = words[layout.targets + slot];
  const bytes = bytesOf(slot);
  const job = words[layout.jobs + slot];
  if (job === layout.write) write(target, bytes);
  else if (job === layout.update) update(target, bytes);
  else if (job === layout.digest) digest(target, slot);
  else if (job === layout.settle) settle(target, slot);
  else if (job === layout.lend) takeLent();
  else if (job === layout.make) writeMade(target, bytes);
  Atomics.store(words, layout.done, (count + 1) | 0);
  Atomics.notify(words, layout.done);
  if (job === layout.end) break;
}
