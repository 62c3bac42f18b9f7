import { expect, test } from 'vitest';
import { readFile, someBytes, temporaryFile } from './pcap-bytes.ts';
import { PcapngBytes } from './pcapng-bytes.ts';

const ng = new PcapngBytes(false);
const section = ng.section();
const face = ng.face(1);
const head = Buffer.concat([section, face]);
const packet = ng.packet(someBytes(60));

function read(...blocks: Uint8Array[]) {
  return readFile(temporaryFile(Buffer.concat(blocks)));
}

test('cut at every byte: each whole packet first, then one error with the block it is in', () => {
  const name = ng.block(4, someBytes(20));
  const blocks = [section, face, packet, name, ng.simple(someBytes(60)), ng.packet(someBytes(61))];
  const whole = Buffer.concat(blocks);
  const starts = blocks.map((_, index) => Buffer.concat(blocks.slice(0, index)).length);
  const packetEnds = [2, 4, 5].map((index) => starts[index] + blocks[index].length);
  for (let size = 4; size < whole.length; size++) {
    const { records, error } = readFile(temporaryFile(whole.subarray(0, size)));
    expect(records.length, `${size}`).toBe(packetEnds.filter((end) => end <= size).length);
    if (starts.includes(size)) expect(error, `${size}`).toBeUndefined();
    else {
      const offset = starts.findLast((start) => start < size);
      expect(error, `${size}`).toMatchObject({ code: 'CAPTURE_TRUNCATED_RECORD', offset });
    }
  }
});

test.each([
  ['size 8', ng.block(6, someBytes(48), { first: 8, last: 8 }), 'no block has that size'],
  ['size 61', ng.block(6, someBytes(49), { first: 61, last: 61 }), 'no block has that size'],
  ['two sizes', ng.block(6, someBytes(48), { last: 64 }), 'a block of 60 bytes that says 64'],
  ['two sizes, unknown', ng.block(9, someBytes(48), { last: 64 }), 'that says 64 at its end'],
  ['short packet', ng.block(6, someBytes(16)), 'too short for a packet'],
  ['short simple packet', ng.block(3, someBytes(0)), 'too short for a packet'],
  ['short interface', ng.block(1, someBytes(4)), 'too short for an interface'],
  ['simple overrun', ng.simple(someBytes(60), 100), 'a packet of 100 bytes in a block of 76'],
  ['interface 7', ng.packet(someBytes(60), { face: 7 }), 'interface 7, which is not described'],
])('a damaged block is one line: %s', (_name, block, what) => {
  const { records, error } = read(head, packet, block, packet);
  expect(records.length).toBe(1);
  expect(error).toMatchObject({
    code: 'CAPTURE_BAD_BLOCK',
    offset: head.length + packet.length,
    message: expect.stringContaining(what),
  });
});

test('options that run over their block are damage, of interfaces and packets', () => {
  const option = { code: 0x7f00, value: someBytes(8) };
  const damagedFace = ng.face(1, 0, [option]);
  damagedFace[19] = 0xff; // the option's length
  expect(read(section, damagedFace, packet).error).toMatchObject({ code: 'CAPTURE_BAD_BLOCK' });
  const damaged = ng.packet(someBytes(60), { options: [option] });
  damaged[91] = 0xff;
  const { records, error } = read(head, packet, damaged);
  expect(records.length).toBe(1);
  expect(error).toMatchObject({ code: 'CAPTURE_BAD_BLOCK', offset: head.length + packet.length });
});

test('a captured length beyond its block is damage, one beyond all sense as well', () => {
  for (const [length, code] of [
    [65, 'CAPTURE_BAD_BLOCK'],
    [0xffff_ffff, 'CAPTURE_RECORD_TOO_LONG'],
  ] as const) {
    const damaged = Buffer.from(packet);
    damaged.writeUInt32BE(length, 20);
    const { records, error } = read(head, packet, damaged);
    expect(records.length).toBe(1);
    expect(error).toMatchObject({ code, offset: head.length + packet.length });
  }
});

test('a later section of another major version ends the reading, by its number', () => {
  const { records, error } = read(head, packet, ng.section([], [2, 0]), face, packet);
  expect(records.length).toBe(1);
  expect(error).toMatchObject({
    code: 'CAPTURE_UNSUPPORTED_VERSION',
    message: expect.stringContaining('pcapng version 2.0'),
  });
  expect(read(ng.section([], [1, 2]), face, packet).records.length).toBe(1);
});

test('a packet without a section’s own interfaces is not one of those before', () => {
  const { records, error } = read(head, packet, section, packet);
  expect(records.length).toBe(1);
  expect(error).toMatchObject({ code: 'CAPTURE_BAD_BLOCK' });
});

test('interfaces end at 65,536', () => {
  const faces = Buffer.concat(Array.from({ length: 65_536 }, () => face));
  expect(read(section, faces).error).toBeUndefined();
  expect(read(section, faces, face).error).toMatchObject({
    code: 'CAPTURE_TOO_MANY_INTERFACES',
    offset: section.length + faces.length,
  });
});
