import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ArpPacket, buildArp, describeArp, readArp } from '../../netstack/arp.ts';
import { startingWith, u16, u32, u48 } from './arbitraries.ts';
import { guardedBytes } from './guarded-bytes.ts';
import { hex } from './wire-vector.ts';

const request = hex(
  '0001', //         hardware: Ethernet
  '0800', //         protocol: IPv4
  '06', //           bytes of a hardware address
  '04', //           bytes of a protocol address
  '0001', //         operation: request
  '02000a020001', // sender MAC
  '0a020001', //     sender address 10.2.0.1
  '000000000000', // target MAC, unknown
  '0a020007', //     target address 10.2.0.7
);
const requestPacket: ArpPacket = {
  operation: 1,
  senderMac: 0x02000a020001,
  senderAddress: 0x0a020001,
  targetMac: 0,
  targetAddress: 0x0a020007,
};

const anyPacket: fc.Arbitrary<ArpPacket> = fc.record({
  operation: u16,
  senderMac: u48,
  senderAddress: u32,
  targetMac: u48,
  targetAddress: u32,
});

test('a request is read', () => {
  expect(readArp(request)).toEqual(requestPacket);
});

test('a request is written', () => {
  expect(buildArp(requestPacket)).toEqual(request);
});

test('a packet cut short is refused, padding after it is not', () => {
  for (let size = 0; size < 28; size++) {
    expect(readArp(request.subarray(0, size))).toBe('arp-too-short');
  }
  expect(readArp(Uint8Array.from([...request, ...new Uint8Array(18)]))).toEqual(requestPacket);
});

test.each([
  ['hardware', 1],
  ['protocol', 2],
  ['hardware size', 4],
  ['protocol size', 5],
])('another %s than IPv4 over Ethernet is refused', (_, offset) => {
  const other = request.slice();
  other[offset] ^= 0x10;
  expect(readArp(other)).toBe('arp-not-ethernet-ipv4');
});

test('packets survive writing and reading', () => {
  fc.assert(
    fc.property(anyPacket, (packet) => {
      expect(readArp(buildArp(packet))).toEqual(packet);
    }),
  );
});

test('no byte beyond the body is read', () => {
  fc.assert(
    fc.property(startingWith(request, 20), (data) => {
      readArp(guardedBytes(data));
    }),
  );
});

test('a line asks or answers as tcpdump does', () => {
  expect(describeArp(requestPacket)).toBe('arp who-has 10.2.0.7 tell 10.2.0.1');
  expect(describeArp({ ...requestPacket, operation: 2 })).toBe(
    'arp reply 10.2.0.1 is-at 02:00:0a:02:00:01',
  );
  expect(describeArp({ ...requestPacket, operation: 9 })).toBe(
    'arp operation 9 10.2.0.1 > 10.2.0.7',
  );
});
