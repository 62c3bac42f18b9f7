import { expect, test } from 'vitest';
import { openCapture } from '../../drivers/capture-reader.ts';
import { readAll, readFile, someBytes, temporaryFile } from './pcap-bytes.ts';
import { PcapngBytes } from './pcapng-bytes.ts';

const ETHERNET = 1;
const little = new PcapngBytes(true);
const big = new PcapngBytes(false);

function read(...blocks: Uint8Array[]) {
  return readFile(temporaryFile(Buffer.concat(blocks)));
}

/** The stamp of one packet at `units`, of an interface with these options. */
function stampOf(units: bigint, options: Parameters<PcapngBytes['face']>[2]) {
  const packet = little.packet(someBytes(60), { units });
  const { records, error } = read(little.section(), little.face(ETHERNET, 0, options), packet);
  expect(error).toBeUndefined();
  const { seconds, nanoseconds, hasTime } = records[0];
  return hasTime ? [seconds, nanoseconds] : null;
}

test.each([
  ['little endian', little],
  ['big endian', big],
])('enhanced, simple and obsolete packets are read: %s', (_name, bytes) => {
  const { records, error } = read(
    bytes.section(),
    bytes.face(ETHERNET, 50),
    bytes.face(ETHERNET),
    bytes.packet(someBytes(61, 1), { face: 1, units: 1_700_000_000_123_456n, wireLength: 1514 }),
    bytes.simple(someBytes(50, 2), 777),
    bytes.obsolete(someBytes(63, 3), 1, 5_000_007n),
  );
  expect(error).toBeUndefined();
  expect(records).toMatchObject([
    { bytes: someBytes(61, 1), wireLength: 1514, seconds: 1_700_000_000, nanoseconds: 123_456_000 },
    { bytes: someBytes(50, 2), wireLength: 777, hasTime: false },
    { bytes: someBytes(63, 3), wireLength: 63, seconds: 5, nanoseconds: 7000, hasTime: true },
  ]);
});

test('interfaces keep their index over sections of either byte order', () => {
  const name = (value: string) => [{ code: 2, value }];
  const source = openCapture(
    temporaryFile(
      Buffer.concat([
        little.section(),
        little.face(ETHERNET, 96, [
          { code: 3, value: 'the plant side' },
          { code: 6, value: [2, 0x53, 0x4c, 0, 0, 1] },
          ...name('eth0'),
        ]),
        little.face(ETHERNET, 0, name('eth1')),
        little.packet(someBytes(60), { face: 1 }),
        big.section(),
        big.face(ETHERNET, 0, name('lan\0')),
        big.packet(someBytes(60)),
        big.face(ETHERNET, 0, name('a\x1b[31mb')),
        big.packet(someBytes(60), { face: 1 }),
      ]),
    ),
  );
  const seen: number[] = [];
  while (source.next()) seen.push(source.interface);
  expect(seen).toEqual([1, 2, 3]);
  expect(source.interfaces).toMatchObject([
    { name: 'eth0', description: 'the plant side', mac: 0x02534c000001, snapLength: 96 },
    { name: 'eth1', description: null, mac: null, linkType: ETHERNET },
    { name: 'lan' },
    { name: 'a?[31mb' },
  ]);
  source.close();
});

test('stamps of every resolution are exact, cut to nanoseconds', () => {
  const ns = 1_700_000_000_123_456_789n;
  const resolution = (value: number) => [{ code: 9, value: [value] }];
  expect(stampOf(1_700_000_000n, resolution(0))).toEqual([1_700_000_000, 0]);
  expect(stampOf(17_000_000_001n, resolution(1))).toEqual([1_700_000_000, 100_000_000]);
  expect(stampOf(1_700_000_000_123_456n, [])).toEqual([1_700_000_000, 123_456_000]);
  expect(stampOf(ns, resolution(9))).toEqual([1_700_000_000, 123_456_789]);
  // Picoseconds of 1970 fit 64 bits until July.
  expect(stampOf(12_345_678_000_000_000_999n, resolution(12))).toEqual([12_345_678, 0]);
  expect(stampOf((7n << 32n) | 0x8000_0000n, resolution(0x80 + 32))).toEqual([7, 500_000_000]);
  expect(stampOf(2n ** 64n - 1n, resolution(0x80 + 127))).toEqual([0, 0]);
  expect(stampOf(2n ** 64n - 1n, resolution(127))).toEqual([0, 0]);
  expect(stampOf(2n ** 64n - 1n, resolution(0x80 + 64))).toEqual([0, 999_999_999]);
  expect(stampOf(2n ** 64n - 1n, resolution(9))).toBeNull();
  expect(stampOf(4_294_967_295_999_999_999n, resolution(9))).toEqual([0xffff_ffff, 999_999_999]);
});

