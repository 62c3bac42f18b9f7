import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildPacket } from '../../netstack/build-packet.ts';
import { describeFrame } from '../../netstack/describe.ts';
import { buildEthernet, readEthernet } from '../../netstack/ethernet.ts';
import { buildIcmp } from '../../netstack/icmp.ts';
import { buildIpv4 } from '../../netstack/ipv4.ts';
import { buildIpv6 } from '../../netstack/ipv6.ts';
import { parsePacketText } from '../../netstack/packet-text.ts';
import { startingWith } from './arbitraries.ts';
import { guardedBytes } from './guarded-bytes.ts';
import { hex, NOTHING } from './wire-vector.ts';

const udp = buildPacket(parsePacketText('udp 10.1.0.20:53 > 10.2.0.7:5353'));
const macs = { destination: 0x02000a020007, source: 0x02000a010014 };
const ipv4 = {
  dscp: 0,
  ecn: 0,
  identification: 9,
  fragment: 0,
  ttl: 64,
  protocol: 1,
  source: 0x0a020007,
  destination: 0x0a010014,
  options: NOTHING,
};
const ipv6 = {
  trafficClass: 0,
  flowLabel: 0,
  hopLimit: 64,
  source: 1n,
  destination: 2n,
  extensions: [],
  protocol: 17,
  payload: hex('d431 0035 000a 0000 cafe'),
};

function frameOf(type: number, payload: Uint8Array): Uint8Array {
  return buildEthernet({ ...macs, tags: [], type, payload });
}

test('an ICMP error says what it is about', () => {
  const payload = buildIcmp({ type: 11, code: 0, rest: 0, payload: udp.subarray(14) });
  expect(describeFrame(frameOf(0x0800, buildIpv4({ ...ipv4, payload })))).toBe(
    'icmp 10.2.0.7 > 10.1.0.20 time-exceeded length 36 ' +
      'about udp 10.1.0.20:53 > 10.2.0.7:5353 ttl 64',
  );
});

test('a later fragment has no ports', () => {
  const packet = buildIpv4({ ...ipv4, protocol: 6, fragment: 0x2001, payload: hex('0102') });
  expect(describeFrame(frameOf(0x0800, packet))).toBe(
    'tcp 10.2.0.7 > 10.1.0.20 length 2 ttl 64 id 9 frag 8+',
  );
});

test('a layer 4 that cannot be read says why', () => {
  const packet = buildIpv4({ ...ipv4, protocol: 17, payload: hex('0035 0035 00ff 0000') });
  expect(describeFrame(frameOf(0x0800, packet))).toBe(
    'udp 10.2.0.7:53 > 10.1.0.20:53 (udp-length) ttl 64',
  );
});

test('IPv6 ports stand outside the brackets', () => {
  expect(describeFrame(frameOf(0x86dd, buildIpv6(ipv6)))).toBe(
    'udp [::1]:54321 > [::2]:53 length 2 hops 64',
  );
});

test('ports that are not there are not shown', () => {
  const packet = buildIpv6({ ...ipv6, payload: hex('d431 00') });
  expect(describeFrame(frameOf(0x86dd, packet))).toBe('udp ::1 > ::2 (udp-too-short) hops 64');
});

test('IPv6 without ports needs no brackets', () => {
  const payload = hex('8000 0000 00070001');
  expect(describeFrame(frameOf(0x86dd, buildIpv6({ ...ipv6, protocol: 58, payload })))).toBe(
    'icmp6 ::1 > ::2 echo-request id 7 seq 1 length 8 hops 64',
  );
});

test('tags come first', () => {
  const ethernet = readEthernet(udp);
  if (typeof ethernet === 'string') throw new Error(ethernet);
  const tags = [{ tpid: 0x8100, priority: 0, isDropEligible: false, id: 7 }];
  expect(describeFrame(buildEthernet({ ...ethernet, tags }))).toBe(
    'vlan 7 udp 10.1.0.20:53 > 10.2.0.7:5353 length 0 ttl 64',
  );
});

test('a frame that its reader refuses has the drop reason', () => {
  const spoilt = udp.slice();
  spoilt[22] = 63;
  expect(describeFrame(spoilt)).toBe(
    '02:00:0a:01:00:14 > 02:00:0a:02:00:07 ethertype 0x0800 (ipv4-checksum)',
  );
  expect(describeFrame(udp.subarray(0, 10))).toBe('10 bytes (frame-too-short)');
});

test('another EtherType has its Ethernet header', () => {
  expect(describeFrame(frameOf(0x88cc, NOTHING))).toBe(
    '02:00:0a:01:00:14 > 02:00:0a:02:00:07 ethertype 0x88cc',
  );
});

test('every frame has one line, and no byte beyond it is read', () => {
  const error = buildIcmp({ type: 3, code: 1, rest: 0, payload: udp.subarray(14) });
  const frames = [
    udp,
    frameOf(0x0800, buildIpv4({ ...ipv4, payload: error })),
    frameOf(0x86dd, buildIpv6(ipv6)),
  ];
  fc.assert(
    fc.property(fc.oneof(...frames.map((frame) => startingWith(frame, 20))), (frame) => {
      expect(describeFrame(guardedBytes(frame))).toMatch(/^[ -~]+$/);
    }),
    { numRuns: 500 },
  );
});
