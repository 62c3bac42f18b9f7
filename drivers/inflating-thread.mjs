/*
 * The thread of `inflating-stream.ts`: reads a compressed file, and leaves what it inflates in
 * shared memory. Plain JavaScript, so that it starts as it is wherever the sources run.
 */
import { readSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import * as zlib from 'node:zlib';

const { descriptor, format, head, layout, memory } = workerData;
const words = new Int32Array(memory, 0, layout.wordCount);
const slots = new Uint8Array(memory, layout.wordCount * 4);
const input = new Uint8Array(layout.readSize);

/** Bytes of the file that the engine was given. */
let consumed = 0;

/** Leaves the bytes in a slot, once one is free; of the last ones of all the size is negative. */
function put(bytes, isLast = false) {
  const { written, taken, sizes, slotCount, slotSize } = layout;
  const count = words[written];
  for (;;) {
    const done = Atomics.load(words, taken);
    // Both count modulo 2^32.
    if (((count - done) | 0) < slotCount) break;
    Atomics.wait(words, taken, done);
  }
  const slot = count & (slotCount - 1);
  slots.set(bytes, slot * slotSize);
  words[sizes + slot] = isLast ? -bytes.length : bytes.length;
  Atomics.store(words, written, (count + 1) | 0);
  Atomics.notify(words, written);
}

/** Tells the end, or at which byte of the file there is no more, and why. */
function finish(offset, why) {
  const bytes = new TextEncoder().encode(why);
  const message = new Uint8Array(8 + bytes.length);
  new DataView(message.buffer).setFloat64(0, offset);
  message.set(bytes, 8);
  put(message, true);
}

/** Reads on; a pipe that has nothing at the moment is asked again. */
function read() {
  for (;;) {
    try {
      return readSync(descriptor, input, 0, input.length, null);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
      Atomics.wait(words, layout.never, 0, layout.retryMs);
    }
  }
}

async function inflate() {
  const options = { chunkSize: layout.slotSize };
  const engine =
    format === 'gzip' ? zlib.createGunzip(options) : zlib.createZstdDecompress(options);
  let failure = null;
  const done = new Promise((resolve) => {
    engine.on('end', resolve);
    engine.on('error', (error) => {
      failure = error;
      resolve();
    });
  });
  engine.on('data', put);
  // What comes out is put down before more goes in: memory stays what it is.
  const give = async (bytes) => {
    await Promise.race([new Promise((resolve) => engine.write(bytes, resolve)), done]);
    consumed += bytes.length;
    words[layout.consumed] = Math.floor(consumed / layout.consumedUnit);
  };
  await give(head);
  while (failure === null) {
    const size = read();
    if (size === 0) break;
    await give(input.subarray(0, size));
  }
  if (failure === null) engine.end();
  await done;
  if (failure === null) finish(consumed, '');
  else finish(engine.bytesWritten, failure.code ?? failure.message);
}

words[layout.started] = 1;
await inflate().catch((error) => finish(consumed, error.code ?? String(error)));
