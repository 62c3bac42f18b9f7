import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildPacket } from '../../netstack/build-packet.ts';
import { parsePacketText } from '../../netstack/packet-text.ts';
import { repairChecksums } from '../../netstack/repair-checksums.ts';
import { startingWith } from './arbitraries.ts';

const ipv4Checksum = 24;

function built(text: string): Uint8Array<ArrayBuffer> {
  return buildPacket(parsePacketText(text));
}

function repaired(frame: Uint8Array): Uint8Array {
  const copy = frame.slice();
  repairChecksums(copy);
  return copy;
}

test.each([
  ['tcp 10.1.0.20:4000 > 10.2.0.7:502 size 77', 50],
  ['udp 10.1.0.20:53 > 10.2.0.7:5353 size 77', 40],
  ['icmp 10.1.0.20 > 10.2.0.7 size 77', 36],
])('both checksums of %s are repaired', (text, layer4Checksum) => {
  const good = built(text);
  const spoilt = good.slice();
  spoilt[ipv4Checksum] ^= 0xff;
  spoilt[layer4Checksum] ^= 0xff;
  expect(repaired(spoilt)).toEqual(good);
});

test('a UDP datagram without a checksum stays without', () => {
  const frame = built('udp 10.1.0.20:53 > 10.2.0.7:5353');
  frame.fill(0, 40, 42);
  expect(repaired(frame)).toEqual(frame);
});

test('the layer 4 of a fragment is left alone', () => {
  const frame = built('tcp 10.1.0.20:4000 > 10.2.0.7:502');
  frame[20] = 0x20; // more fragments
  frame[50] ^= 0xff;
  const after = repaired(frame);
  expect(after.subarray(34)).toEqual(frame.subarray(34));
  expect(after.subarray(ipv4Checksum, 26)).not.toEqual(frame.subarray(ipv4Checksum, 26));
});

test('a frame with false lengths or without IPv4 is left alone', () => {
  const frame = built('tcp 10.1.0.20:4000 > 10.2.0.7:502');
  frame[ipv4Checksum] ^= 0xff;
  const changed = (offset: number, value: number) => {
    const copy = frame.slice();
    copy[offset] = value;
    return copy;
  };
  const others = [
    changed(12, 0x86), // another EtherType
    changed(14, 0x44), // IHL 4
    changed(14, 0x65), // version 6
    changed(17, 19), //   total length below the header
    changed(17, 41), //   total length above the frame
    frame.subarray(0, 33),
    frame.subarray(0, 13),
  ];
  for (const other of others) expect(repaired(other)).toEqual(other);
});

test('any bytes keep their size, and repairing twice is repairing once', () => {
  const frame = built('icmp 10.1.0.20 > 10.2.0.7 size 60');
  fc.assert(
    fc.property(startingWith(frame, 20), (bytes) => {
      const once = repaired(bytes);
      expect(repaired(once)).toEqual(once);
    }),
  );
});