test('an offset moves stamps, out of the range of a capture as well', () => {
  const offset = (value: bigint) => [{ code: 14, value: little.i64(value) }];
  expect(stampOf(5_000_001n, offset(1_700_000_000n))).toEqual([1_700_000_005, 1000]);
  expect(stampOf(9_000_001n, offset(-3n))).toEqual([6, 1000]);
  expect(stampOf(1_000_000n, offset(-2n))).toBeNull();
  expect(stampOf(1_000_000n, offset(2n ** 63n - 1n))).toBeNull();
  expect(stampOf(1_000_000n, offset(-(2n ** 63n)))).toBeNull();
});

test('an FCS is taken off: of the interface, or of the packet itself', () => {
  const flags = (fcs: number) => [{ code: 2, value: little.u32(fcs << 5) }];
  const source = openCapture(
    temporaryFile(
      Buffer.concat([
        little.section(),
        little.face(ETHERNET, 0, [{ code: 13, value: [4] }]),
        little.packet(someBytes(64)),
        little.packet(someBytes(64), { options: flags(2) }),
        little.packet(someBytes(64), { options: flags(0) }),
        little.packet(someBytes(62), { wireLength: 64 }),
      ]),
    ),
  );
  const sizes: number[][] = [];
  while (source.next()) {
    const { start, end, wireLength, rawStart, rawEnd, rawWireLength } = source;
    sizes.push([end - start, wireLength, rawEnd - rawStart, rawWireLength]);
  }
  expect(sizes).toEqual([
    [60, 60, 64, 64],
    [62, 62, 64, 64],
    [60, 60, 64, 64],
    [60, 60, 62, 64],
  ]);
  source.close();
});

test('blocks that are not known are passed over, however long', () => {
  const { records, error } = read(
    little.section([{ code: 4, value: 'somebody' }]),
    little.block(4, someBytes(40)), // names
    little.face(ETHERNET),
    little.block(10, someBytes(3_000_001)), // secrets
    little.packet(someBytes(60, 1), { options: [{ code: 1, value: 'a comment' }] }),
    little.block(5, someBytes(0)), // statistics
    little.block(0x8000_0bad, someBytes(17)),
    little.packet(someBytes(60, 2)),
  );
  expect(error).toBeUndefined();
  expect(records.map(({ bytes }) => bytes)).toEqual([someBytes(60, 1), someBytes(60, 2)]);
});

test('stamps are as fine as an interface before the first packet', () => {
  const nanosecond = little.face(ETHERNET, 0, [{ code: 9, value: [9] }]);
  const open = (...blocks: Uint8Array[]) => {
    const source = openCapture(temporaryFile(Buffer.concat(blocks)));
    readAll(source);
    return source.isNanosecond;
  };
  const packet = little.packet(someBytes(60));
  expect(open(little.section(), little.face(ETHERNET), packet)).toBe(false);
  expect(open(little.section(), little.face(ETHERNET), nanosecond, packet)).toBe(true);
});

test('records of a link type that is not read are left out, and the error comes at the end', () => {
  const before = Buffer.concat([little.section(), little.face(127), little.face(ETHERNET)]);
  const { records, error } = read(
    before,
    little.packet(someBytes(60, 1), { face: 1 }),
    little.packet(someBytes(60, 2), { face: 0 }),
    little.packet(someBytes(60, 3), { face: 1 }),
    little.packet(someBytes(60, 4), { face: 0 }),
  );
  expect(records.map(({ bytes }) => bytes)).toEqual([someBytes(60, 1), someBytes(60, 3)]);
  expect(error).toMatchObject({
    code: 'CAPTURE_UNSUPPORTED_LINK_TYPE',
    offset: before.length + 92,
    message: expect.stringMatching(/127 \(.*radiotap\) is not read: 2 records .* are left out/),
  });
  expect(read(before, little.packet(someBytes(60), { face: 1 })).error).toBeUndefined();
});
