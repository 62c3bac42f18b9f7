import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildPacket } from '../../netstack/build-packet.ts';
import { readColumns } from '../../netstack/columns.ts';
import { describeFrame } from '../../netstack/describe.ts';
import { parsePacketText } from '../../netstack/packet-text.ts';
import { repairChecksums } from '../../netstack/repair-checksums.ts';
import { hex } from './wire-vector.ts';

function built(text: string): Uint8Array {
  return buildPacket(parsePacketText(text));
}

test('a TCP text becomes a SYN with good checksums', () => {
  expect(built('tcp 10.1.0.20:4000 > 10.2.0.7:502')).toEqual(
    hex(
      '02000a020007 02000a010014 0800', // the MACs spell the addresses
      '45 00 0028 0000 0000 40 06', //     40 bytes, whole, TTL 64, TCP
      '66b3', //                           header checksum
      '0a010014 0a020007',
      '0fa0 01f6 00000000 00000000', //    ports, sequence and acknowledgement
      '50 02 faf0', //                     20 bytes, SYN, window 64240
      '8f3e 0000', //                      checksum, urgent pointer
    ),
  );
});

test.each([
  ['tcp 10.1.0.20:4000 > 10.2.0.7:502 flags ack', { 'tcp.flags': 0x10, 'l4.dport': 502 }],
  ['udp 10.1.0.20:53 > 10.2.0.7:5353 ttl 2', { 'l4.sport': 53, 'ipv4.ttl': 2 }],
  ['icmp 10.1.0.20 > 10.2.0.7 3/4', { 'icmp.type': 3, 'icmp.code': 4 }],
  ['ip proto 47 10.1.0.20 > 10.2.0.7', { 'ipv4.proto': 47, 'ipv4.dst': 0x0a020007 }],
])('%s is a frame with those columns', (text, columns) => {
  const read = readColumns(built(text));
  expect(read.reason).toBeNull();
  expect(read.columns).toMatchObject(columns);
});

test('an ARP text becomes a broadcast request', () => {
  const frame = built('arp who-has 10.2.0.7 tell 10.1.0.20 size 60');
  expect(frame.length).toBe(60);
  expect(readColumns(frame)).toMatchObject({
    arp: { src: 0x0a010014, dst: 0x0a020007 },
    columns: { 'eth.dst': 0xffffffffffff, 'eth.src': 0x02000a010014 },
  });
});

test('an echo has an identifier', () => {
  expect(readColumns(built('icmp 10.1.0.20 > 10.2.0.7')).icmpId).toBe(1);
});

test('the MACs can be given', () => {
  const spec = parsePacketText('udp 10.1.0.20:53 > 10.2.0.7:5353');
  const { columns } = readColumns(buildPacket(spec, { source: 1, destination: 2 }));
  expect(columns).toMatchObject({ 'eth.src': 1, 'eth.dst': 2 });
});

test('a frame is as long as its size, and its checksums need no repair', () => {
  const kinds = ['tcp A:1 > B:2', 'udp A:1 > B:2', 'icmp A > B', 'ip proto 47 A > B'];
  fc.assert(
    fc.property(fc.constantFrom(...kinds), fc.integer({ min: 54, max: 2000 }), (kind, size) => {
      const text = kind.replace('A', '10.1.0.20').replace('B', '10.2.0.7');
      const frame = built(`${text} size ${size}`);
      const repaired = frame.slice();
      repairChecksums(repaired);
      expect(frame.length).toBe(size);
      expect(repaired).toEqual(frame);
    }),
  );
});

test.each([
  [
    'tcp 10.1.0.20:4000 > 10.2.0.7:502',
    'tcp 10.1.0.20:4000 > 10.2.0.7:502 flags syn seq 0 ack 0 win 64240 length 0 ttl 64',
  ],
  ['udp 10.1.0.20:53 > 10.2.0.7:5353 size 60', 'udp 10.1.0.20:53 > 10.2.0.7:5353 length 18 ttl 64'],
  [
    'icmp 10.1.0.20 > 10.2.0.7',
    'icmp 10.1.0.20 > 10.2.0.7 echo-request id 1 seq 1 length 8 ttl 64',
  ],
  ['ip proto 47 10.1.0.20 > 10.2.0.7', 'ip proto 47 10.1.0.20 > 10.2.0.7 length 0 ttl 64'],
  ['arp who-has 10.2.0.7 tell 10.1.0.20', 'arp who-has 10.2.0.7 tell 10.1.0.20'],
])('%s is described as %s', (text, line) => {
  expect(describeFrame(built(text))).toBe(line);
});
