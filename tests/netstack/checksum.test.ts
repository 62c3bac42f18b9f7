import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checksum,
  onesComplementSum,
  pseudoHeaderSum,
  pseudoHeaderSum6,
  updateChecksum,
  updateChecksum32,
} from '../../netstack/checksum.ts';
import { crc32c } from '../../netstack/crc32c.ts';
import { readEthernet } from '../../netstack/ethernet.ts';
import { readIpv4 } from '../../netstack/ipv4.ts';
import { bytes, u16, u32 } from './arbitraries.ts';
import { readCapture } from './capture-frames.ts';
import { hex } from './wire-vector.ts';

test('RFC 1071 §3: the sum of the example is ddf2', () => {
  expect(onesComplementSum(hex('0001 f203 f4f5 f6f7'))).toBe(0xddf2);
});

test('RFC 1071 §3: an odd group is padded with a zero byte', () => {
  expect(onesComplementSum(hex('0001 f2'))).toBe(0xf201);
  expect(onesComplementSum(hex('03f4 f5f6 f7'))).toBe(0xf0eb);
});

test('RFC 1624 §4: equation 3 gives 0000 where equation 2 gave ffff', () => {
  expect(updateChecksum(0xdd2f, 0x5555, 0x3285)).toBe(0x0000);
});

test('bytes verify with their own checksum in them', () => {
  fc.assert(
    fc.property(bytes(200), (data) => {
      const even = data.length & 1 ? data.slice(1) : data;
      const sum = checksum(even);
      expect(checksum(Uint8Array.from([...even, sum >>> 8, sum & 0xff]))).toBe(0);
    }),
  );
});

test('an update is what recomputing gives', () => {
  const header = fc.array(u16, { minLength: 2, maxLength: 10 });
  fc.assert(
    fc.property(header, u16, (fields, after) => {
      const sumOf = (values: number[]) =>
        checksum(Uint8Array.from(values.flatMap((value) => [value >>> 8, value & 0xff])));
      const [before, ...rest] = fields;
      // All other words zero is the one case in which ones' complement has two zeros.
      fc.pre(rest.some((value) => value !== 0 && value !== 0xffff));
      expect(updateChecksum(sumOf(fields), before, after)).toBe(sumOf([after, ...rest]));
    }),
  );
});

test('a 32-bit update is two 16-bit updates', () => {
  fc.assert(
    fc.property(u16, u32, u32, (old, before, after) => {
      const high = updateChecksum(old, before >>> 16, after >>> 16);
      const both = updateChecksum(high, before & 0xffff, after & 0xffff);
      expect(updateChecksum32(old, before, after)).toBe(both);
    }),
  );
});

test('the pseudo-header sums are the sums of the pseudo-headers', () => {
  const header = hex('0a010014', '0a020007', '00', '06', '0014'); // source, destination, 0, TCP, 20
  expect(pseudoHeaderSum(0x0a010014, 0x0a020007, 6, 20)).toBe(onesComplementSum(header));
  const source = '20010db8000000000000000000000001';
  const destination = '20010db8000000000000000000000002';
  const header6 = hex(source, destination, '00012345', '000000', '3a'); // ..., size, 0, ICMPv6
  const sum = pseudoHeaderSum6(BigInt(`0x${source}`), BigInt(`0x${destination}`), 58, 0x12345);
  expect(sum).toBe(onesComplementSum(header6));
});

test('CRC-32C of the check string and of RFC 7143 §A.4', () => {
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
});

const folder = new URL('../../../shared/data/forwarding/checksum/', import.meta.url);
const isThere = existsSync(folder);

describe.skipIf(!isThere)(`Router-Lab's headers${isThere ? '' : ' (no shared data here)'}`, () => {
  test.each([1, 2])('verify as its answers say, file %i', (number) => {
    const frames = readCapture(new URL(`checksum_input${number}.pcap`, folder));
    const answers = readFileSync(new URL(`checksum_output${number}.out`, folder), 'utf8');
    const ours = frames.map(({ frame }) => {
      const ethernet = readEthernet(frame);
      if (typeof ethernet === 'string') return ethernet;
      const packet = readIpv4(ethernet.payload);
      if (packet === 'ipv4-checksum') return 'No';
      return typeof packet === 'string' ? packet : 'Yes';
    });
    expect(ours).toEqual(answers.trim().split(/\s+/));
  });
});
